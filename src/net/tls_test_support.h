// A TLS client for tests, OpenSSL driven by hand beside the loop that serves it; and certificate
// files in a folder of their own.
#pragma once

#include <openssl/ssl.h>

#include <cstdlib>
#include <filesystem>

#include "net/openssl_util.h"
#include "net/tcp_transport.h"
#include "net/test_support.h"
#include "net/tls_context.h"

namespace rookery::net {

class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rookery-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

private:
  std::filesystem::path path_;
};

/// Makes NAME.crt and NAME.key for `domains`.
inline CertificateFiles make_files(const TemporaryFolder& folder, const std::string& name,
                                   std::vector<std::string> domains) {
  CertificateFiles files{
      .domains = {}, .chain = folder / (name + ".crt"), .key = folder / (name + ".key")};
  const Status made = generate_self_signed(domains, files.chain, files.key, SystemClock().wall());
  EXPECT_TRUE(made) << made.error().text();
  return files;
}

struct SslContextDelete {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct SslDelete {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct SslSessionDelete {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

class TlsClient {
public:
  explicit TlsClient(int socket) : context_(SSL_CTX_new(TLS_client_method())), socket_(socket) {
    SSL_CTX_set_session_cache_mode(context_.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_set_app_data(context_.get(), this);
    SSL_CTX_sess_set_new_cb(context_.get(), [](SSL* ssl, SSL_SESSION* session) {
      auto* self = static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
      self->tickets.emplace_back(session);
      return 1;
    });
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    SSL_set_connect_state(ssl_.get());
  }

  /// OpenSSL takes a session that was cut for a bad one and would not resume it.
  ~TlsClient() { SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

  /// Goes on with the handshake; true when it is done.
  bool step() {
    const int result = SSL_do_handshake(ssl_.get());
    const int error = SSL_get_error(ssl_.get(), result);
    if (result != 1 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE &&
        failure.empty()) {
      failure = take_openssl_error();
    }
    return result == 1;
  }
  /// False where the handshake failed; see `failure`.
  bool handshake(runtime::Loop& loop) {
    bool done = false;
    return turn_until(loop, [&] { return (done = step()) || !failure.empty(); }) && done;
  }
  /// Appends to `received`; false at the end or on error.
  bool pump() {
    char piece[16 * 1024];
    for (;;) {
      const int got = SSL_read(ssl_.get(), piece, sizeof piece);
      if (got > 0) {
        received.append(piece, static_cast<std::size_t>(got));
        continue;
      }
      const int error = SSL_get_error(ssl_.get(), got);
      if (error == SSL_ERROR_ZERO_RETURN)
        closed = true;
      if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return true;
      ERR_clear_error();
      return false;
    }
  }
  bool write(std::string_view data) {
    return SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size())) ==
           static_cast<int>(data.size());
  }
  std::string exporter() {
    std::string key(32, '\0');
    SSL_export_keying_material(ssl_.get(), reinterpret_cast<unsigned char*>(key.data()), key.size(),
                               "EXPORTER-Channel-Binding", 24, nullptr, 0, 1);
    return key;
  }
  std::string certificate_sha256() {
    const X509Ptr certificate(SSL_get1_peer_certificate(ssl_.get()));
    std::string hash(32, '\0');
    unsigned size = 0;
    X509_digest(certificate.get(), EVP_sha256(), reinterpret_cast<unsigned char*>(hash.data()),
                &size);
    return hash;
  }
  std::string certificate_name() {
    const X509Ptr certificate(SSL_get1_peer_certificate(ssl_.get()));
    char name[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name,
                              sizeof name);
    return name;
  }
  [[nodiscard]] SSL* ssl() { return ssl_.get(); }

  std::string received;
  std::string failure;
  bool closed = false;
  std::vector<std::unique_ptr<SSL_SESSION, SslSessionDelete>> tickets;

private:
  std::unique_ptr<SSL_CTX, SslContextDelete> context_;
  std::unique_ptr<SSL, SslDelete> ssl_;
  int socket_;
};

} // namespace rookery::net

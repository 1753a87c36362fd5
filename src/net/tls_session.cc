#include "net/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "base/assert.h"

namespace rookery::net {
namespace {

/// What a BIO keeps in its pointer: the descriptor, and what is known of its input.
struct Socket {
  int descriptor;
  bool drained; // all that had come was taken
  bool ended;   // the end may have come, and will not be told again

  static Socket of(BIO* bio) {
    const auto bits = reinterpret_cast<std::uintptr_t>(BIO_get_data(bio));
    return {static_cast<int>(bits >> 2), (bits & 1) != 0, (bits & 2) != 0};
  }
  void keep_in(BIO* bio) const {
    const auto bits =
        static_cast<std::uintptr_t>(descriptor) << 2 | (ended ? 2U : 0U) | (drained ? 1U : 0U);
    BIO_set_data(bio, reinterpret_cast<void*>(bits));
  }
};

int bio_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  for (;;) {
    const auto sent = ::send(Socket::of(bio).descriptor, data, static_cast<std::size_t>(size),
                             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0)
      return static_cast<int>(sent);
    if (errno == EINTR)
      continue;
    if (errno == EAGAIN)
      BIO_set_retry_write(bio);
    return -1;
  }
}

int bio_read(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  Socket socket = Socket::of(bio);
  while (!socket.drained) {
    const auto got = ::recv(socket.descriptor, into, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno != EAGAIN)
      return -1;
    socket.drained = got < 0 || (got > 0 && got < size && !socket.ended);
    socket.keep_in(bio);
    if (got >= 0)
      return static_cast<int>(got);
  }
  BIO_set_retry_read(bio);
  return -1;
}

long bio_ctrl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

/// Like OpenSSL's socket BIO, which uses write(2) and so may raise SIGPIPE.
const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rookery socket");
    ROOKERY_ASSERT(made != nullptr);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_ctrl(made, bio_ctrl);
    return made;
  }();
  return method;
}

/// RFC 9266 section 2: below TLS 1.3 only with extended master secret.
bool has_exporter(SSL* ssl) {
  return SSL_version(ssl) >= TLS1_3_VERSION || SSL_get_extms_support(ssl) == 1;
}

std::optional<std::string> exporter_binding(SSL* ssl) {
  if (!has_exporter(ssl))
    return std::nullopt;
  constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
  std::string key(32, '\0');
  if (SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(key.data()), key.size(),
                                 kLabel.data(), kLabel.size(), nullptr, 0, 1) != 1)
    return std::nullopt;
  return key;
}

/// RFC 5929 section 4.1: the hash of the certificate's signature, SHA-256 for MD5 and SHA-1; null
/// where the signature has none of its own (Ed25519).
const EVP_MD* end_point_digest(X509* certificate) {
  int digest_nid = NID_undef;
  if (certificate == nullptr ||
      X509_get_signature_info(certificate, &digest_nid, nullptr, nullptr, nullptr) != 1 ||
      digest_nid == NID_undef)
    return nullptr;
  return digest_nid == NID_md5 || digest_nid == NID_sha1 ? EVP_sha256()
                                                         : EVP_get_digestbynid(digest_nid);
}

std::optional<std::string> end_point_binding(SSL* ssl) {
  X509* certificate = SSL_get_certificate(ssl);
  const EVP_MD* digest = end_point_digest(certificate);
  std::string hash(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (digest == nullptr ||
      X509_digest(certificate, digest, reinterpret_cast<unsigned char*>(hash.data()), &size) != 1)
    return std::nullopt;
  hash.resize(size);
  return hash;
}

} // namespace

TlsSession::TlsSession(ssl_st* ssl, int descriptor) : ssl_(ssl) {
  BIO* bio = BIO_new(socket_method());
  ROOKERY_ASSERT(bio != nullptr);
  Socket{.descriptor = descriptor, .drained = false, .ended = false}.keep_in(bio);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

bool TlsSession::established() const { return ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1; }

TlsOutcome TlsSession::outcome(int result) {
  switch (SSL_get_error(ssl_, result)) {
  case SSL_ERROR_NONE:
    return TlsOutcome::kDone;
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    return TlsOutcome::kWouldBlock;
  case SSL_ERROR_ZERO_RETURN:
    return TlsOutcome::kClosed;
  default:
    ERR_clear_error();
    return TlsOutcome::kFailed;
  }
}

void TlsSession::readable(bool ended) {
  BIO* const bio = SSL_get_rbio(ssl_);
  Socket{.descriptor = Socket::of(bio).descriptor, .drained = false, .ended = ended}.keep_in(bio);
}

TlsOutcome TlsSession::handshake() {
  ERR_clear_error();
  return outcome(SSL_do_handshake(ssl_));
}

TlsSession::Transfer TlsSession::read(char* into, std::size_t bytes_max) {
  ERR_clear_error();
  std::size_t got = 0;
  const int result = SSL_read_ex(ssl_, into, bytes_max, &got);
  return {result == 1 ? TlsOutcome::kDone : outcome(result), got};
}

TlsSession::Transfer TlsSession::write(std::string_view data) {
  ERR_clear_error();
  std::size_t sent = 0;
  const std::size_t size = std::min<std::size_t>(data.size(), SSL3_RT_MAX_PLAIN_LENGTH);
  const int result = SSL_write_ex(ssl_, data.data(), size, &sent);
  return {result == 1 ? TlsOutcome::kDone : outcome(result), sent};
}

void TlsSession::shutdown() {
  ERR_clear_error();
  (void)SSL_shutdown(ssl_);
  ERR_clear_error();
}

TlsInfo TlsSession::info() const {
  if (!established())
    return {};
  const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
  return {.active = true,
          .resumed = SSL_session_reused(ssl_) == 1,
          .early_data = SSL_get_early_data_status(ssl_) == SSL_EARLY_DATA_ACCEPTED,
          .version = SSL_get_version(ssl_),
          .cipher = SSL_get_cipher_name(ssl_),
          .server_name = name != nullptr ? name : ""};
}

namespace {

// RFC 5929 §3: the first Finished message. RFC 9266 leaves it undefined for TLS 1.3; clients in use
// (Python's ssl) take the same bytes there, and have no other binding. It is never announced.
std::optional<std::string> unique_binding(SSL* ssl) {
  char finished[EVP_MAX_MD_SIZE];
  const std::size_t size = SSL_session_reused(ssl) == 1
                               ? SSL_get_finished(ssl, finished, sizeof finished)
                               : SSL_get_peer_finished(ssl, finished, sizeof finished);
  if (size == 0 || (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1))
    return std::nullopt;
  return std::string(finished, size);
}

} // namespace

std::optional<std::string> TlsSession::channel_binding(std::string_view type) const {
  if (!established())
    return std::nullopt;
  if (type == "tls-exporter")
    return exporter_binding(ssl_);
  if (type == "tls-server-end-point")
    return end_point_binding(ssl_);
  if (type == "tls-unique")
    return unique_binding(ssl_);
  return std::nullopt;
}

bool TlsSession::has_channel_binding(std::string_view type) const {
  if (!established())
    return false;
  if (type == "tls-exporter")
    return has_exporter(ssl_);
  if (type == "tls-server-end-point")
    return end_point_digest(SSL_get_certificate(ssl_)) != nullptr;
  return channel_binding(type).has_value();
}

} // namespace rookery::net

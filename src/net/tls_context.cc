#include "net/tls_context.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <cstring>
#include <mutex>

#include "base/assert.h"
#include "net/openssl_util.h"
#include "net/tls_certificates.h"
#include "net/tls_tickets.h"

namespace rookery::net {
namespace {

/// TLS 1.2: ephemeral keys and authenticated encryption only.
constexpr const char* kCiphers12 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                   "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                   "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
/// TLS 1.3. AES-128 first: as strong as X25519 and the P-256 certificate, and the hash that comes
/// with it is one that processors have instructions for, which a handshake is largely made of
/// (docs/decisions/0005-speed-experiments.md, 7).
constexpr const char* kCiphers13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr std::string_view kSessionContext = "rookery";
/// One ticket is one resumption; a client that comes back gets the next one then.
constexpr std::size_t kTicketsPerHandshake = 1;

/// Fits into SSL's application data as a pointer's value.
void set_protocol(SSL* ssl, TlsProtocol protocol) {
  SSL_set_app_data(ssl, reinterpret_cast<void*>(static_cast<std::uintptr_t>(protocol)));
}
TlsProtocol protocol_of(const SSL* ssl) {
  return static_cast<TlsProtocol>(reinterpret_cast<std::uintptr_t>(SSL_get_app_data(ssl)));
}

int select_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_size,
                const unsigned char* offered, unsigned offered_size, void*) {
  const TlsProtocol protocol = protocol_of(ssl);
  const std::string_view ours = protocol == TlsProtocol::kHttp ? "http/1.1" : "xmpp-client";
  const std::string_view list(reinterpret_cast<const char*>(offered), offered_size);
  for (std::size_t at = 0; at < list.size();) {
    const auto size = static_cast<unsigned char>(list[at]);
    if (list.substr(at + 1, size) == ours) {
      *out = offered + at + 1;
      *out_size = size;
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1u + size;
  }
  // RFC 7301 section 3.2; also keeps a browser's request from being played to the chat port
  // (ALPACA).
  return protocol == TlsProtocol::kXmppStartTls ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

class OpensslContext final : public TlsContext {
public:
  OpensslContext(std::vector<CertificateFiles> files, const Clock& clock, Random& random)
      : files_(std::move(files)), tickets_(clock, random, kTicketKeyLife, kTicketKeys) {}

  Status reload(std::vector<CertificateFiles> files) override {
    auto loaded = TlsCertificates::load(files, [this] { return make_context(); });
    if (!loaded)
      return std::unexpected(std::move(loaded.error()));
    const std::lock_guard lock(mutex_);
    files_ = std::move(files);
    certificates_ = std::move(*loaded);
    return {};
  }

  Status reload() override {
    std::unique_lock lock(mutex_);
    auto files = files_;
    lock.unlock();
    return reload(std::move(files));
  }

  [[nodiscard]] std::vector<CertificateInfo> certificates() const override {
    return snapshot()->infos();
  }

  [[nodiscard]] ssl_st* new_session(TlsProtocol protocol) const override {
    SSL* ssl = SSL_new(snapshot()->first());
    if (ssl == nullptr)
      return nullptr;
    SSL_set_accept_state(ssl);
    set_protocol(ssl, protocol);
    return ssl;
  }

private:
  /// Handshakes hold the reading they began with; connections keep their SSL_CTX by OpenSSL's own
  /// counting.
  [[nodiscard]] std::shared_ptr<const TlsCertificates> snapshot() const {
    const std::lock_guard lock(mutex_);
    return certificates_;
  }

  [[nodiscard]] SslContext make_context();
  static int on_server_name(SSL* ssl, int* alert, void* self);
  static int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                       EVP_MAC_CTX* mac, int encrypt);
  static OpensslContext& of(SSL* ssl) {
    return *static_cast<OpensslContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  }

  mutable std::mutex mutex_; // files_ and certificates_; held for a copy only
  std::vector<CertificateFiles> files_;
  std::shared_ptr<const TlsCertificates> certificates_;
  TlsTicketKeys tickets_;
};

SslContext OpensslContext::make_context() {
  SslContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const raw = context.get();
  if (raw == nullptr)
    return nullptr;
  const auto id = reinterpret_cast<const unsigned char*>(kSessionContext.data());
  if (SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(raw, kCiphers12) != 1 ||
      SSL_CTX_set_ciphersuites(raw, kCiphers13) != 1 ||
      SSL_CTX_set1_groups_list(raw, kGroups) != 1 ||
      SSL_CTX_set_session_id_context(raw, id, kSessionContext.size()) != 1 ||
      SSL_CTX_set_num_tickets(raw, kTicketsPerHandshake) != 1)
    return nullptr;
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(raw, 1); // one read of the socket for a record, not one for its header too
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF); // tickets only: no memory per session
  SSL_CTX_set_max_early_data(raw, 0);
  SSL_CTX_set_app_data(raw, this);
  SSL_CTX_set_alpn_select_cb(raw, select_alpn, nullptr);
  SSL_CTX_set_tlsext_servername_callback(raw, on_server_name);
  SSL_CTX_set_tlsext_servername_arg(raw, this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(raw, on_ticket);
  return context;
}

int OpensslContext::on_server_name(SSL* ssl, int*, void* self) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr)
    return SSL_TLSEXT_ERR_NOACK;
  const auto certificates = static_cast<OpensslContext*>(self)->snapshot();
  SSL_set_SSL_CTX(ssl, certificates->for_name(name));
  return SSL_TLSEXT_ERR_OK;
}

int OpensslContext::on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv,
                              EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypt) {
  constexpr int kError = -1;
  constexpr int kUnknown = 0;
  constexpr int kGood = 1;
  constexpr int kGoodButRenew = 2;
  TlsTicketKeys& tickets = of(ssl).tickets_;
  TicketKey key;
  int verdict = kGood;
  if (encrypt == 1) {
    key = tickets.current();
    std::memcpy(name, key.name.data(), key.name.size());
    if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1)
      return kError;
  } else {
    const auto found = tickets.find(std::as_bytes(std::span<const unsigned char, 16>(name, 16)));
    if (!found)
      return kUnknown;
    key = found->key;
    // RFC 8446 appendix C.4: clients do not use a ticket twice, so each use has to bring a new one.
    if (!found->newest || SSL_version(ssl) >= TLS1_3_VERSION)
      verdict = kGoodButRenew;
  }
  const auto cipher_key = reinterpret_cast<const unsigned char*>(key.cipher.data());
  char digest[] = "SHA256";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, cipher_key, iv, encrypt) != 1 ||
      EVP_MAC_CTX_set_params(mac, parameters) != 1)
    return kError;
  return verdict;
}

} // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::create(std::vector<CertificateFiles> certificates,
                                                       const Clock& clock, Random& random) {
  auto context = std::make_unique<OpensslContext>(certificates, clock, random);
  if (Status loaded = context->reload(std::move(certificates)); !loaded)
    return std::unexpected(std::move(loaded.error()));
  return context;
}

} // namespace rookery::net

// Certificates and keys from PEM files, and which of them is shown for which name.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/tls_context.h"

struct ssl_ctx_st;

namespace rookery::net {

struct SslContextFree {
  void operator()(ssl_ctx_st* context) const;
};
using SslContext = std::unique_ptr<ssl_ctx_st, SslContextFree>;

/// One reading of all certificate files: an SSL_CTX for each. Immutable.
class TlsCertificates {
public:
  /// `make` gives an SSL_CTX with everything but the certificate.
  [[nodiscard]] static Result<std::unique_ptr<TlsCertificates>>
  load(const std::vector<CertificateFiles>& files, const std::function<SslContext()>& make);

  /// For the exact name, then for the wildcard of its first label, then the first of all. Case does
  /// not matter.
  [[nodiscard]] ssl_ctx_st* for_name(std::string_view server_name) const;
  [[nodiscard]] ssl_ctx_st* first() const { return contexts_.front().get(); }
  [[nodiscard]] const std::vector<CertificateInfo>& infos() const { return infos_; }

private:
  TlsCertificates() = default;
  std::vector<SslContext> contexts_;
  std::map<std::string, ssl_ctx_st*, std::less<>> by_name_; // in lower case
  std::vector<CertificateInfo> infos_;
};

} // namespace rookery::net

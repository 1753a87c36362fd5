// The server's TLS: certificates by name, tickets, and what versions and ciphers are spoken.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

struct ssl_st;

namespace rookery::net {

/// What is spoken inside the TLS, for ALPN (XEP-0368, RFC 7301).
enum class TlsProtocol : std::uint8_t {
  kXmppStartTls, // "xmpp-client" where the client offers it, none needed
  kXmppDirect,   // "xmpp-client"; a client that offers only other protocols is refused
  kHttp,         // "http/1.1"; likewise
};

/// A certificate chain and its key as PEM files, and the names it is shown for.
struct CertificateFiles {
  /// "example.org" or "*.example.org" (one label). Empty: the names in the certificate itself.
  std::vector<std::string> domains{};
  std::filesystem::path chain;
  std::filesystem::path key; // may be the same file
};

struct CertificateInfo {
  std::vector<std::string> domains; // for which it is shown
  std::filesystem::path chain;
  WallTime not_before;
  WallTime not_after;
  bool self_signed = false;
};

/// TLS 1.2 and 1.3 with forward secrecy only; no renegotiation, no compression, no early data.
/// Sessions are resumed by stateless tickets whose keys live in this object's memory only and are
/// replaced every kTicketKeyLife.
///
/// Thread-safe. Outlives the transports that were made with it.
class TlsContext {
public:
  static constexpr Seconds kTicketKeyLife = std::chrono::hours(12);
  /// A ticket is taken while its key is among the newest kTicketKeys.
  static constexpr std::size_t kTicketKeys = 3;

  /// The first certificate is shown where the client names no domain, or one that has none. The
  /// error names file and reason.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>>
  create(std::vector<CertificateFiles> certificates, const Clock& clock, Random& random);
  virtual ~TlsContext() = default;

  /// Reads the files again, those of `certificates` from now on. All or nothing: after an error all
  /// is as it was. New handshakes see the new ones; connections that are up stay. Tickets stay
  /// valid.
  [[nodiscard]] virtual Status reload(std::vector<CertificateFiles> certificates) = 0;
  [[nodiscard]] virtual Status reload() = 0;

  [[nodiscard]] virtual std::vector<CertificateInfo> certificates() const = 0;

  /// A server-side SSL object set up for `protocol`, owned by the caller; null where memory is out.
  /// For transports.
  [[nodiscard]] virtual ssl_st* new_session(TlsProtocol protocol) const = 0;

protected:
  TlsContext() = default;
};

/// Makes an ECDSA P-256 key and a certificate for `domains` signed with it, valid for 10 years from
/// `now`, and writes them as PEM, readable by the owner only. Refuses to replace files that exist.
[[nodiscard]] Status generate_self_signed(std::span<const std::string> domains,
                                          const std::filesystem::path& chain,
                                          const std::filesystem::path& key, WallTime now);

} // namespace rookery::net

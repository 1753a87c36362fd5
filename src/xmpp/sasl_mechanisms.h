// The SASL mechanisms this server speaks, and which of them a connection is offered (cases 19 and
// 23). Pure values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "xmpp/crypto.h"

namespace rookery::xmpp {

/// Strongest first; the numbers are not stored anywhere, names are.
enum class SaslMechanism : std::uint8_t {
  kScramSha512Plus,
  kScramSha256Plus,
  kScramSha1Plus,
  kScramSha512,
  kScramSha256,
  kScramSha1,
  kPlain,
  kHtSha256Expr, // FAST only (XEP-0484): token, bound to tls-exporter
  kHtSha256Endp, // token, bound to tls-server-end-point
  kHtSha256None, // token, not bound
};
inline constexpr std::size_t kSaslMechanisms = 10;

/// Names are case-sensitive (RFC 4422 §3.1).
[[nodiscard]] std::string_view to_string(SaslMechanism mechanism);
[[nodiscard]] std::optional<SaslMechanism> parse_sasl_mechanism(std::string_view name);
[[nodiscard]] bool is_scram(SaslMechanism mechanism);
/// A SCRAM mechanism with channel binding.
[[nodiscard]] bool is_plus(SaslMechanism mechanism);
/// A FAST mechanism (HT-*): authenticates by token, only in SASL 2 and only with `<fast/>`.
[[nodiscard]] bool is_token(SaslMechanism mechanism);
/// The hash of a SCRAM or HT mechanism; not for PLAIN.
[[nodiscard]] HashKind hash_of(SaslMechanism mechanism);
/// The channel binding an HT mechanism uses, "" for HT-*-NONE.
[[nodiscard]] std::string_view token_binding_type(SaslMechanism mechanism);

/// Channel bindings that are announced (RFC 9266, RFC 5929), strongest first.
inline constexpr std::string_view kTlsExporter = "tls-exporter";
inline constexpr std::string_view kTlsServerEndPoint = "tls-server-end-point";
/// Never announced, but taken from a client that asks for it where the connection can give it:
/// Python's ssl module has no other, and slixmpp before 1.8.5 (Debian 12's, most bots) asks for it
/// whatever the list says. Refused, it would say "y" next, be refused again (case 18), and end up
/// with PLAIN.
inline constexpr std::string_view kTlsUnique = "tls-unique";

/// Which hashes an account has SCRAM keys for.
struct HashSet {
  bool sha1 = true, sha256 = true, sha512 = true;
  [[nodiscard]] bool has(HashKind kind) const {
    return kind == HashKind::kSha1 ? sha1 : kind == HashKind::kSha256 ? sha256 : sha512;
  }
};

/// What is known of a connection when its features are written.
struct SaslSituation {
  bool tls = false;
  bool loopback = false;
  bool tls_required = true;            // from everyone who is not on loopback
  bool plain_allowed = true;           // PLAIN over TLS
  bool clear_loopback_allowed = false; // PLAIN and tokens from loopback without TLS
  bool has_tls_exporter = false;       // the bindings the TLS connection can give
  bool has_tls_server_end_point = false;
  /// Of the account named in the stream's `from`. An unknown account, and none named, must get what
  /// a new account would get, or the list tells who exists (XEP-0388 security considerations).
  HashSet keys = {};
};

/// What is offered. Kept by the session until login: a mechanism that is not in it is refused
/// (invalid-mechanism), and its downgrade_hash() goes into SCRAM.
struct SaslOffer {
  std::vector<SaslMechanism> passwords; // in <mechanisms/> or <authentication/>, strongest first
  std::vector<SaslMechanism> tokens;    // in <fast/>, strongest first
  /// In <sasl-channel-binding/>, strongest first; empty where the element is not sent.
  std::vector<std::string_view> bindings;

  [[nodiscard]] bool has(SaslMechanism mechanism) const;
  /// A client that could bind and says it saw no -PLUS was lied to (case 18).
  [[nodiscard]] bool has_plus() const;
  /// XEP-0474 (0.5.0) §5.1: base64 of the hash over the mechanism names and binding types, for
  /// SCRAM's `h` attribute.
  [[nodiscard]] std::string downgrade_hash(HashKind kind) const;
};

/// Empty before TLS where TLS is required: then <starttls/> is all there is, and an attempt is
/// policy-violation (case 23).
[[nodiscard]] SaslOffer offer_mechanisms(const SaslSituation& situation);

/// The same hash from names as a client saw them. `bindings` null: the server sent no
/// <sasl-channel-binding/>.
[[nodiscard]] std::string downgrade_hash(HashKind kind, std::vector<std::string_view> mechanisms,
                                         const std::vector<std::string_view>* bindings);

} // namespace rookery::xmpp

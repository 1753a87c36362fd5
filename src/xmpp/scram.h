// SCRAM (RFC 5802, 7677, 9266; XEP-0474 0.5.0): the server's side of one login, as a state machine
// over messages. Works on the bytes inside the base64 of XMPP's elements; one object per attempt,
// one thread, no copy of a password.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "xmpp/sasl_error.h"
#include "xmpp/sasl_mechanisms.h"
#include "xmpp/scram_keys.h"

namespace rookery::xmpp {

/// Longer SCRAM, PLAIN or HT messages are refused (malformed-request); an honest one is below 4 kB
/// even with names of 1023 bytes, all escaped.
inline constexpr std::size_t kSaslMessageBytesMax = 8 * 1024;

/// Data of a channel binding type of this very connection; nullopt where it has none
/// (Transport::channel_binding()).
using ChannelBinding = std::function<std::optional<std::string>(std::string_view type)>;

/// Steps, in this order, each once:
///   auto first = scram.client_first(message, binding);   // who wants to log in
///   ... find the account's ScramKeys, or fake_scram_keys() ...
///   std::string challenge = scram.server_first(keys, random);
///   auto done = scram.client_final(message);
/// After a failure the object is spent. All failures of client_final that depend on secrets are
/// "not-authorized" and take the same time as success.
class ScramServer {
public:
  /// `mechanism` must be SCRAM. `offer` is what this connection was offered, read in the
  /// constructor only.
  ScramServer(SaslMechanism mechanism, const SaslOffer& offer);

  struct ClientFirst {
    std::string username;     // as sent, unescaped, not prepared: a localpart
    std::string authzid;      // "" where none; check it with authzid_allowed() before success
    std::string binding_type; // "" where not bound
  };
  /// `binding` is only called, at once, for a type that was offered, or kTlsUnique.
  [[nodiscard]] std::expected<ClientFirst, SaslFailure> client_first(std::string_view message,
                                                                     const ChannelBinding& binding);
  /// The server-first-message. `keys` are of the mechanism's hash.
  [[nodiscard]] std::string server_first(const ScramKeys& keys, Random& random);
  /// The same with a nonce of the caller's: for published vectors.
  [[nodiscard]] std::string server_first(const ScramKeys& keys, std::string_view nonce);
  /// The server-final-message ("v=..."), to go with <success/>: the client has proved to know the
  /// password.
  [[nodiscard]] std::expected<std::string, SaslFailure> client_final(std::string_view message);

  [[nodiscard]] HashKind hash() const { return hash_; }

private:
  enum class Step : std::uint8_t { kClientFirst, kServerFirst, kClientFinal, kSpent };

  HashKind hash_;
  bool plus_;
  bool plus_offered_;
  std::vector<std::string_view> bindings_offered_;
  Step step_ = Step::kClientFirst;
  std::string downgrade_hash_;
  std::string binding_input_; // gs2 header and binding data: what `c` must say
  std::string client_first_bare_;
  std::string nonce_; // the client's, then client's and server's
  std::string server_first_;
  std::string stored_key_, server_key_;
};

} // namespace rookery::xmpp

// FAST tokens (XEP-0484 0.2.0): what is kept for each device, and the rules of issuing, using,
// rotating and ending them. Pure: the caller reads the record, calls one function, and writes the
// record back in the same batch as what follows from it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "xmpp/ht.h"
#include "xmpp/sasl_error.h"
#include "xmpp/sasl_mechanisms.h"

namespace rookery::xmpp {

struct FastToken {
  /// The token itself. HT uses it as the key of an HMAC, so a hash of it cannot be kept in its
  /// place: what is stored is as good as the token. It is random, of no use elsewhere, ends by
  /// itself, and can be revoked.
  std::string secret = {};
  SaslMechanism mechanism = SaslMechanism::kHtSha256None; // the only one it is good for (§3.4)
  WallTime created{};
  WallTime expires{};
  WallTime last_used{}; // == created before the first use
  /// Highest accepted; nullopt before the first login with a count.
  std::optional<std::uint64_t> count = {};
  friend bool operator==(const FastToken&, const FastToken&) = default;
};

/// One record per account and user-agent id: the two slots of §6.1.
struct FastTokens {
  std::string user_agent_id;
  std::optional<FastToken> current; // in use
  /// Given out, not used yet: the current one stays good until it is.
  std::optional<FastToken> fresh;
  friend bool operator==(const FastTokens&, const FastTokens&) = default;

  [[nodiscard]] bool empty() const { return !current && !fresh; }
  /// Lines of text for the store; first "1 USER-AGENT-ID" (1: version of the format), then for each
  /// slot in use "current|fresh MECHANISM CREATED EXPIRES LAST-USED COUNT|- SECRET", times in
  /// microseconds since the Unix epoch.
  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static std::optional<FastTokens> parse(std::string_view text);
};

struct FastPolicy {
  Seconds lifetime = std::chrono::days(21);
  /// A token older than this, or than half the lifetime, is replaced at its next use.
  Seconds rotate_after = std::chrono::days(1);
};

/// What the client sent.
struct FastLogin {
  SaslMechanism mechanism = SaslMechanism::kHtSha256None;
  std::string_view hashed_token = {}; // HtMessage::hashed_token
  /// Of this connection, by token_binding_type(mechanism); "" for NONE.
  std::string_view binding_data = {};
  std::optional<std::uint64_t> count = {};
  bool invalidate = false;
  bool early_data = false; // came as TLS 0-RTT: then a count is required (§3.4)
};

struct FastAccepted {
  std::string responder; // additional-data of <success/>
  /// Give the client a new token: issue_token(). Never true after `invalidate`.
  bool rotation_due = false;
  /// One that was good before is not any more (§3.5, §3.6): `tokens` is to be durable before the
  /// client is told of its success.
  bool ended_any = false;
  /// What is accepted from now on is what was: only the time of its last use is new.
  bool only_used = false;
};

/// Checks a token login and, where it is good, changes `tokens`: the fresh token becomes the
/// current one, last use and count are noted, invalidation done. Failures: credentials-expired
/// ("token-expired") where the token is right but too old, all else not-authorized with the reasons
/// "no-token", "wrong-token", "token-mechanism", "token-replayed", "token-count-missing". Computes
/// as many HMACs for a device without tokens as for one with two: call it with an empty FastTokens
/// for an unknown account or device (case 20).
[[nodiscard]] std::expected<FastAccepted, SaslFailure>
use_token(FastTokens& tokens, const FastLogin& login, WallTime now, const FastPolicy& policy);

/// Makes a token of 256 random bits and puts it into the fresh slot, over one given out before and
/// never used (§3.5). `mechanism` must be is_token().
const FastToken& issue_token(FastTokens& tokens, SaslMechanism mechanism, WallTime now,
                             const FastPolicy& policy, Random& random);

} // namespace rookery::xmpp

// Why a login failed: the closed list of RFC 6120 §6.5, and the word that the log, the metric and
// the tests use.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rookery::xmpp {

enum class SaslCondition : std::uint8_t {
  kAborted,
  kAccountDisabled,
  kCredentialsExpired,
  kEncryptionRequired,
  kIncorrectEncoding,
  kInvalidAuthzid,
  kInvalidMechanism,
  kMalformedRequest,
  kMechanismTooWeak,
  kNotAuthorized,
  kTemporaryAuthFailure,
};
inline constexpr std::size_t kSaslConditions = 11;

/// The element's name: "not-authorized".
[[nodiscard]] std::string_view to_string(SaslCondition condition);
[[nodiscard]] std::optional<SaslCondition> parse_sasl_condition(std::string_view name);

/// A failed step. The peer is told the condition only; `reason` ("wrong-proof", "binding-mismatch")
/// lives for ever, holds no secret, and is for the log and the metric: telling it to the peer would
/// make an oracle of it.
struct SaslFailure {
  SaslCondition condition = SaslCondition::kNotAuthorized;
  std::string_view reason;
  friend bool operator==(const SaslFailure&, const SaslFailure&) = default;
};

} // namespace rookery::xmpp

#include "xmpp/sasl_error.h"

namespace rookery::xmpp {
namespace {

constexpr std::array<std::string_view, kSaslConditions> kNames{
    "aborted",
    "account-disabled",
    "credentials-expired",
    "encryption-required",
    "incorrect-encoding",
    "invalid-authzid",
    "invalid-mechanism",
    "malformed-request",
    "mechanism-too-weak",
    "not-authorized",
    "temporary-auth-failure",
};

} // namespace

std::string_view to_string(SaslCondition condition) {
  return kNames[static_cast<std::size_t>(condition)];
}

std::optional<SaslCondition> parse_sasl_condition(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name)
      return static_cast<SaslCondition>(i);
  return std::nullopt;
}

} // namespace rookery::xmpp

#include "xmpp/ht.h"

#include "base/encoding.h"
#include "xmpp/sasl_text.h"
#include "xmpp/scram.h"

namespace rookery::xmpp {

std::expected<HtMessage, SaslFailure> parse_ht(SaslMechanism mechanism, std::string_view message) {
  const auto malformed = [](std::string_view reason) {
    return std::unexpected(SaslFailure{SaslCondition::kMalformedRequest, reason});
  };
  if (message.size() > kSaslMessageBytesMax)
    return malformed("too-long");
  const std::size_t nul = message.find('\0');
  if (nul == std::string_view::npos || nul == 0)
    return malformed("ht-parts");
  const std::string_view username = message.substr(0, nul);
  const std::string_view hashed_token = message.substr(nul + 1);
  if (!is_sasl_text(username))
    return malformed("not-utf8");
  if (hashed_token.size() != digest_bytes(hash_of(mechanism)))
    return malformed("ht-parts");
  return HtMessage{std::string(username), std::string(hashed_token)};
}

std::string ht_initiator(SaslMechanism mechanism, std::string_view token,
                         std::string_view binding_data) {
  return hmac(hash_of(mechanism), token, {"Initiator", binding_data}).string();
}

std::string ht_responder(SaslMechanism mechanism, std::string_view token,
                         std::string_view binding_data) {
  return hmac(hash_of(mechanism), token, {"Responder", binding_data}).string();
}

bool ht_verify(SaslMechanism mechanism, std::string_view token, std::string_view binding_data,
               std::string_view hashed_token) {
  return equal_constant_time(ht_initiator(mechanism, token, binding_data), hashed_token);
}

std::string make_ht(SaslMechanism mechanism, std::string_view username, std::string_view token,
                    std::string_view binding_data) {
  std::string out(username);
  out += '\0';
  out += ht_initiator(mechanism, token, binding_data);
  return out;
}

} // namespace rookery::xmpp

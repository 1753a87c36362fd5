// SASL HT-* (draft-schmaus-kitten-sasl-ht-09), the mechanisms of FAST tokens: one message, one
// answer. The policy around it (slots, expiry, rotation, replay) is fast.h. Pure functions.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "xmpp/sasl_error.h"
#include "xmpp/sasl_mechanisms.h"

namespace rookery::xmpp {

struct HtMessage {
  std::string username;     // authcid as sent: a localpart, not prepared
  std::string hashed_token; // raw bytes
};

/// malformed-request unless it is "authcid NUL hash" with a hash of the mechanism's length.
[[nodiscard]] std::expected<HtMessage, SaslFailure> parse_ht(SaslMechanism mechanism,
                                                             std::string_view message);

/// HMAC(token, "Initiator" || binding data); `binding_data` is "" for HT-*-NONE.
[[nodiscard]] std::string ht_initiator(SaslMechanism mechanism, std::string_view token,
                                       std::string_view binding_data);
/// HMAC(token, "Responder" || binding data): the additional data of <success/>, which proves to the
/// client that the server knows the token too.
[[nodiscard]] std::string ht_responder(SaslMechanism mechanism, std::string_view token,
                                       std::string_view binding_data);

/// Constant time.
[[nodiscard]] bool ht_verify(SaslMechanism mechanism, std::string_view token,
                             std::string_view binding_data, std::string_view hashed_token);

/// The client's message.
[[nodiscard]] std::string make_ht(SaslMechanism mechanism, std::string_view username,
                                  std::string_view token, std::string_view binding_data);

} // namespace rookery::xmpp

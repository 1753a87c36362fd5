// SASL as RFC 6120 §6 puts it into XML, and XEP-0440's list of channel bindings: elements to values
// and back.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "xml/document.h"
#include "xml/writer.h"
#include "xmpp/sasl_error.h"
#include "xmpp/sasl_mechanisms.h"

namespace rookery::xmpp {

inline constexpr std::string_view kNsSasl = "urn:ietf:params:xml:ns:xmpp-sasl";
inline constexpr std::string_view kNsSaslChannelBinding = "urn:xmpp:sasl-cb:0"; // XEP-0440

/// The bytes in an element's base64 text. incorrect-encoding where it is not strict base64;
/// surrounding white space is accepted, since XEP-0388's own examples have it. "=" is the empty
/// string (RFC 6120 §6.4.2).
[[nodiscard]] std::expected<std::string, SaslFailure> sasl_data(const xml::Element& element);

struct SaslAuth {
  std::string mechanism;                       // as sent, may be unknown
  std::optional<std::string> initial_response; // nullopt: none was sent, an empty challenge is due
};
/// Of `<auth/>`. malformed-request without a mechanism.
[[nodiscard]] std::expected<SaslAuth, SaslFailure> parse_sasl_auth(const xml::Element& auth);

/// `<mechanisms/>` with the offer's passwords; nothing where there are none.
void write_sasl_mechanisms(xml::Writer& out, const SaslOffer& offer);
/// `<sasl-channel-binding/>` (XEP-0440); nothing where no binding is available.
void write_channel_bindings(xml::Writer& out, const SaslOffer& offer);
void write_sasl_challenge(xml::Writer& out, std::string_view data);
/// With `data` where the mechanism ends with a message of the server.
void write_sasl_success(xml::Writer& out, const std::optional<std::string>& data);
/// `text` is for a person, "" for none.
void write_sasl_failure(xml::Writer& out, SaslCondition condition, std::string_view text = {});

} // namespace rookery::xmpp

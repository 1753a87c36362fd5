#include "xmpp/sasl1.h"

#include "base/encoding.h"
#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

} // namespace

std::expected<std::string, SaslFailure> sasl_data(const xml::Element& element) {
  const std::string text = element.text();
  const std::string_view encoded = trimmed(text);
  if (encoded == "=")
    return std::string();
  auto bytes = base64_decode(encoded);
  if (!bytes)
    return std::unexpected(SaslFailure{SaslCondition::kIncorrectEncoding, "not-base64"});
  return std::move(*bytes);
}

std::expected<SaslAuth, SaslFailure> parse_sasl_auth(const xml::Element& auth) {
  SaslAuth out;
  out.mechanism = auth.attribute_or_empty("mechanism");
  if (out.mechanism.empty())
    return std::unexpected(SaslFailure{SaslCondition::kMalformedRequest, "no-mechanism"});
  if (trimmed(auth.text()).empty())
    return out;
  auto data = sasl_data(auth);
  if (!data)
    return std::unexpected(data.error());
  out.initial_response = std::move(*data);
  return out;
}

void write_sasl_mechanisms(xml::Writer& out, const SaslOffer& offer) {
  if (offer.passwords.empty())
    return;
  out.open("mechanisms", kNsSasl);
  for (const SaslMechanism mechanism : offer.passwords)
    out.leaf("mechanism", to_string(mechanism));
  out.close();
}

void write_channel_bindings(xml::Writer& out, const SaslOffer& offer) {
  if (offer.bindings.empty())
    return;
  out.open("sasl-channel-binding", kNsSaslChannelBinding);
  for (const std::string_view type : offer.bindings)
    out.open("channel-binding").attribute("type", type).close();
  out.close();
}

void write_sasl_challenge(xml::Writer& out, std::string_view data) {
  out.open("challenge", kNsSasl).text(base64_encode(data)).close();
}

void write_sasl_success(xml::Writer& out, const std::optional<std::string>& data) {
  out.open("success", kNsSasl);
  if (data)
    out.text(data->empty() ? "=" : base64_encode(*data));
  out.close();
}

void write_sasl_failure(xml::Writer& out, SaslCondition condition, std::string_view text) {
  out.open("failure", kNsSasl).open(to_string(condition)).close();
  if (!text.empty())
    out.open("text").attribute("xml:lang", "en").text(text).close();
  out.close();
}

} // namespace rookery::xmpp

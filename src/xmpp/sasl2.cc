#include "xmpp/sasl2.h"

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "xmpp/datetime.h"
#include "xmpp/namespaces.h"
#include "xmpp/sasl1.h"

namespace rookery::xmpp {
namespace {

std::unexpected<SaslFailure> malformed(std::string_view reason) {
  return std::unexpected(SaslFailure{SaslCondition::kMalformedRequest, reason});
}

/// xs:boolean.
bool is_true(std::string_view text) { return text == "true" || text == "1"; }

template <class Number> std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end)
    return std::nullopt;
  return value;
}

/// One line of at most `bytes_max` bytes, cut where a character ends, without space around it.
/// Control characters become spaces: the text is going to stand in logs and lists.
std::string one_line(std::string text, std::size_t bytes_max) {
  const auto is_control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; };
  std::ranges::replace_if(text, is_control, ' ');
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  if (text.size() > bytes_max) {
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
      --end;
    text.resize(end);
  }
  text.resize(text.find_last_not_of(' ') + 1); // npos + 1 == 0
  return text;
}

/// The UUID in lower case, "" where it is none.
std::string uuid(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kShape.size())
    return {};
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c =
        text[i] >= 'A' && text[i] <= 'F' ? static_cast<char>(text[i] + ('a' - 'A')) : text[i];
    const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (kShape[i] == '-' ? c != '-' : !is_hex)
      return {};
    out += c;
  }
  return out;
}

UserAgent parse_user_agent(const xml::Element& element) {
  return {.id = uuid(element.attribute_or_empty("id")),
          .software = one_line(element.child("software", kNsSasl2).text(), kUserAgentTextBytesMax),
          .device = one_line(element.child("device", kNsSasl2).text(), kUserAgentTextBytesMax)};
}

std::expected<SmResume, SaslFailure> parse_resume(const xml::Element& element) {
  const auto previd = element.attribute("previd");
  const auto h = parse_number<std::uint32_t>(element.attribute_or_empty("h"));
  if (!previd || previd->empty() || !h)
    return malformed("resume");
  return SmResume{std::string(*previd), *h};
}

std::expected<BindRequest, SaslFailure> parse_bind(const xml::Element& bind) {
  BindRequest out;
  for (const xml::Element child : bind.children()) {
    if (child.ns() == kNsBind2) {
      if (child.name() == "tag")
        out.tag = one_line(child.text(), kBindTagBytesMax);
    } else if (child.is("enable", kNsSm3)) {
      out.sm_enable = SmEnable{is_true(child.attribute_or_empty("resume")),
                               parse_number<std::uint32_t>(child.attribute_or_empty("max"))};
    } else {
      if (out.features.size() == kBindFeaturesMax)
        return malformed("bind-features");
      BindFeature feature{std::string(child.ns()), std::string(child.name()), {}};
      xml::Writer(feature.xml, "").element(child);
      out.features.push_back(std::move(feature));
    }
  }
  return out;
}

std::expected<FastRequest, SaslFailure> parse_fast(const xml::Element& element) {
  FastRequest out;
  out.invalidate = is_true(element.attribute_or_empty("invalidate"));
  if (const auto count = element.attribute("count")) {
    out.count = parse_number<std::uint64_t>(*count);
    if (!out.count)
      return malformed("fast-count");
  }
  return out;
}

/// Puts what `parsed` holds into `field`; false and the failure where it holds one.
template <class T>
bool keep(std::optional<T>& field, std::expected<T, SaslFailure> parsed, SaslFailure& failure) {
  if (!parsed) {
    failure = parsed.error();
    return false;
  }
  field = std::move(*parsed);
  return true;
}

bool parse_child(const xml::Element& child, AuthenticateRequest& out, SaslFailure& failure) {
  if (child.is("initial-response", kNsSasl2))
    return keep(out.initial_response, sasl_data(child), failure);
  if (child.is("user-agent", kNsSasl2)) {
    out.user_agent = parse_user_agent(child);
    return true;
  }
  if (child.is("bind", kNsBind2))
    return keep(out.bind, parse_bind(child), failure);
  if (child.is("resume", kNsSm3))
    return keep(out.resume, parse_resume(child), failure);
  if (child.is("fast", kNsFast0))
    return keep(out.fast, parse_fast(child), failure);
  if (child.is("request-token", kNsFast0)) {
    const std::string_view mechanism = child.attribute_or_empty("mechanism");
    if (mechanism.empty()) {
      failure = {SaslCondition::kMalformedRequest, "request-token"};
      return false;
    }
    out.request_token = mechanism;
  }
  return true;
}

} // namespace

std::expected<AuthenticateRequest, SaslFailure>
parse_authenticate(const xml::Element& authenticate) {
  AuthenticateRequest out;
  out.mechanism = authenticate.attribute_or_empty("mechanism");
  if (out.mechanism.empty())
    return malformed("no-mechanism");
  SaslFailure failure;
  for (const xml::Element child : authenticate.children())
    if (!parse_child(child, out, failure))
      return std::unexpected(failure);
  return out;
}

void write_authentication(xml::Writer& out, const SaslOffer& offer,
                          const Sasl2Inline& inline_features) {
  if (offer.passwords.empty())
    return;
  out.open("authentication", kNsSasl2);
  for (const SaslMechanism mechanism : offer.passwords)
    out.leaf("mechanism", to_string(mechanism));
  if (inline_features.bind || inline_features.stream_management || !offer.tokens.empty()) {
    out.open("inline");
    if (inline_features.stream_management)
      out.open("sm", kNsSm3).close();
    if (inline_features.bind) {
      out.open("bind", kNsBind2);
      if (!inline_features.bind_features.empty()) {
        out.open("inline");
        for (const std::string_view feature : inline_features.bind_features)
          out.open("feature").attribute("var", feature).close();
        out.close();
      }
      out.close();
    }
    if (!offer.tokens.empty()) {
      out.open("fast", kNsFast0);
      for (const SaslMechanism mechanism : offer.tokens)
        out.leaf("mechanism", to_string(mechanism));
      out.close();
    }
    out.close();
  }
  out.close();
}

void write_sasl2_challenge(xml::Writer& out, std::string_view data) {
  out.open("challenge", kNsSasl2).text(base64_encode(data)).close();
}

void write_sasl2_failure(xml::Writer& out, SaslCondition condition, std::string_view text) {
  out.open("failure", kNsSasl2).open(to_string(condition), kNsSasl).close();
  if (!text.empty())
    out.open("text").attribute("xml:lang", "en").text(text).close();
  out.close();
}

void write_sasl2_success(xml::Writer& out, const Sasl2Success& success) {
  out.open("success", kNsSasl2);
  if (success.additional_data)
    out.leaf("additional-data", base64_encode(*success.additional_data));
  out.leaf("authorization-identifier", success.authorization_identifier);
  if (!success.children.empty())
    out.raw(success.children);
  if (success.token)
    out.open("token", kNsFast0)
        .attribute("expiry", format_time(success.token->expires, Precision::kSeconds))
        .attribute("token", success.token->token)
        .close();
  out.close();
}

} // namespace rookery::xmpp

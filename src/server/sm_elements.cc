#include "server/sm_elements.h"

#include <fmt/format.h>

#include "server/record_text.h"
#include "xml/writer.h"
#include "xmpp/namespaces.h"

namespace rookery::server {

std::optional<std::uint32_t> parse_count(std::string_view text) {
  const std::optional<std::uint64_t> value = parse_number(text);
  return value && *value <= 0xFFFFFFFFU ? std::optional(static_cast<std::uint32_t>(*value))
                                        : std::nullopt;
}

bool parse_boolean(std::string_view text) { return text == "true" || text == "1"; }

std::string sm_ack(std::uint32_t h) {
  return fmt::format("<a xmlns='{}' h='{}'/>", xmpp::kNsSm3, h);
}

std::string sm_enabled(std::string_view id, Seconds max, std::string_view location) {
  if (id.empty())
    return fmt::format("<enabled xmlns='{}'/>", xmpp::kNsSm3);
  std::string out = fmt::format("<enabled xmlns='{}' id='{}' resume='true' max='{}'", xmpp::kNsSm3,
                                id, max.count());
  if (!location.empty()) {
    out += " location='";
    xml::append_escaped(out, location);
    out += '\'';
  }
  return out += "/>";
}

std::string sm_resumed(std::string_view previd, std::uint32_t h) {
  std::string out = fmt::format("<resumed xmlns='{}' h='{}' previd='", xmpp::kNsSm3, h);
  xml::append_escaped(out, previd);
  return out += "'/>";
}

std::string sm_failed(std::string_view condition) {
  return fmt::format("<failed xmlns='{}'><{} xmlns='{}'/></failed>", xmpp::kNsSm3, condition,
                     xmpp::kNsStanzaErrors);
}

std::string sm_handled_too_high(std::uint32_t h, std::uint32_t sent) {
  return fmt::format("<handled-count-too-high xmlns='{}' h='{}' send-count='{}'/>", xmpp::kNsSm3, h,
                     sent);
}

} // namespace rookery::server

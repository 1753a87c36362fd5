#include "modules/roster/presence_text.h"

#include <charconv>

#include "base/assert.h"
#include "xml/writer.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::roster {

std::optional<std::int8_t> read_priority(const xml::Element& presence) {
  std::optional<std::int8_t> priority;
  for (const xml::Element& child : presence.children()) {
    if (!child.is("priority", xmpp::kNsClient))
      continue;
    if (priority)
      return std::nullopt;
    const std::string text = child.text();
    std::string_view digits = text;
    constexpr std::string_view kSpace = " \t\r\n";
    digits.remove_prefix(std::min(digits.find_first_not_of(kSpace), digits.size()));
    digits = digits.substr(0, digits.find_last_not_of(kSpace) + 1);
    if (digits.starts_with("+") && !digits.starts_with("+-"))
      digits.remove_prefix(1); // as xs:byte has it
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < -128 || value > 127)
      return std::nullopt;
    priority = static_cast<std::int8_t>(value);
  }
  return priority.value_or(std::int8_t{0});
}

std::string presence_text(xmpp::StanzaType type, std::string_view from, std::string_view to) {
  ROOKERY_ASSERT(type != xmpp::StanzaType::kAvailable);
  std::string out;
  xml::Writer writer(out);
  writer.open("presence").attribute("type", to_string(type));
  writer.attribute_if("from", from).attribute_if("to", to).close();
  return out;
}

std::string request_text(const server::Packet& packet, std::size_t bytes_max) {
  std::string text;
  write_packet(text, packet);
  if (text.size() <= bytes_max)
    return text;
  return presence_text(packet.header.type, packet.from.str(), packet.to.str());
}

} // namespace rookery::modules::roster

#include "modules/roster/roster_item.h"

#include <utility>

#include "server/record_text.h"

namespace rookery::modules::roster {
namespace {

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else
      out += c;
  }
  return out;
}

std::string unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char next = text[++i];
    out += next == 'n' ? '\n' : next == 'r' ? '\r' : next;
  }
  return out;
}

std::optional<xmpp::Subscription> parse_subscription(std::string_view word) {
  for (std::size_t i = 0; i < xmpp::kSubscriptions; ++i) {
    const auto state = static_cast<xmpp::Subscription>(i);
    if (to_string(state) == word)
      return state;
  }
  return std::nullopt;
}

} // namespace

std::string RosterItem::serialise() const {
  std::string out;
  if (!name.empty())
    server::append_line(out, "name", escape(name));
  for (const std::string& group : groups)
    server::append_line(out, "group", escape(group));
  if (subscription.state != xmpp::Subscription::kNone)
    server::append_line(out, "subscription", to_string(subscription.state));
  if (subscription.approved)
    server::append_line(out, "approved", "1");
  if (listed)
    server::append_line(out, "listed", "1");
  if (changed != 0)
    server::append_line(out, "changed", changed);
  if (!request.empty())
    server::append_line(out, "request", escape(request));
  return out;
}

std::optional<RosterItem> RosterItem::parse(std::string_view text) {
  RosterItem item;
  for (const auto& [word, value] : server::read_lines(text)) {
    if (word == "name")
      item.name = unescape(value);
    if (word == "group")
      item.groups.push_back(unescape(value));
    if (word == "approved")
      item.subscription.approved = value == "1";
    if (word == "listed")
      item.listed = value == "1";
    if (word == "request")
      item.request = unescape(value);
    if (word == "changed") {
      const auto number = server::parse_number(value);
      if (!number)
        return std::nullopt;
      item.changed = *number;
    }
    if (word == "subscription") {
      const auto state = parse_subscription(value);
      if (!state)
        return std::nullopt;
      item.subscription.state = *state;
    }
  }
  return item;
}

void write_item(xml::Writer& writer, std::string_view jid, const RosterItem& item) {
  writer.open("item").attribute("jid", jid).attribute_if("name", item.name);
  writer.attribute("subscription", roster_word(item.subscription.state));
  if (pending_out(item.subscription.state))
    writer.attribute("ask", "subscribe");
  if (item.subscription.approved)
    writer.attribute("approved", "true");
  for (const std::string& group : item.groups)
    writer.leaf("group", group);
  writer.close();
}

void write_removal(xml::Writer& writer, std::string_view jid) {
  writer.open("item").attribute("jid", jid).attribute("subscription", "remove").close();
}

} // namespace rookery::modules::roster

#include "modules/mam/preferences.h"

#include <algorithm>
#include <array>
#include <optional>

#include "server/record_text.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::mam {
namespace {

using Standard = Preferences::Standard;
using Keep = KeepVerdict::Keep;

constexpr std::array<std::string_view, 3> kStandards{"always", "never", "roster"};

std::string_view to_string(Standard standard) {
  return kStandards.at(static_cast<std::size_t>(standard));
}
std::optional<Standard> parse_standard(std::string_view text) {
  const auto found = std::ranges::find(kStandards, text);
  if (found == kStandards.end())
    return std::nullopt;
  return static_cast<Standard>(found - kStandards.begin());
}

std::expected<void, xmpp::StanzaError> read_list(std::set<xmpp::Jid, std::less<>>& out,
                                                 const xml::Element& list) {
  for (const xml::Element child : list.children()) {
    if (!child.is("jid", xmpp::kNsMam2))
      continue;
    auto jid = xmpp::Jid::parse(child.text());
    if (!jid)
      return std::unexpected(
          xmpp::StanzaError(xmpp::StanzaCondition::kJidMalformed, to_string(jid.error())));
    out.insert(std::move(*jid));
  }
  return {};
}

void write_list(xml::Writer& writer, std::string_view name,
                const std::set<xmpp::Jid, std::less<>>& jids) {
  writer.open(name);
  for (const xmpp::Jid& jid : jids)
    writer.leaf("jid", jid.str());
  writer.close();
}

} // namespace

KeepVerdict should_keep(const Preferences& preferences, const xmpp::Jid& contact) {
  const auto listed = [](const std::set<xmpp::Jid, std::less<>>& list, const xmpp::Jid& jid) {
    return !list.empty() && list.contains(jid);
  };
  const xmpp::Jid bare = contact.bare().jid();
  for (const xmpp::Jid* jid : {&contact, &bare}) {
    if (listed(preferences.never, *jid))
      return {Keep::kNo, "never"};
    if (listed(preferences.always, *jid))
      return {Keep::kYes, "always"};
  }
  switch (preferences.standard) {
  case Standard::kAlways:
    return {Keep::kYes, "default-always"};
  case Standard::kNever:
    return {Keep::kNo, "default-never"};
  case Standard::kRoster:
    break;
  }
  return {Keep::kIfInRoster, "default-roster"};
}

std::expected<Preferences, xmpp::StanzaError> read_preferences(const xml::Element& prefs) {
  Preferences preferences;
  const auto standard = parse_standard(prefs.attribute_or_empty("default"));
  if (!standard)
    return std::unexpected(xmpp::StanzaError(xmpp::StanzaCondition::kBadRequest,
                                             "default is one of always, never, roster"));
  preferences.standard = *standard;
  if (const auto read = read_list(preferences.always, prefs.child("always", xmpp::kNsMam2)); !read)
    return std::unexpected(read.error());
  if (const auto read = read_list(preferences.never, prefs.child("never", xmpp::kNsMam2)); !read)
    return std::unexpected(read.error());
  if (preferences.always.size() + preferences.never.size() > kPreferredMax)
    return std::unexpected(xmpp::StanzaError(xmpp::StanzaCondition::kResourceConstraint,
                                             "too many addresses in the lists"));
  return preferences;
}

void write_preferences(xml::Writer& writer, const Preferences& preferences) {
  writer.open("prefs", xmpp::kNsMam2).attribute("default", to_string(preferences.standard));
  write_list(writer, "always", preferences.always);
  write_list(writer, "never", preferences.never);
  writer.close();
}

std::string to_record(const Preferences& preferences) {
  std::string record;
  server::append_line(record, "default", to_string(preferences.standard));
  for (const xmpp::Jid& jid : preferences.always)
    server::append_line(record, "always", jid.str());
  for (const xmpp::Jid& jid : preferences.never)
    server::append_line(record, "never", jid.str());
  return record;
}

Preferences from_record(std::string_view record) {
  Preferences preferences;
  for (const auto& [name, value] : server::read_lines(record)) {
    if (name == "default")
      preferences.standard = parse_standard(value).value_or(Standard::kAlways);
    if (name == "always")
      preferences.always.insert(xmpp::Jid::from_trusted(std::string(value)));
    if (name == "never")
      preferences.never.insert(xmpp::Jid::from_trusted(std::string(value)));
  }
  return preferences;
}

} // namespace rookery::modules::mam

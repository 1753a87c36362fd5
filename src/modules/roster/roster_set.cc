#include "modules/roster/roster_set.h"

#include <algorithm>
#include <utility>

#include "xmpp/namespaces.h"

namespace rookery::modules::roster {

using xmpp::StanzaCondition;
using xmpp::StanzaError;

namespace {

std::expected<std::vector<std::string>, StanzaError> read_groups(const xml::Element& item,
                                                                 const RosterLimits& limits) {
  std::vector<std::string> groups;
  for (const xml::Element& child : item.children()) {
    if (!child.is("group", xmpp::kNsRoster))
      continue;
    std::string group = child.text();
    if (group.empty())
      return std::unexpected(StanzaError(StanzaCondition::kNotAcceptable, "a group needs a name"));
    if (group.size() > limits.group_bytes_max)
      return std::unexpected(
          StanzaError(StanzaCondition::kNotAcceptable, "the name of a group is too long"));
    if (std::ranges::find(groups, group) != groups.end())
      return std::unexpected(StanzaError(StanzaCondition::kBadRequest, "a group is there twice"));
    if (groups.size() == limits.groups_max)
      return std::unexpected(StanzaError(StanzaCondition::kNotAcceptable, "too many groups"));
    groups.push_back(std::move(group));
  }
  return groups;
}

} // namespace

std::expected<RosterSet, StanzaError> read_roster_set(const xml::Element& query,
                                                      const RosterLimits& limits) {
  const xml::Element item = query.first_child();
  if (!item.is("item", xmpp::kNsRoster) || item.next())
    return std::unexpected(
        StanzaError(StanzaCondition::kBadRequest, "a roster set has exactly one item"));
  const auto address = item.attribute("jid");
  if (!address)
    return std::unexpected(StanzaError(StanzaCondition::kBadRequest, "no jid"));
  const auto jid = xmpp::Jid::parse(*address);
  if (!jid)
    return std::unexpected(StanzaError(StanzaCondition::kJidMalformed, to_string(jid.error())));

  RosterSet set;
  set.jid = jid->bare();
  set.remove = item.attribute_or_empty("subscription") == "remove";
  if (set.remove)
    return set;
  set.name = item.attribute_or_empty("name");
  if (set.name.size() > limits.name_bytes_max)
    return std::unexpected(StanzaError(StanzaCondition::kNotAcceptable, "the name is too long"));
  auto groups = read_groups(item, limits);
  if (!groups)
    return std::unexpected(std::move(groups.error()));
  set.groups = std::move(*groups);
  return set;
}

} // namespace rookery::modules::roster

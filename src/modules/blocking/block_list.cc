#include "modules/blocking/block_list.h"

#include <algorithm>

#include "xmpp/namespaces.h"

namespace rookery::modules::blocking {
namespace {

/// A listed address as it stands in a set that is ordered by text.
struct ByText {
  std::string_view text;
  friend bool operator<(const xmpp::Jid& jid, ByText other) { return jid.str() < other.text; }
  friend bool operator<(ByText other, const xmpp::Jid& jid) { return other.text < jid.str(); }
};

/// Full addresses listed in either of the lists but not in both.
void add_listed(std::set<xmpp::Jid>& out, const BlockList& in, const BlockList& not_in,
                const xmpp::Jid& watcher) {
  for (const xmpp::Jid& listed : in.jids())
    if (listed.is_full() && listed.bare_str() == watcher.str() && !not_in.contains(listed))
      out.insert(listed);
}

} // namespace

bool BlockList::blocks(const xmpp::Jid& jid) const {
  if (jids_.empty())
    return false;
  return jids_.contains(ByText{jid.str()}) || jids_.contains(ByText{jid.bare_str()}) ||
         jids_.contains(ByText{jid.domain()});
}

std::expected<std::vector<xmpp::Jid>, xmpp::StanzaError> read_items(const xml::Element& request) {
  std::vector<xmpp::Jid> items;
  std::set<xmpp::Jid> seen;
  for (const xml::Element child : request.children()) {
    if (!child.is("item", xmpp::kNsBlocking))
      continue;
    auto jid = xmpp::Jid::parse(child.attribute_or_empty("jid"));
    if (!jid)
      return std::unexpected(
          xmpp::StanzaError(xmpp::StanzaCondition::kJidMalformed, to_string(jid.error())));
    if (seen.insert(*jid).second)
      items.push_back(std::move(*jid));
  }
  return items;
}

std::vector<xmpp::Jid> changed_for(const std::vector<xmpp::Jid>& watchers, const BlockList& before,
                                   const BlockList& after) {
  std::set<xmpp::Jid> changed;
  for (const xmpp::Jid& watcher : watchers) {
    if (before.blocks(watcher) != after.blocks(watcher)) {
      changed.insert(watcher);
    } else if (watcher.is_bare() && !before.blocks(watcher)) {
      add_listed(changed, before, after, watcher);
      add_listed(changed, after, before, watcher);
    }
  }
  return {changed.begin(), changed.end()};
}

} // namespace rookery::modules::blocking

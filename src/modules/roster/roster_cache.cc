#include "modules/roster/roster_cache.h"

#include <algorithm>

#include "base/assert.h"
#include "server/record_text.h"

namespace rookery::modules::roster {

std::string RosterVersion::str(std::uint64_t at) const {
  return epoch.empty() ? std::string("0") : epoch + ':' + std::to_string(at);
}

std::optional<std::uint64_t> RosterVersion::read(std::string_view text) const {
  if (epoch.empty())
    return text == "0" ? std::optional<std::uint64_t>(0) : std::nullopt;
  if (!text.starts_with(epoch) || text.size() == epoch.size() || text[epoch.size()] != ':')
    return std::nullopt;
  return server::parse_number(text.substr(epoch.size() + 1));
}

std::string RosterVersion::serialise() const {
  std::string out;
  server::append_line(out, "epoch", epoch);
  server::append_line(out, "number", number);
  server::append_line(out, "removed", removed);
  return out;
}

RosterVersion RosterVersion::parse(std::string_view text) {
  RosterVersion version;
  for (const auto& [word, value] : server::read_lines(text)) {
    if (word == "epoch")
      version.epoch = value;
    if (word == "number")
      version.number = server::parse_number(value).value_or(0);
    if (word == "removed")
      version.removed = server::parse_number(value).value_or(0);
  }
  return version;
}

RosterCache::Contact::Contact(std::string_view jid, const RosterItem& item)
    : text_(jid), changed_(item.changed), jid_bytes_(static_cast<std::uint16_t>(jid.size())),
      state_(item.subscription.state), listed_(item.listed) {
  text_ += item.serialise();
  text_.shrink_to_fit();
}

RosterItem RosterCache::Contact::item() const {
  auto item = RosterItem::parse(std::string_view(text_).substr(jid_bytes_));
  ROOKERY_ASSERT(item.has_value()); // it is what serialise() wrote
  return std::move(*item);
}

std::vector<RosterCache::Contact>::const_iterator
RosterCache::position(std::string_view jid) const {
  return std::ranges::lower_bound(contacts_, jid, {}, &Contact::jid);
}

const RosterCache::Contact* RosterCache::find(std::string_view jid) const {
  const auto at = position(jid);
  return at != contacts_.end() && at->jid() == jid ? &*at : nullptr;
}

RosterItem RosterCache::item(std::string_view jid) const {
  const Contact* contact = find(jid);
  return contact == nullptr ? RosterItem{} : contact->item();
}

void RosterCache::put(std::string_view jid, const RosterItem& item) {
  if (item.empty())
    return remove(jid);
  Contact contact(jid, item);
  listed_ += item.listed ? 1 : 0;
  const auto at = contacts_.begin() + (position(jid) - contacts_.cbegin());
  if (at == contacts_.end() || at->jid() != jid) {
    contacts_.insert(at, std::move(contact));
    return;
  }
  listed_ -= at->listed() ? 1 : 0;
  *at = std::move(contact);
}

void RosterCache::remove(std::string_view jid) {
  const auto at = position(jid);
  if (at == contacts_.end() || at->jid() != jid)
    return;
  listed_ -= at->listed() ? 1 : 0;
  contacts_.erase(at);
}

std::optional<std::vector<const RosterCache::Contact*>>
RosterCache::changes_since(std::string_view since) const {
  const auto number = version.read(since);
  if (!number || *number > version.number || *number < version.removed)
    return std::nullopt;
  std::vector<const Contact*> changes;
  for (const Contact& contact : contacts_)
    if (contact.listed() && contact.changed() > *number)
      changes.push_back(&contact);
  std::ranges::sort(changes, {}, &Contact::changed);
  return changes;
}

} // namespace rookery::modules::roster

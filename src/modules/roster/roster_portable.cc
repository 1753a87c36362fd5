#include "modules/roster/roster_portable.h"

#include <array>
#include <string>

#include "modules/roster/presence_text.h"
#include "modules/roster/roster_cache.h"
#include "modules/roster/roster_item.h"
#include "modules/roster/roster_limits.h"
#include "modules/roster/roster_module.h"
#include "server/packet.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::roster {
namespace {

using xmpp::Subscription;

/// Of an imported roster: above that of an empty one, which an app may have seen before.
constexpr std::uint64_t kFirstVersion = 1;
constexpr std::size_t kEpochBytes = 6;

RosterItem held(const server::AccountDraft& draft, std::string_view contact) {
  const auto record = draft.get(kRosterRecords, contact);
  const auto item = record ? RosterItem::parse(*record) : std::nullopt;
  return item.value_or(RosterItem{});
}

/// RFC 6121 Appendix A.1. What does not go together (ask in `to` and `both`) is left out.
Subscription state_of(std::string_view word, bool asked, bool requested) {
  if (word == "both")
    return Subscription::kBoth;
  if (word == "to")
    return requested ? Subscription::kToPendingIn : Subscription::kTo;
  if (word == "from")
    return asked ? Subscription::kFromPendingOut : Subscription::kFrom;
  if (asked)
    return requested ? Subscription::kNonePendingOutIn : Subscription::kNonePendingOut;
  return requested ? Subscription::kNonePendingIn : Subscription::kNone;
}

void keep(server::AccountDraft& draft, const xmpp::BareJid& contact, RosterItem item) {
  item.changed = kFirstVersion;
  if (!pending_in(item.subscription.state))
    item.request.clear();
  draft.put(kRosterRecords, contact.str(), item.serialise());
  if (draft.get(kVersionRecords, kVersionKey))
    return;
  const RosterVersion version{
      .epoch = draft.random().token(kEpochBytes), .number = kFirstVersion, .removed = 0};
  draft.put(kVersionRecords, kVersionKey, version.serialise());
}

} // namespace

void write_contact(const storage::Record& record, xml::Writer& writer) {
  if (const auto item = RosterItem::parse(record.value); item && item->listed)
    write_item(writer, record.key, *item);
}

void write_request(const storage::Record& record, xml::Writer& writer) {
  const auto item = RosterItem::parse(record.value);
  if (!item || !pending_in(item->subscription.state) || item->request.empty())
    return;
  xml::Document stanza;
  if (stanza.parse_trusted(item->request, xmpp::kNsClient))
    writer.element(stanza.root());
}

void read_contacts(const xml::Element& query, server::AccountDraft& draft) {
  for (const xml::Element element : query.children()) {
    if (!element.is("item", xmpp::kNsRoster))
      continue;
    const auto jid = xmpp::Jid::parse(element.attribute_or_empty("jid"));
    if (!jid) {
      draft.note("a contact with the address '" + std::string(element.attribute_or_empty("jid")) +
                 "', which is none");
      continue;
    }
    const xmpp::BareJid contact = jid->bare();
    RosterItem item = held(draft, contact.str());
    const std::string_view word = element.attribute_or_empty("subscription");
    if (word == "remove" || contact == draft.jid())
      continue;
    item.listed = true;
    item.name = element.attribute_or_empty("name");
    item.groups.clear();
    for (const xml::Element group : element.children())
      if (group.is("group", xmpp::kNsRoster))
        item.groups.push_back(group.text());
    const std::string_view approved = element.attribute_or_empty("approved");
    item.subscription.approved = approved == "true" || approved == "1";
    item.subscription.state =
        state_of(word, element.attribute_or_empty("ask") == "subscribe", !item.request.empty());
    keep(draft, contact, std::move(item));
  }
}

void read_request(const xml::Element& presence, server::AccountDraft& draft) {
  if (presence.attribute_or_empty("type") != "subscribe")
    return draft.note("a presence that is no request");
  const auto from = xmpp::Jid::parse(presence.attribute_or_empty("from"));
  if (!from || from->bare() == draft.jid())
    return draft.note("a request from the address '" +
                      std::string(presence.attribute_or_empty("from")) + "', which is none");
  const xmpp::BareJid contact = from->bare();
  std::string stanza;
  xmpp::write_stanza(stanza, presence, {.from = contact.str(), .to = draft.jid().str()});
  const server::PacketPtr packet = server::make_packet(stanza);
  if (!packet)
    return draft.note("a request that cannot be read");
  RosterItem item = held(draft, contact.str());
  item.request = request_text(*packet, RosterLimits{}.request_bytes_max);
  const Subscription now = item.subscription.state;
  item.subscription.state = state_of(roster_word(now), pending_out(now), true);
  keep(draft, contact, std::move(item));
}

} // namespace rookery::modules::roster

// Presence subscriptions (RFC 6121 §3): xmpp/subscription.h says what each stanza does, here it is
// done.
#include <utility>

#include "modules/roster/presence_text.h"
#include "modules/roster/roster_module.h"

namespace rookery::modules::roster {

using server::Account;
using server::PacketPtr;
using server::Session;
using xmpp::StanzaCondition;
using xmpp::StanzaType;
using xmpp::SubscriptionOutcome;

bool RosterModule::has_room(const Account& account, const RosterItem& now,
                            const RosterItem& next) const {
  if (!next.listed || now.listed)
    return true;
  const AccountState* state = accounts_.find(account);
  return state == nullptr || state->cache.listed_count() < limits_.contacts_max;
}

// §3.1.2, §3.2.2, §3.3.2, §3.4.2: the user's own.
void RosterModule::subscription_out(Session& session, PacketPtr packet) {
  Account& account = session.account();
  const StanzaType type = packet->header.type;
  const xmpp::BareJid contact = packet->to.bare();
  if (contact == account.jid())
    return homes_.refuse(
        *packet, {StanzaCondition::kNotAllowed, "one's own devices see each other without it"});

  const RosterItem now = item_of(account, contact.str());
  const SubscriptionOutcome outcome = outbound_subscription(now.subscription, type);
  RosterItem next = now;
  next.subscription = outcome.next;
  if (type == StanzaType::kSubscribe || type == StanzaType::kSubscribed)
    next.listed = true;
  if (!pending_in(next.subscription.state))
    next.request.clear();
  if (!has_room(account, now, next))
    return homes_.refuse(*packet, {StanzaCondition::kPolicyViolation, "the roster is full"});

  packet->from = account.jid().jid();
  packet->to = contact.jid();
  auto tell = [this, outcome, contact, stanza = std::move(packet)](Account& own,
                                                                   const Push& news) mutable {
    push(own, news);
    if (outcome.pass_on)
      homes_.route(std::move(stanza));
    subscription_presence(own, contact, outcome.presence);
  };
  if (next == now)
    return tell(account, {});
  storage::Batch batch;
  const bool shown = next.listed && (outcome.push || !now.listed);
  Push news = keep(account, batch, contact.str(), std::move(next), shown);
  commit(
      account, std::move(batch), &session,
      [tell = std::move(tell), news = std::move(news)](Account& own, const Status& status) mutable {
        if (status)
          tell(own, news);
      });
}

// §3.1.3, §3.2.3, §3.3.3, §3.4.2: a contact's, or a stranger's.
void RosterModule::subscription_in(Account& account, PacketPtr packet) {
  const xmpp::BareJid contact = packet->from.bare();
  if (contact == account.jid())
    return;
  packet->from = contact.jid();
  packet->to = account.jid().jid();

  const RosterItem now = item_of(account, contact.str());
  const SubscriptionOutcome outcome = inbound_subscription(now.subscription, packet->header.type);
  RosterItem next = now;
  next.subscription = outcome.next;
  if (!pending_in(next.subscription.state)) {
    next.request.clear();
  } else if (!pending_in(now.subscription.state)) {
    const AccountState* state = accounts_.find(account);
    if (now.empty() && state != nullptr && state->cache.unlisted_count() >= limits_.requests_max) {
      ++homes_.counters().limits_reached;
      return;
    }
    next.request = request_text(*packet, limits_.request_bytes_max);
  }

  auto tell = [this, outcome, contact, stanza = std::move(packet)](Account& own, const Push& news) {
    if (outcome.pass_on)
      give_subscription(own, *stanza);
    push(own, news);
    if (outcome.answer == SubscriptionOutcome::Answer::kSubscribed)
      homes_.route(presence_text(StanzaType::kSubscribed, own.jid().str(), contact.str()));
    subscription_presence(own, contact, outcome.presence);
  };
  if (next == now)
    return tell(account, {});
  storage::Batch batch;
  const bool shown = next.listed && outcome.push;
  Push news = keep(account, batch, contact.str(), std::move(next), shown);
  commit(
      account, std::move(batch), nullptr,
      [tell = std::move(tell), news = std::move(news)](Account& own, const Status& status) mutable {
        if (status)
          tell(own, news);
      });
}

// A request is for people, and goes to every device that is online; the others are about the
// roster, and go where it is shown.
void RosterModule::give_subscription(Account& account, const server::Packet& packet) {
  std::string xml;
  write_packet(xml, packet);
  const bool request = packet.header.type == StanzaType::kSubscribe;
  for (const auto& session : account.sessions()) {
    const SessionState* state = sessions_.find(*session);
    if (request ? session->available() : state != nullptr && state->interested)
      session->send(xml, &packet);
  }
}

void RosterModule::subscription_presence(Account& account, const xmpp::BareJid& contact,
                                         SubscriptionOutcome::Presence presence) {
  if (presence == SubscriptionOutcome::Presence::kNone)
    return;
  for (const auto& session : account.sessions()) {
    if (!session->visible())
      continue;
    if (presence == SubscriptionOutcome::Presence::kUnavailable) {
      homes_.route(presence_text(StanzaType::kUnavailable, session->jid().str(), contact.str()));
      continue;
    }
    PacketPtr packet = session->last_presence();
    if (!packet)
      continue;
    packet->to = contact.jid();
    homes_.route(std::move(packet));
  }
}

// Invitations. kAsked is what the user would do who grants a request and asks back (XEP-0379 §3.5).
server::Hooks::Told RosterModule::befriend(Account& account, const xmpp::BareJid& contact,
                                           server::Friendship how, storage::Batch& batch) {
  const RosterItem now = item_of(account, contact.str());
  RosterItem next = now;
  next.listed = true;
  next.request.clear();
  const bool mutual = how == server::Friendship::kMutual;
  const bool seen_before = seen_by_contact(now.subscription.state);
  if (contact == account.jid() || (!mutual && seen_before) || !has_room(account, now, next))
    return nullptr;
  bool ask = false;
  if (mutual) {
    next.subscription = {.state = xmpp::Subscription::kBoth, .approved = false};
  } else {
    const auto asked = inbound_subscription(now.subscription, StanzaType::kSubscribe);
    const auto granted = outbound_subscription(asked.next, StanzaType::kSubscribed);
    const auto asks = outbound_subscription(granted.next, StanzaType::kSubscribe);
    next.subscription = asks.next;
    ask = asks.pass_on;
  }
  Push news = keep(account, batch, contact.str(), std::move(next), true);
  return change(account, [this, contact, mutual, ask, seen_before,
                          news = std::move(news)](Account& own, const Status& status) {
    if (!status)
      return;
    push(own, news);
    if (!mutual)
      homes_.route(presence_text(StanzaType::kSubscribed, own.jid().str(), contact.str()));
    if (ask)
      homes_.route(presence_text(StanzaType::kSubscribe, own.jid().str(), contact.str()));
    if (!seen_before)
      subscription_presence(own, contact, SubscriptionOutcome::Presence::kAvailable);
  });
}

void RosterModule::newcomer(storage::Batch& batch, Owner owner, const xmpp::BareJid& contact) {
  const RosterItem item{.subscription = {.state = xmpp::Subscription::kBoth, .approved = false},
                        .listed = true,
                        .changed = 1};
  RosterVersion version;
  version.epoch = homes_.random().token(kEpochBytes);
  version.number = 1;
  batch.put(owner, kRosterRecords, contact.str(), item.serialise());
  batch.put(owner, kVersionRecords, kVersionKey, version.serialise());
}

// XEP-0077 §3.2: as if every contact were removed from the roster (RFC 6121 §2.5).
void RosterModule::farewell(Account& account, std::vector<std::string>& out) {
  const AccountState* state = accounts_.find(account);
  if (state == nullptr)
    return;
  const std::string_view own = account.jid().str();
  for (const RosterCache::Contact& contact : state->cache.contacts()) {
    const xmpp::RosterRemoval removal = roster_removal(contact.state());
    if (removal.unsubscribe)
      out.push_back(presence_text(StanzaType::kUnsubscribe, own, contact.jid()));
    if (removal.unsubscribed)
      out.push_back(presence_text(StanzaType::kUnsubscribed, own, contact.jid()));
  }
}

// §3.1.3: again at each login, until it is answered.
void RosterModule::give_requests(Session& session) {
  const AccountState* state = accounts_.find(session.account());
  if (state == nullptr)
    return;
  for (const RosterCache::Contact& contact : state->cache.contacts())
    if (pending_in(contact.state()))
      session.send(contact.item().request);
}

// §3.1.2: a request that got lost on its way is made good. One that has arrived is not shown twice.
void RosterModule::ask_again(Account& account) {
  homes_.route_to_many(contacts_to_ask(account, xmpp::pending_out),
                       presence_text(StanzaType::kSubscribe, account.jid().str(), {}));
}

} // namespace rookery::modules::roster

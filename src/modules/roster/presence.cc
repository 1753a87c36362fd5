// Presence (RFC 6121 §4): who is told when a device comes, changes and goes, and what it is told of
// others.
#include <algorithm>
#include <iterator>
#include <utility>

#include "modules/roster/presence_text.h"
#include "modules/roster/roster_module.h"

namespace rookery::modules::roster {

using server::Account;
using server::Packet;
using server::PacketPtr;
using server::Session;
using xmpp::StanzaCondition;
using xmpp::StanzaType;

// --- from a client ---

bool RosterModule::presence_out(Session& session, PacketPtr& packet) {
  const StanzaType type = packet->header.type;
  const bool addressed = !packet->to.empty();
  if (is_subscription(type) && addressed) {
    subscription_out(session, std::move(packet));
    return true;
  }
  if (addressed)
    return directed(session, *packet);
  if (type == StanzaType::kAvailable)
    available(session, std::move(packet));
  else if (type == StanzaType::kUnavailable)
    unavailable(session, std::move(packet));
  else if (type != StanzaType::kError)
    homes_.refuse(*packet,
                  {StanzaCondition::kBadRequest, "presence of this type needs an address"});
  return true;
}

// §4.2.2, §4.4.2.
void RosterModule::available(Session& session, PacketPtr packet) {
  const auto priority = read_priority(packet->element());
  if (!priority)
    return homes_.refuse(*packet,
                         {StanzaCondition::kBadRequest, "a priority is a number from -128 to 127"});
  if (session.invisible())
    return available_unseen(session, *priority);
  Account& account = session.account();
  const bool initial = !session.available();
  const bool first = !account.has_visible();
  const bool offline_due = offline_messages_due(session, *priority);

  std::string xml;
  write_packet(xml, *packet);
  session.set_available(*priority, xml);
  homes_.route_to_many(contacts_where(account, xmpp::seen_by_contact), xml);
  send_to_own(session, *packet, true);
  if (initial) {
    send_own_to(session);
    probe_contacts(session);
    give_requests(session);
    if (first)
      ask_again(account);
  }
  if (offline_due)
    homes_.deliver_offline(session);
}

// Once per time in which the priority is not negative: below, messages are kept again.
bool RosterModule::offline_messages_due(Session& session, std::int8_t priority) {
  SessionState& state = sessions_.get(session);
  return !std::exchange(state.had_offline, priority >= 0) && priority >= 0;
}

// §4.5.2, §4.6.3.
void RosterModule::unavailable(Session& session, PacketPtr packet) {
  std::string xml;
  write_packet(xml, *packet);
  homes_.route_to_many(take_audience(session), xml);
  if (session.visible())
    send_to_own(session, *packet, false);
  if (SessionState* state = sessions_.find(session))
    state->had_offline = false;
  session.set_unavailable();
}

void RosterModule::closed(Session& session, server::SessionEnd) { say_gone(session); }

void RosterModule::say_gone(Session& session) {
  const std::string xml = presence_text(StanzaType::kUnavailable, session.jid().str(), {});
  homes_.route_to_many(take_audience(session), xml);
  if (!session.visible())
    return;
  const PacketPtr packet = server::make_packet(xml);
  send_to_own(session, *packet, false);
}

// §4.6.2, §4.6.3. False: it may go on its way.
bool RosterModule::directed(Session& session, const Packet& packet) {
  if (packet.header.type == StanzaType::kUnavailable) {
    SessionState* state = sessions_.find(session);
    if (state == nullptr || state->directed.empty())
      return false;
    state->directed.remove(packet.to);
    homes_.session_changed(session);
    return false;
  }
  if (packet.header.type != StanzaType::kAvailable)
    return false;
  const std::string_view bare = packet.to.bare_str();
  const Account& account = session.account();
  const AccountState* own = accounts_.find(account);
  const RosterCache::Contact* contact = own == nullptr ? nullptr : own->cache.find(bare);
  const bool sees_broadcasts =
      bare == account.jid().str() || (contact != nullptr && seen_by_contact(contact->state()));
  if (session.visible() && sees_broadcasts)
    return false;
  if (!sessions_.get(session).directed.add(packet.to, limits_.directed_max)) {
    ++homes_.counters().limits_reached;
    homes_.refuse(
        packet, {StanzaCondition::kResourceConstraint, "presence was sent to too many addresses"});
    return true;
  }
  homes_.session_changed(session);
  return false;
}

// --- for an account ---

bool RosterModule::presence_in(Account& account, PacketPtr& packet) {
  if (AccountState* state = accounts_.find(account); state != nullptr && state->commits != 0) {
    if (state->waiting.size() < limits_.waiting_max)
      state->waiting.push_back(std::move(packet));
    else
      ++homes_.counters().limits_reached;
    return true;
  }
  if (is_subscription(packet->header.type)) {
    subscription_in(account, std::move(packet));
    return true;
  }
  if (packet->header.type == StanzaType::kProbe) {
    answer_probe(account, *packet);
    return true;
  }
  if (packet->header.type == StanzaType::kError)
    undeliverable(account, *packet);
  return false;
}

// §4.3.2. A stranger is answered as the core answers for an account that does not exist (case 43).
void RosterModule::answer_probe(Account& account, const Packet& probe) {
  const std::string_view asker = probe.from.bare_str();
  const AccountState* state = accounts_.find(account);
  const RosterCache::Contact* contact = state == nullptr ? nullptr : state->cache.find(asker);
  if (asker != account.jid().str() && (contact == nullptr || !seen_by_contact(contact->state())))
    return homes_.route(presence_text(StanzaType::kUnsubscribed, account.jid().str(), asker));

  bool answered = false;
  for (const auto& session : account.sessions()) {
    if (!session->visible() || (probe.to.is_full() && session->jid().str() != probe.to.str()))
      continue;
    PacketPtr packet = session->last_presence();
    if (!packet)
      continue;
    packet->to = probe.from;
    homes_.route(std::move(packet));
    answered = true;
  }
  if (!answered)
    homes_.route(presence_text(StanzaType::kUnavailable, probe.to.str(), probe.from.str()));
}

// An entity that could not be sent directed presence needs no word that it has ended.
void RosterModule::undeliverable(Account& account, const Packet& error) {
  Session* session = error.to.is_full() ? account.find_session(error.to.resource()) : nullptr;
  SessionState* state = session == nullptr ? nullptr : sessions_.find(*session);
  if (state == nullptr || state->directed.empty())
    return;
  state->directed.remove(error.from);
  homes_.session_changed(*session);
}

// After a restart of the server nobody has told this device who went meanwhile.
void RosterModule::resumed(Session& session) {
  SessionState* state = sessions_.find(session);
  if (state == nullptr || !std::exchange(state->restored, false) || !session.available())
    return;
  send_own_to(session);
  if (!session.invisible() || state->probes)
    probe_contacts(session);
}

// --- parts ---

void RosterModule::probe_contacts(Session& session) {
  homes_.route_to_many(contacts_to_ask(session.account(), xmpp::sees_contact),
                       presence_text(StanzaType::kProbe, session.jid().str(), {}));
}

void RosterModule::send_to_own(Session& from, Packet& packet, bool itself) {
  packet.to = from.account().jid().jid();
  std::string xml;
  write_packet(xml, packet);
  for (const auto& session : from.account().sessions())
    if (session->available() && (itself || session.get() != &from))
      session->send(xml, &packet);
}

void RosterModule::send_own_to(Session& session) {
  for (const auto& other : session.account().sessions()) {
    if (!other->visible() || other.get() == &session)
      continue;
    const PacketPtr packet = other->last_presence();
    if (!packet)
      continue;
    packet->to = session.jid().jid();
    std::string xml;
    write_packet(xml, *packet);
    session.send(xml, packet.get());
  }
}

std::vector<xmpp::Jid> RosterModule::contacts_where(const Account& account,
                                                    bool (*wanted)(xmpp::Subscription)) const {
  std::vector<xmpp::Jid> out;
  if (const AccountState* state = accounts_.find(account))
    for (const RosterCache::Contact& contact : state->cache.contacts())
      if (wanted(contact.state()))
        out.push_back(xmpp::Jid::from_trusted(std::string(contact.jid())));
  return out;
}

std::vector<xmpp::Jid> RosterModule::contacts_to_ask(Account& account,
                                                     bool (*wanted)(xmpp::Subscription)) const {
  std::vector<xmpp::Jid> out = contacts_where(account, wanted);
  for (const auto& hook : homes_.hooks().hidden)
    std::erase_if(out, [&](const xmpp::Jid& contact) { return hook.call(account, contact); });
  return out;
}

std::vector<xmpp::Jid> RosterModule::take_audience(Session& session) {
  const Account& account = session.account();
  std::vector<xmpp::Jid> audience;
  if (session.visible())
    audience = contacts_where(account, xmpp::seen_by_contact);
  SessionState* state = sessions_.find(session);
  if (state == nullptr || state->directed.empty())
    return audience;
  const auto contacts = static_cast<std::ptrdiff_t>(audience.size()); // sorted
  for (const xmpp::Jid& to : state->directed.all()) {
    const auto end = audience.begin() + contacts;
    const bool told =
        session.visible() && (to.bare_str() == account.jid().str() ||
                              std::ranges::binary_search(audience.begin(), end, to.bare().jid()));
    if (!told)
      audience.push_back(to);
  }
  state->directed.clear();
  return audience;
}

} // namespace rookery::modules::roster

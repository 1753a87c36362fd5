// The way of a stanza to its receiver, and what a receiver's home does with it (RFC 6120 §10, RFC
// 6121 §8).
#include <algorithm>

#include "base/assert.h"
#include "server/homes.h"
#include "server/server.h"
#include "xmpp/delivery.h"
#include "xmpp/messages.h"
#include "xmpp/stanza_error.h"

namespace rookery::server {

using xmpp::DeliveryAction;
using xmpp::StanzaCondition;
using xmpp::StanzaKind;
using xmpp::StanzaType;

namespace {

constexpr std::size_t kKeptXmlBytes = 64 * 1024;

} // namespace

void Homes::route(std::string_view xml) {
  PacketPtr packet = make_packet(xml);
  ROOKERY_ASSERT(packet != nullptr);
  route(std::move(packet));
}

void Homes::route(PacketPtr packet) {
  const xmpp::Jid& to = packet->to;
  if (to.empty())
    return;
  if (packet->is(StanzaKind::kPresence) && hidden_from(*packet))
    return;
  if (!server_.is_local(to.domain()))
    return refuse(*packet, StanzaCondition::kRemoteServerNotFound);
  if (!to.has_local()) {
    // For the server itself: it answers requests and has nothing to say to the rest.
    if (packet->is(StanzaKind::kIq))
      return answer_iq(nullptr, std::move(packet));
    if (packet->is(StanzaKind::kMessage))
      return refuse(*packet, StanzaCondition::kServiceUnavailable);
    return;
  }
  Homes& homes = server_.homes_of(to.bare_str());
  if (&homes == this)
    return receive(std::move(packet));
  homes.loop_.post(
      [&homes, packet = std::move(packet)]() mutable { homes.receive(std::move(packet)); });
}

// Presence of an account here that a module keeps from its receiver. Asked here because presence
// leaves in many ways: broadcast, answers to probes, the end of a session.
bool Homes::hidden_from(const Packet& packet) {
  if (packet.header.type != StanzaType::kAvailable &&
      packet.header.type != StanzaType::kUnavailable)
    return false;
  if (hooks_.hidden.empty())
    return false;
  Account* account = find_account(packet.from.bare_str());
  return account != nullptr && std::ranges::any_of(hooks_.hidden, [&](const auto& hook) {
           return hook.call(*account, packet.to);
         });
}

void Homes::receive(PacketPtr packet) {
  if (Account* account = ready_account(packet->to.bare_str()))
    return receive_for(account, packet);
  const std::string bare(packet->to.bare_str());
  if (is_crowded(bare))
    return refuse(*packet, StanzaCondition::kResourceConstraint);
  with_account(bare, [this, packet = std::move(packet)](Account* account) mutable {
    receive_for(account, packet);
  });
}

xmpp::Delivery Homes::delivery_of(const Account* account, const Packet& packet) {
  priorities_.clear();
  bool matches = false;
  if (account != nullptr) {
    for (const auto& session : account->sessions())
      if (session->available())
        priorities_.push_back(session->priority());
    matches = packet.to.is_full() && account->find_session(packet.to.resource()) != nullptr;
  }
  return xmpp::deliver({.kind = packet.header.kind,
                        .type = packet.header.type,
                        .to_full = packet.to.is_full(),
                        .account_exists = account != nullptr,
                        .resource_matches = matches,
                        .priorities = priorities_});
}

void Homes::receive_for(Account* account, PacketPtr& packet) {
  if (account != nullptr) {
    for (const auto& hook : hooks_.inbound) {
      Verdict verdict = hook.call(*account, *packet);
      if (verdict.action == Verdict::Action::kPass)
        continue;
      if (verdict.action == Verdict::Action::kHide) {
        account = nullptr;
        break;
      }
      if (verdict.action == Verdict::Action::kReject)
        refuse(*packet, *verdict.error);
      return;
    }
  }
  if (account != nullptr && packet->is(StanzaKind::kPresence))
    for (const auto& hook : hooks_.presence_in)
      if (hook.call(*account, packet))
        return;
  const xmpp::Delivery delivery = delivery_of(account, *packet);
  switch (delivery.action) {
  case DeliveryAction::kServiceUnavailable:
    return refuse(*packet, StanzaCondition::kServiceUnavailable);
  case DeliveryAction::kIgnore:
    return;
  case DeliveryAction::kOnBehalf:
    if (packet->is(StanzaKind::kIq) && account != nullptr)
      answer_iq(account, std::move(packet));
    return;
  case DeliveryAction::kRefuseProbe: {
    std::string answer;
    xml::Writer writer(answer);
    writer.open("presence")
        .attribute("from", packet->to.bare_str())
        .attribute("to", packet->from.bare_str());
    writer.attribute("type", "unsubscribed").close();
    return route(answer);
  }
  case DeliveryAction::kKeep:
    // It came past the log, for a device that has gone since.
    if (account != nullptr && xmpp::should_archive(packet->element()).keep != xmpp::Keep::kNothing)
      return deliver_logged(std::move(packet));
    [[fallthrough]];
  case DeliveryAction::kToResource:
  case DeliveryAction::kToNonNegative:
  case DeliveryAction::kToAvailable:
    if (account != nullptr)
      give(*account, *packet, delivery.action);
    return;
  }
}

// A message that is in the log, or was admitted without.
void Homes::deliver_committed(PacketPtr packet) {
  if (Account* account = ready_account(packet->to.bare_str()))
    return deliver_committed_to(account, std::move(packet));
  const std::string bare(packet->to.bare_str());
  with_account(bare, [this, packet = std::move(packet)](Account* account) mutable {
    deliver_committed_to(account, std::move(packet));
  });
}

void Homes::deliver_committed_to(Account* account, PacketPtr packet) {
  if (account == nullptr ||
      (packet->receiver_log != kNodeOwner && account->owner() != packet->receiver_log))
    return; // deleted since, or even another of the same name
  if (packet->receiver_log != kNodeOwner) {
    account->newest_ = std::max(account->newest_, packet->id);
    ++account->logged_;
  }
  // Devices may have come and gone since it was admitted: where it goes is decided now.
  const xmpp::Delivery delivery = delivery_of(account, *packet);
  if (delivery.action == DeliveryAction::kServiceUnavailable ||
      delivery.action == DeliveryAction::kIgnore)
    return;
  if (delivery.action == DeliveryAction::kKeep && packet->receiver_log == kNodeOwner)
    return deliver_logged(std::move(packet)); // the device it was not logged for has gone
  if (delivery.action == DeliveryAction::kKeep)
    account->kept_ = true;
  give(*account, *packet, delivery.action);
}

void Homes::give(Account& account, const Packet& packet, DeliveryAction action) {
  Session* const addressed =
      packet.to.is_full() ? account.find_session(packet.to.resource()) : nullptr;
  const EntryId history =
      packet.receiver_log != kNodeOwner && packet.receiver_history ? packet.id : kBeforeAll;
  scratch_.clear();
  if (history != kBeforeAll)
    append_stanza_id(scratch_, history, account.jid().str());
  std::string xml =
      std::move(given_xml_); // taken away, for where a module's answer comes back here
  xml.clear();
  if (packet.text.empty())
    write_packet(xml, packet, scratch_,
                 packet.is(StanzaKind::kMessage) ? account.jid().str() : std::string_view{});
  else
    write_packet_text(xml, packet.text, scratch_);
  const EntryId id = packet.receiver_log != kNodeOwner ? packet.id : kBeforeAll;

  given_.clear();
  for (const auto& session : account.sessions()) {
    const bool chosen = action == DeliveryAction::kToResource ? session.get() == addressed
                        : action == DeliveryAction::kToNonNegative
                            ? session->available() && session->priority() >= 0
                            : action == DeliveryAction::kToAvailable && session->available();
    if (!chosen)
      continue;
    given_.push_back(session.get());
    session->send(xml, &packet, id);
  }
  if (xml.capacity() <= kKeptXmlBytes)
    given_xml_ = std::move(xml);
  if (id != kBeforeAll && !packet.receiver_history && !given_.empty())
    account.transient_.push_back(id);
  if (packet.is(StanzaKind::kMessage) && account.sessions().size() > given_.size())
    copy_to_devices(account, {.packet = packet, .device = addressed, .history = history}, given_);
}

void Homes::copy_to_devices(Account& account, const MessageEvent& event,
                            std::span<Session* const> already) {
  std::string xml;
  for (const auto& session : account.sessions()) {
    if (session.get() == event.device || std::ranges::find(already, session.get()) != already.end())
      continue;
    for (const auto& hook : hooks_.copy) {
      xml.clear();
      if (!hook.call(*session, event, xml))
        continue;
      session->send(xml, &event.packet, event.packet.id);
      break;
    }
  }
}

void Homes::answer_iq(Account* account, PacketPtr packet) {
  if (packet->header.type != StanzaType::kGet && packet->header.type != StanzaType::kSet)
    return;
  const xml::Element payload = packet->element().first_child();
  const auto& table = packet->header.type == StanzaType::kGet ? hooks_.iq_get : hooks_.iq_set;
  const auto entry = table.find(Hooks::IqKeyView{payload.name(), payload.ns()});
  const Target wanted = account != nullptr ? Target::kAccount : Target::kServer;
  if (entry != table.end()) {
    for (const Hooks::IqHandler& handler : entry->second) {
      if ((static_cast<unsigned>(handler.target) & static_cast<unsigned>(wanted)) == 0)
        continue;
      return handler.call(IqRequest(*this, std::move(packet), account));
    }
  }
  refuse(*packet, StanzaCondition::kServiceUnavailable);
}

void Homes::refuse(const Packet& packet, const xmpp::StanzaError& error) {
  std::string answer;
  const std::string_view from = packet.to.empty() ? packet.from.bare_str() : packet.to.str();
  if (!xmpp::write_error_reply(answer, packet.element(), error,
                               {.from = from, .to = packet.from.str()}))
    return;
  ++counters_.stanzas_refused;
  reply(packet.from, answer);
}

// An answer to a device: the short way where it is a session of this thread.
void Homes::reply(const xmpp::Jid& to, std::string_view xml) {
  if (const Account* account = find_account(to.bare_str())) {
    Session* session = to.is_full() ? account->find_session(to.resource()) : nullptr;
    if (session != nullptr)
      return session->send(xml);
  }
  route(xml);
}

} // namespace rookery::server

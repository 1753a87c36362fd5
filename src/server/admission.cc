// The receiver's home decides about a message before it is logged: who shuts it out, whose log it
// goes into, whether anyone is to be told an error.
#include <algorithm>

#include "base/assert.h"
#include "server/homes.h"
#include "server/server.h"
#include "xmpp/delivery.h"
#include "xmpp/messages.h"

namespace rookery::server {

using xmpp::StanzaCondition;

namespace {

/// One that it goes to waits to be resumed, or has not taken yet what it missed: until then it is
/// nowhere but in memory.
bool goes_to_one_away(const Account& account, const Packet& packet, xmpp::DeliveryAction action) {
  return std::ranges::any_of(account.sessions(), [&](const auto& session) {
    return (session->stream() == nullptr || session->replay) &&
           (action == xmpp::DeliveryAction::kToResource
                ? session->jid().str() == packet.to.str()
                : session->available() && session->priority() >= 0);
  });
}

} // namespace

void Homes::ask_receiver(Session& session, Pending& item) {
  Homes& receiver = server_.homes_of(item.packet->to.bare_str());
  Account* account = &receiver == this ? ready_account(item.packet->to.bare_str()) : nullptr;
  if (account != nullptr) {
    decide_admission(account, *item.packet);
    item.stage = Pending::Stage::kReady;
    return;
  }
  AccountPin pin(session.account());
  if (&receiver == this)
    return answer_admission(*this, std::move(pin), session.serial(), item.number,
                            std::move(item.packet));
  receiver.loop_.post([&receiver, this, pin = std::move(pin), serial = session.serial(),
                       number = item.number, packet = std::move(item.packet)]() mutable {
    receiver.answer_admission(*this, std::move(pin), serial, number, std::move(packet));
  });
}

// On the receiver's thread, which only carries the sender's pin.
void Homes::answer_admission(Homes& sender, AccountPin pin, std::uint64_t serial,
                             std::uint32_t number, PacketPtr packet) {
  auto back = [&sender, pin = std::move(pin), serial, number](PacketPtr decided) mutable {
    sender.loop_.post(
        [&sender, pin = std::move(pin), serial, number, decided = std::move(decided)]() mutable {
          sender.admitted(*pin, serial, number, std::move(decided));
        });
  };
  if (Account* account = ready_account(packet->to.bare_str())) {
    decide_admission(account, *packet);
    return back(std::move(packet));
  }
  admit(std::move(packet), std::move(back));
}

// On the receiver's thread.
void Homes::admit(PacketPtr packet, std::move_only_function<void(PacketPtr)> then) {
  const std::string bare(packet->to.bare_str());
  if (is_crowded(bare)) {
    packet->refused = StanzaCondition::kResourceConstraint;
    return then(std::move(packet));
  }
  with_account(
      bare, [this, packet = std::move(packet), then = std::move(then)](Account* account) mutable {
        decide_admission(account, *packet);
        then(std::move(packet));
      });
}

void Homes::decide_admission(Account* account, Packet& packet) {
  if (account != nullptr) {
    for (const auto& hook : hooks_.inbound) {
      Verdict verdict = hook.call(*account, packet);
      if (verdict.action == Verdict::Action::kPass)
        continue;
      if (verdict.action == Verdict::Action::kHide) {
        account = nullptr;
        break;
      }
      if (verdict.action == Verdict::Action::kReject)
        packet.refused = std::move(*verdict.error);
      else
        packet.dropped = true;
      return;
    }
  }
  const xmpp::DeliveryAction action = delivery_of(account, packet).action;
  if (action == xmpp::DeliveryAction::kServiceUnavailable) {
    packet.refused = StanzaCondition::kServiceUnavailable;
    return;
  }
  if (action == xmpp::DeliveryAction::kIgnore || account == nullptr) {
    packet.dropped = true;
    return;
  }
  const bool wanted = keep_of(packet) == xmpp::Keep::kArchive &&
                      std::ranges::all_of(hooks_.keep, [&](const auto& hook) {
                        return hook.call(*account, packet.from, false);
                      });
  packet.receiver_history = wanted && server_.options().history == HistoryKept::kAll;
  const bool log = server_.options().history == HistoryKept::kAll ||
                   action == xmpp::DeliveryAction::kKeep ||
                   goes_to_one_away(*account, packet, action);
  packet.receiver_log = log ? account->owner() : kNodeOwner;
}

void Homes::admitted(Account& account, std::uint64_t serial, std::uint32_t number,
                     PacketPtr packet) {
  Session* session = account.find_session(serial);
  if (session == nullptr)
    return;
  const auto item = std::ranges::find(session->pending, number, &Pending::number);
  ROOKERY_ASSERT(item != session->pending.end());
  item->packet = std::move(packet);
  item->stage = Pending::Stage::kReady;
  pump(*session);
}

} // namespace rookery::server

// From a client's stanza to the log: order, the batch of the turn, and what follows when it is
// durable. Admission by the receiver's home is in admission.cc.
#include <algorithm>

#include "base/assert.h"
#include "server/client_stream.h"
#include "server/homes.h"
#include "server/server.h"
#include "server/turn_commit.h"
#include "xmpp/delivery.h"
#include "xmpp/messages.h"

namespace rookery::server {

using xmpp::StanzaCondition;
using xmpp::StanzaKind;
using xmpp::StanzaType;

void Homes::from_client(Session& session, PacketPtr packet) {
  const std::uint32_t number = session.next_number();
  ++counters_.stanzas_received[static_cast<std::size_t>(packet->header.kind)];
  if (packet->header.fault != xmpp::StanzaFault::kNone)
    return refuse(*packet, StanzaCondition::kBadRequest);

  // In order (RFC 6120 §10.1): what asks for the history comes after the messages that were sent
  // before it.
  if (session.pending.empty() && is_answered_here(session, *packet))
    return process_unlogged(session, std::move(packet));
  enqueue(session, std::move(packet), number);
}

// A request to the sender's own account or to this server: it is screened by nobody and never
// leaves.
bool Homes::is_answered_here(const Session& session, const Packet& packet) const {
  if (!packet.is(StanzaKind::kIq))
    return false;
  return packet.to.empty() || packet.to.str() == session.account().jid().str() ||
         (!packet.to.has_local() && server_.is_local(packet.to.domain()));
}

void Homes::enqueue(Session& session, PacketPtr packet, std::uint32_t number) {
  if (packet->is(StanzaKind::kMessage) && packet->to.empty())
    packet->to = session.account().jid().jid();

  Pending item{.number = number,
               .bytes = static_cast<std::uint32_t>(packet->element().raw().size()),
               .packet = std::move(packet)};
  Packet& stanza = *item.packet;
  if (!stanza.to.empty() && !is_answered_here(session, stanza)) {
    for (const auto& hook : hooks_.outbound) {
      Verdict verdict = hook.call(session, stanza);
      if (verdict.action == Verdict::Action::kPass)
        continue;
      if (verdict.action == Verdict::Action::kReject)
        refuse(stanza, *verdict.error);
      return;
    }
  }
  if (stanza.is(StanzaKind::kMessage)) {
    const xmpp::Keep keep = keep_of(stanza);
    if (keep != xmpp::Keep::kNothing) {
      const bool local = stanza.to.has_local() && server_.is_local(stanza.to.domain());
      item.keep_sent = local && keep == xmpp::Keep::kArchive &&
                       server_.options().history == HistoryKept::kAll &&
                       std::ranges::all_of(hooks_.keep, [&](const auto& hook) {
                         return hook.call(session.account(), stanza.to, true);
                       });
      if (local)
        item.stage = Pending::Stage::kAsking;
    }
  }
  session.pending_bytes += item.bytes;
  session.pending.push_back(std::move(item));
  if (session.pending.back().stage == Pending::Stage::kAsking)
    ask_receiver(session, session.pending.back());
  pump(session);
  if (session.stream() != nullptr && (session.pending.size() >= limits().pipeline_stanzas_max ||
                                      session.pending_bytes >= limits().pipeline_bytes_max))
    session.stream()->hold_reading(ClientStream::Hold::kPipeline, true);
}

// Processes what is ready, in order. A logged stanza may join the batch while earlier ones are in
// it or in one before; any other waits until nothing is in front of it.
void Homes::pump(Session& session) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < session.pending.size(); ++i) {
    Pending& item = session.pending[i];
    if (item.stage == Pending::Stage::kAsking || item.stage == Pending::Stage::kWaiting)
      break;
    if (item.stage == Pending::Stage::kCommitting)
      continue;
    if (!item.packet->refused && (item.keep_sent || item.packet->receiver_log != kNodeOwner)) {
      log_message(session, item);
      continue;
    }
    if (i != done)
      break;
    session.processing = item.number;
    process_unlogged(session, std::move(item.packet));
    session.processing.reset();
    if (std::exchange(session.processing_waits, false)) {
      item.stage = Pending::Stage::kWaiting;
      break;
    }
    ++done;
    session.pending_bytes -= item.bytes;
  }
  if (done != 0)
    session.pending.erase(session.pending.begin(),
                          session.pending.begin() + static_cast<std::ptrdiff_t>(done));
  if (session.pending.empty() && session.pending.capacity() > 4)
    std::vector<Pending>().swap(session.pending);
}

void Homes::process_unlogged(Session& session, PacketPtr packet) {
  if (packet->refused)
    return refuse(*packet, *packet->refused);
  if (packet->dropped)
    return;
  if (is_answered_here(session, *packet)) {
    const bool server = !packet->to.empty() && !packet->to.has_local();
    return answer_iq(server ? nullptr : &session.account(), std::move(packet));
  }
  if (packet->is(StanzaKind::kPresence)) {
    for (const auto& hook : hooks_.presence_out)
      if (hook.call(session, packet))
        return;
    if (packet->to.empty())
      return;
  }
  if (packet->is(StanzaKind::kMessage)) {
    ++counters_.messages_unlogged;
    copy_to_devices(session.account(), {.packet = *packet, .sent = true, .device = &session}, {});
  }
  route(std::move(packet));
}

void Homes::log_message(Session& session, Pending& item) {
  Packet& packet = *item.packet;
  const Owner own = session.account().owner();
  storage::LogTarget targets[2];
  std::size_t count = 0;
  if (item.keep_sent)
    targets[count++] = {own, xmpp::tag_of(packet.to.bare_str()),
                        static_cast<std::uint8_t>(kEntrySent | kEntryHistory)};
  if (packet.receiver_log == own && count == 1)
    targets[0].flags |= kEntryReceived; // a note to oneself: one entry
  else if (packet.receiver_log != kNodeOwner)
    targets[count++] = {
        packet.receiver_log, xmpp::tag_of(packet.from.bare_str()),
        static_cast<std::uint8_t>(kEntryReceived |
                                  (packet.receiver_history ? kEntryHistory : kEntryTransient))};
  write_packet(packet.text, packet, {}, packet.to.bare_str());

  TurnCommit& commit = turn_commit();
  const std::size_t append = commit.batch.append(std::span(targets).first(count), packet.text);
  const bool local = packet.to.has_local() && server_.is_local(packet.to.domain());
  PacketPtr copy = session.account().sessions().size() > 1 ? copy_packet(packet) : nullptr;
  position_changed(session);
  ++counters_.messages_logged;
  commit.items.push_back({.sender = AccountPin(session.account()),
                          .session = session.serial(),
                          .number = item.number,
                          .append = append,
                          .receiver = local ? &server_.homes_of(packet.to.bare_str()) : nullptr,
                          .packet = std::move(item.packet),
                          .sent_copy = std::move(copy),
                          .sent_kept = item.keep_sent});
  item.stage = Pending::Stage::kCommitting;
}

TurnCommit& Homes::turn_commit() {
  if (!turn_commit_) {
    turn_commit_ = std::make_unique<TurnCommit>(*this, clock().mono());
    std::swap(turn_commit_->batch, later_);
    loop_.at_turn_end(*this);
  }
  return *turn_commit_;
}

storage::Batch& Homes::later_batch() { return turn_commit_ ? turn_commit_->batch : later_; }

void Homes::committed(TurnCommit& commit) {
  count_commit(commit);
  if (!commit.status)
    store_failed(commit.status.error());
  for (TurnCommit::Item& item : commit.items) {
    Session* session = item.session != 0 ? item.sender->find_session(item.session) : nullptr;
    if (item.sent_kept)
      ++item.sender->logged_;
    if (item.sent_copy && commit.status)
      copy_to_devices(*item.sender,
                      {.packet = *item.sent_copy,
                       .sent = true,
                       .device = session,
                       .history = item.sent_kept ? item.sent_copy->id : kBeforeAll},
                      {});
    if (session == nullptr)
      continue;
    if (!commit.status) {
      // Not durable, so never acknowledged: the stream ends, and the client repeats it when it
      // comes back.
      if (session->stream() != nullptr)
        session->stream()->close(
            {xmpp::StreamCondition::kInternalServerError, "the server cannot write to its disk"});
      continue;
    }
    stanza_done(*session, item.number);
  }
  for (TurnCommit::Waiter& waiter : commit.waiters)
    waiter.then(commit.status);
  for (const TurnCommit::Position& position : commit.positions) {
    Session* session = position.account->find_session(position.session);
    if (session == nullptr || session->sm() == nullptr || !commit.status)
      continue;
    session->sm()->durable_handled = position.handled;
    caught_up(*session);
  }
  answered();
}

void Homes::settle(Session& session, std::move_only_function<void()> then) {
  if (session.settled())
    return then();
  session.when_settled.push_back(std::move(then));
  make_durable(session);
}

// Where all that was received is processed and only the count is not on disk, that is done in a
// commit of its own.
void Homes::make_durable(Session& session) {
  if (!session.pending.empty() || session.settled())
    return;
  position_changed(session);
  turn_commit();
}

void Homes::commit_stanza(Session& session, storage::Batch batch,
                          std::move_only_function<void(Status)> then) {
  ROOKERY_ASSERT(session.processing && !session.processing_waits);
  session.processing_waits = true;
  position_changed(session);
  commit(std::move(batch),
         [this, pin = AccountPin(session.account()), serial = session.serial(),
          number = *session.processing, then = std::move(then)](const Status& status) mutable {
           then(status);
           Session* sender = pin->find_session(serial);
           if (sender == nullptr)
             return;
           if (!status) {
             if (sender->stream() != nullptr)
               sender->stream()->close({xmpp::StreamCondition::kInternalServerError,
                                        "the server cannot write to its disk"});
             return;
           }
           stanza_done(*sender, number);
         });
}

void Homes::stanza_done(Session& session, std::uint32_t number) {
  const auto pending = std::ranges::find(session.pending, number, &Pending::number);
  ROOKERY_ASSERT(!session.pending.empty() && pending == session.pending.begin());
  session.pending_bytes -= pending->bytes;
  session.pending.erase(pending);
  caught_up(session);
}

// The log has caught up by one stanza of this session.
void Homes::caught_up(Session& session) {
  pump(session);
  if (session.settled())
    for (auto& then : std::exchange(session.when_settled, {}))
      then();
  else if (!session.when_settled.empty())
    make_durable(session);
  ClientStream* stream = session.stream();
  if (stream == nullptr)
    return;
  if (session.pending.size() < limits().pipeline_stanzas_max / 2 &&
      session.pending_bytes < limits().pipeline_bytes_max / 2)
    stream->hold_reading(ClientStream::Hold::kPipeline, false);
  if (session.sm() != nullptr && session.sm()->ack_owed)
    stream->owe_ack();
}

void Homes::deliver_logged(PacketPtr packet) {
  admit(std::move(packet), [this](PacketPtr admitted_packet) {
    if (admitted_packet->refused)
      return refuse(*admitted_packet, *admitted_packet->refused);
    if (admitted_packet->dropped)
      return;
    if (admitted_packet->receiver_log == kNodeOwner)
      return deliver_committed(std::move(admitted_packet));
    Account* account = find_account(admitted_packet->to.bare_str());
    ROOKERY_ASSERT(account != nullptr);
    const storage::LogTarget target{
        admitted_packet->receiver_log, xmpp::tag_of(admitted_packet->from.bare_str()),
        static_cast<std::uint8_t>(
            kEntryReceived |
            (admitted_packet->receiver_history ? kEntryHistory : kEntryTransient))};
    Packet& logged = *admitted_packet;
    logged.text.clear();
    write_packet(logged.text, logged, {}, logged.to.bare_str());
    TurnCommit& commit = turn_commit();
    const std::size_t append = commit.batch.append(std::span(&target, 1), logged.text);
    commit.items.push_back(
        {AccountPin(*account), 0, 0, append, this, std::move(admitted_packet), nullptr});
  });
}

} // namespace rookery::server

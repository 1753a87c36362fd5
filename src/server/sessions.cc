// Binding, losing, resuming and ending sessions (RFC 6120 §7, XEP-0198).
#include <algorithm>

#include "base/assert.h"
#include "server/client_stream.h"
#include "server/devices.h"
#include "server/homes.h"
#include "server/server.h"
#include "server/turn_commit.h"
#include "xmpp/messages.h"

namespace rookery::server {

using xmpp::StanzaCondition;
using xmpp::StanzaType;
using xmpp::StreamCondition;

namespace {

/// How long a session whose client has left waits for what it sent to be processed.
constexpr Milliseconds kFinishMax{30'000};

} // namespace

Homes::BindOutcome Homes::bind(Account& account, std::string_view resource, ClientStream& stream) {
  const auto jid =
      account.jid().with_resource(resource.empty() ? random().token(9) : std::string(resource));
  if (!jid)
    return {.session = nullptr,
            .refused = xmpp::StanzaError(StanzaCondition::kBadRequest,
                                         "the resource is not valid: " + to_string(jid.error()))};
  if (account.retired_)
    return {.session = nullptr,
            .refused = xmpp::StanzaError(StanzaCondition::kNotAllowed, "the account is gone")};
  if (Session* older = account.find_session(jid->resource())) {
    ClientStream* older_stream = older->stream();
    end_session(*older, SessionEnd::kReplaced);
    if (older_stream != nullptr)
      older_stream->close(
          {StreamCondition::kConflict, "this resource has signed in again elsewhere"});
  }
  if (account.sessions_.size() >= limits().sessions_per_account_max) {
    ++counters_.limits_reached;
    return {.session = nullptr,
            .refused = xmpp::StanzaError(StanzaCondition::kResourceConstraint,
                                         "too many devices are signed in")};
  }
  account.sessions_.push_back(std::make_unique<Session>(account, *jid, next_serial_++));
  ++session_count_;
  Session& session = *account.sessions_.back();
  session.since = clock().wall();
  session.set_stream(&stream);
  for (const auto& hook : hooks_.session_bound)
    hook.call(session);
  return {.session = &session, .refused = {}};
}

void Homes::before_bind(AccountPin account, std::function<bool(const Session&)> replaced,
                        std::move_only_function<void()> then) {
  const auto older = std::ranges::find_if(account->sessions_, [&](const auto& session) {
    return session->left && !session->settled() && replaced(*session);
  });
  if (older == account->sessions_.end())
    return then();
  Session& unfinished = **older;
  // Whoever settles it goes on using it, and binding ends it. Meanwhile another may have left.
  settle(unfinished, [this, account = std::move(account), replaced = std::move(replaced),
                      then = std::move(then)]() mutable {
    loop_.post([this, account = std::move(account), replaced = std::move(replaced),
                then = std::move(then)]() mutable {
      before_bind(std::move(account), std::move(replaced), std::move(then));
    });
  });
}

void Homes::end_session(Session& session, SessionEnd end) {
  Account& account = session.account();
  const AccountPin pin(account);
  session.cancel();
  for (const auto& hook : hooks_.session_closed)
    hook.call(session, end);
  session.set_unavailable();
  if (ClientStream* stream = session.stream()) {
    session.set_stream(nullptr);
    stream->forget_session();
  }
  const auto at = std::ranges::find_if(account.sessions_,
                                       [&](const auto& held) { return held.get() == &session; });
  ROOKERY_ASSERT(at != account.sessions_.end());
  const std::unique_ptr<Session> ended = std::move(*at);
  account.sessions_.erase(at);
  --session_count_;
  account.last_used_ = clock().mono();
  for (auto& then : std::exchange(ended->when_settled, {}))
    then();
  if (ended->replay)
    for (auto& then : std::exchange(ended->replay->then, {}))
      then();
  keep_undelivered(*ended);
  if (ended->sm() != nullptr && ended->sm()->resumable())
    forget_session(turn_commit().batch, *ended);
}

// The device has gone, perhaps to come back.
void Homes::note_use(Session& session) {
  if (!session.user_agent.empty())
    put_device_use(later_batch(), session.account().owner(), session.user_agent, clock().wall());
}

void Homes::finish_session(Session& session) {
  session.set_stream(nullptr);
  note_use(session);
  if (session.pending.empty())
    return end_session(session, SessionEnd::kClosed);
  session.left = true;
  if (store_failed_) // nothing of it will be finished
    return doom(session, SessionEnd::kClosed);
  loop_.arm(session, kFinishMax);
  if (session.sm() == nullptr) // what still comes for it is kept, and goes elsewhere when it ends
    session.set_sm(std::make_unique<StreamManagement>(std::string(), false, Seconds(0)));
  settle(session, [this, pin = AccountPin(session.account()), serial = session.serial()] {
    if (Session* finished = pin->find_session(serial))
      doom(*finished, SessionEnd::kClosed); // whoever settled it goes on using it
  });
}

void Homes::connection_lost(Session& session) {
  if (session.sm() == nullptr || !session.sm()->resumable())
    return finish_session(session);
  session.set_stream(nullptr);
  note_use(session);
  session.sm()->request_outstanding = false;
  session.sm()->ack_owed = false;
  for (const auto& hook : hooks_.session_detached)
    hook.call(session);
  loop_.arm(session, session.sm()->timeout());
}

void Homes::doom(Session& session, SessionEnd end) {
  const auto same = [&](const Doomed& doomed) { return doomed.session.serial == session.serial(); };
  if (std::ranges::any_of(doomed_, same))
    return;
  doomed_.push_back({{AccountPin(session.account()), session.serial()}, end});
  loop_.at_turn_end(*this);
}

void Homes::sign_out(Account& account, const std::function<bool(const Session&)>& wanted,
                     SessionEnd end) {
  std::vector<std::uint64_t> serials;
  for (const auto& session : account.sessions_)
    if (wanted(*session))
      serials.push_back(session->serial());
  for (const std::uint64_t serial : serials) {
    Session* session = account.find_session(serial);
    if (session == nullptr)
      continue;
    ClientStream* stream = session->stream();
    end_session(*session, end);
    if (stream == nullptr)
      continue;
    if (end == SessionEnd::kReplaced)
      stream->close({StreamCondition::kConflict, "this device has signed in again"});
    else
      stream->close({StreamCondition::kNotAuthorized, "this device was signed out"});
  }
}

void Homes::stop_signing_in(std::string_view bare_jid, std::string_view agent) {
  for (const auto& [stream, held] : streams_)
    if (!stream->closed() && stream->signs_in(bare_jid, agent))
      stream->close({StreamCondition::kNotAuthorized, "this device was signed out"});
}

std::string Homes::enable_sm(Session& session, bool resume, std::optional<Seconds> wanted) {
  const Seconds timeout = std::min(wanted.value_or(limits().resume_default), limits().resume_max);
  const bool resumable = resume && timeout.count() > 0;
  session.set_sm(std::make_unique<StreamManagement>(random().token(18), resumable, timeout));
  session.sm()->skip_to(session.account().delivered_);
  session.start_counting();
  if (!resumable)
    return {};
  keep_session(turn_commit().batch, session);
  // That it can be resumed is a promise: the client hears nothing until the record is durable.
  ClientStream* stream = session.stream();
  stream->hold_output(true);
  turn_commit().waiters.push_back({[this, stream, serial = stream->serial()](const Status& done) {
    if (!is_open(stream, serial))
      return;
    if (done)
      stream->hold_output(false);
    else
      stream->abort();
  }});
  return session.sm()->id();
}

void Homes::resume(Account& account, std::string previd, std::uint32_t h, ClientStream& stream,
                   ResumeThen then) {
  const auto at = std::ranges::find_if(account.sessions_, [&](const auto& session) {
    return session->sm() != nullptr && session->sm()->resumable() && !session->left &&
           session->sm()->id() == previd;
  });
  if (at == account.sessions_.end() || account.retired_)
    return then({});
  Session& session = **at;
  session.cancel();
  take_from_older(session);
  loop_.arm(session, session.sm()->timeout()); // where it comes to nothing
  auto attach = [this, pin = AccountPin(account), serial = session.serial(), h, stream = &stream,
                 stream_serial = stream.serial(), then = std::move(then)]() mutable {
    Session* resumed = pin->find_session(serial);
    if (!is_open(stream, stream_serial))
      return;
    if (resumed == nullptr)
      return then({});
    attach_resumed(*resumed, h, *stream, then);
  };
  // After a restart, what it missed is known when its log has been read. Else what the older
  // connection brought is finished first: the client repeats all that `h` does not count.
  if (session.replay && session.replay->after_restart)
    return session.replay->then.push_back(std::move(attach));
  settle(session, std::move(attach));
}

void Homes::take_from_older(Session& session) {
  ClientStream* older = session.stream();
  if (older == nullptr)
    return;
  session.set_stream(nullptr);
  older->forget_session();
  older->close({StreamCondition::kConflict, "this session was resumed on another connection"});
}

void Homes::attach_resumed(Session& session, std::uint32_t h, ClientStream& stream,
                           ResumeThen& then) {
  StreamManagement& sm = *session.sm();
  if (session.restored)
    sm.rebase(h);
  else if (!acknowledged(session, h))
    return then({.too_high = true, .sent = sm.sent_count()});
  take_from_older(session); // two that resume at once: the later one wins
  session.cancel();
  session.restored = false;
  session.set_stream(&stream);
  sm.request_outstanding = false;
  ++counters_.sessions_resumed;
  position_changed(session);
  then({.session = &session, .handled = session.handled()});
}

void Homes::continue_session(Session& session) {
  for (const StreamManagement::Unacked& unacked : session.sm()->unacked())
    session.stream()->send_stanza(unacked.xml);
  for (const auto& hook : hooks_.session_resumed)
    hook.call(session);
}

bool Homes::acknowledged(Session& session, std::uint32_t h) {
  StreamManagement& sm = *session.sm();
  std::vector<EntryId> arriving;
  const bool for_all = counts_for_all(session);
  if (!session.account().undelivered_.empty() || !for_all)
    for (std::size_t i = 0; i < h - sm.acked_count() && i < sm.unacked().size(); ++i)
      arriving.push_back(sm.unacked()[i].id);
  if (!sm.acknowledge(h))
    return false;
  for (const EntryId id : arriving) {
    arrived(session.account(), id);
    if (!for_all && id > session.account().delivered_)
      session.note_early(id);
  }
  sm.request_outstanding = false;
  if (for_all)
    delivered_through(session.account(), session.replay
                                             ? std::min(sm.acked_entry(), session.replay->after)
                                             : sm.acked_entry());
  position_changed(session);
  if (session.replay && session.replay->waits && !is_behind(session)) {
    session.replay->waits = false;
    session.replay->cancel(); // armed before it could acknowledge
    replay_page(session);
  }
  return true;
}

void Homes::keep_undelivered(Session& session) {
  if (session.sm() != nullptr)
    for (const StreamManagement::Unacked& unacked : session.sm()->unacked())
      keep_undelivered(session.account(), unacked);
  if (session.replay) // this was not even sent
    for (auto& behind : session.replay->behind)
      keep_undelivered(session.account(), {.id = behind.id, .xml = std::move(behind.xml)});
}

// A stanza that was sent to a device which is gone, and perhaps never arrived: as if it came now
// (XEP-0198 §5, RFC 6121 §8.5.3.2).
void Homes::keep_undelivered(Account& account, const StreamManagement::Unacked& unacked) {
  PacketPtr packet = make_packet(unacked.xml);
  if (!packet || packet->from.str() == account.jid().str())
    return; // ours: a copy, a push
  if (packet->is(xmpp::StanzaKind::kIq))
    return refuse(*packet, StanzaCondition::kServiceUnavailable);
  if (!packet->is(xmpp::StanzaKind::kMessage))
    return;
  const bool to_bare = packet->to.is_bare();
  packet->to = account.jid().jid();
  if (unacked.id == kBeforeAll) {
    if (xmpp::should_archive(packet->element()).keep != xmpp::Keep::kNothing)
      deliver_logged(std::move(packet));
    return;
  }
  std::vector<Session*> others;
  for (const auto& session : account.sessions_)
    if (session->available() && session->priority() >= 0)
      others.push_back(session.get());
  if (to_bare && !others.empty())
    return; // they have it already
  // By id, and once, though several devices may have gone with it. Until it has arrived, also where
  // another is sent it now.
  auto& undelivered = account.undelivered_;
  const auto after = std::ranges::lower_bound(undelivered, unacked.id);
  if (after == undelivered.end() || *after != unacked.id)
    undelivered.insert(after, unacked.id);
  mailbox_changed(account);
  (void)turn_commit(); // with this turn's batch, not some time
  packet->receiver_history =
      std::ranges::find(account.transient_, unacked.id) == account.transient_.end();
  for (Session* session : others)
    if (session->sm() == nullptr || !session->sm()->awaits(unacked.id))
      session->send(unacked.xml, packet.get(), unacked.id);
}

} // namespace rookery::server

// Sending from the log: offline messages (XEP-0160), and what a device missed over a restart of the
// server (XEP-0198).
#include <algorithm>
#include <limits>

#include "server/client_stream.h"
#include "server/homes.h"
#include "server/server.h"
#include "server/turn_commit.h"
#include "xmpp/delay.h"
#include "xmpp/delivery.h"

namespace rookery::server {
namespace {

constexpr std::uint32_t kReplayPage = 100;
/// Single entries read at once: as large as they may be, they leave room in
/// Limits::unacked_bytes_max.
constexpr std::size_t kSinglesAtOnce = 4;
/// How often a connection that is behind is looked at, where nothing tells that it has caught up.
constexpr Milliseconds kBehindCheck{50};

WallTime time_of(EntryId id) { return WallTime(Microseconds(static_cast<std::int64_t>(id.value))); }

/// The log has come to an entry that another device handed on: here is its place.
void drop_behind(Session::Replay& replay, EntryId id) {
  std::erase_if(replay.behind, [&](const Session::Replay::Behind& one) {
    if (one.id != id)
      return false;
    replay.behind_bytes -= one.xml.size();
    return true;
  });
}

} // namespace

bool Homes::counts_for_all(const Session& session) {
  return !session.account().kept_ || (session.available() && session.priority() >= 0);
}

// More sent and not taken than leaves room for another page. At a quarter of what would end the
// session or the connection: sending on would do so each time the device comes back.
bool Homes::is_behind(const Session& session) const {
  if (const StreamManagement* sm = session.sm())
    return sm->unacked().size() > limits().unacked_stanzas_max / 4 ||
           sm->unacked_bytes() > limits().unacked_bytes_max / 4;
  const ClientStream* stream = session.stream();
  return stream != nullptr && stream->transport().queued_bytes() > limits().output_bytes_max / 4;
}

void Homes::deliver_offline(Session& session) {
  Account& account = session.account();
  if (session.replay)
    return;
  session.replay = std::make_unique<Session::Replay>(session);
  session.replay->after = account.delivered_;
  session.replay->left = server_.options().history == HistoryKept::kAll
                             ? limits().offline_messages_max
                             : std::numeric_limits<std::uint32_t>::max();
  session.replay->also = account.undelivered_; // each stays there until it has arrived
  if (session.reads_history()) {
    // It has all of the history before it: what it cannot find there is what was kept until
    // delivered only.
    session.replay->transient_only = true;
    session.replay->then.push_back([this, pin = AccountPin(account), newest = account.newest_] {
      delivered_through(*pin, newest);
    });
    if (session.sm() != nullptr)
      session.sm()->skip_to(account.newest_);
  }
  replay_page(session);
}

void Homes::replay_singles(Session& session) {
  Session::Replay& progress = *session.replay;
  const std::size_t count = std::min(progress.also.size() - progress.also_read, kSinglesAtOnce);
  const auto first = progress.also.begin() + static_cast<std::ptrdiff_t>(progress.also_read);
  std::vector<EntryId> ids(first, first + static_cast<std::ptrdiff_t>(count));
  progress.also_read += count;
  read_ids(session.account().owner(), ids,
           [this, ids, pin = AccountPin(session.account()),
            serial = session.serial()](Result<storage::LogPage> page) {
             Session* device = pin->find_session(serial);
             if (device == nullptr || !device->replay)
               return;
             if (!page)
               return replay_failed(*device, page.error());
             for (const storage::Entry& entry : page->entries) {
               if (device->replay->transient_only && (entry.flags & kEntryTransient) == 0)
                 arrived(*pin, entry.id);
               else
                 replay_entry(*device, entry);
             }
             for (const EntryId id : ids) // erased since
               if (std::ranges::find(page->entries, id, &storage::Entry::id) == page->entries.end())
                 arrived(*pin, id);
             replay_page(*device);
           });
}

void Homes::replay_failed(Session& session, const Error& error) {
  log().at(LogLevel::kError, "server", "log not read jid={} error=\"{}\"", session.jid().str(),
           error.text());
  doom(session, SessionEnd::kTimedOut); // what it misses stays undelivered
}

void Homes::replay_page(Session& session) {
  Session::Replay& progress = *session.replay;
  if (!send_behind(session, progress.after) || (!progress.after_restart && is_behind(session))) {
    progress.waits = true; // for its next <a/>, or where there is none for the connection
    if (session.sm() == nullptr)
      loop_.arm(progress, kBehindCheck);
    return;
  }
  if (progress.also_read < progress.also.size())
    return replay_singles(session);
  if (progress.left == 0 && progress.skipped > progress.after) {
    // So many waited that the older ones stay in the history; what came meanwhile is still sent.
    progress.after = std::max(progress.after, EntryId(progress.first_skipped.value - 1));
    progress.left = kReplayPage;
  }
  const std::uint32_t at_once = std::max(limits().unacked_stanzas_max / 4, 1U);
  const std::uint32_t limit = std::min({progress.left, kReplayPage, at_once});
  if (limit == 0)
    return replay_done(session);
  const storage::LogQuery query{.log = session.account().owner(),
                                .after = session.replay->after,
                                .flags_all = session.replay->transient_only ? kEntryTransient
                                                                            : std::uint8_t{0},
                                .limit = limit,
                                .bytes_max = limits().unacked_bytes_max / 4};
  read(query, [this, pin = AccountPin(session.account()), serial = session.serial(),
               skipped = progress.skipped](Result<storage::LogPage> page) {
    Session* device = pin->find_session(serial);
    if (device == nullptr || !device->replay)
      return;
    if (!page)
      return replay_failed(*device, page.error());
    Session::Replay& replay = *device->replay;
    for (const storage::Entry& entry : page->entries) {
      if (!send_behind(*device, EntryId(entry.id.value - 1)))
        return replay_page(*device); // the rest is read anew when there is room
      replay.after = entry.id;
      if (std::ranges::binary_search(replay.also, entry.id))
        continue; // it came first
      const std::uint32_t sent = device->sm() != nullptr ? device->sm()->sent_count() : 0;
      replay_entry(*device, entry);
      // After a restart the log is read however much of it was not for this device.
      if (!replay.after_restart || device->sm()->sent_count() != sent)
        --replay.left;
    }
    if (page->complete) // an entry that was left for the replay and is not there was erased since
      replay.after = std::max(replay.after, skipped);
    // Read on while the log has more, or while something live was left for the replay to come to.
    if (!page->complete || replay.skipped > replay.after || !send_behind(*device, replay.after))
      return replay_page(*device);
    replay_done(*device);
  });
}

bool Homes::send_behind(Session& session, EntryId through) {
  Session::Replay& progress = *session.replay;
  while (!progress.behind.empty() && progress.behind.front().after <= through) {
    if (!progress.after_restart && is_behind(session))
      return false;
    const Session::Replay::Behind one = std::move(progress.behind.front());
    progress.behind.pop_front();
    progress.behind_bytes -= one.xml.size();
    session.send(one.xml, nullptr, one.id);
  }
  return true;
}

void Homes::replay_done(Session& session) {
  const auto replay = std::exchange(session.replay, nullptr);
  if (session.available() && session.priority() >= 0) {
    session.account().kept_ = false; // it has all there was
    session.early.clear();
  }
  for (auto& then : replay->then)
    then();
}

void Homes::replay_entry(Session& session, const storage::Entry& entry) {
  Account& account = session.account();
  PacketPtr packet = make_packet(entry.body);
  if (!packet)
    return;
  packet->id = entry.id;
  if ((entry.flags & kEntryTransient) != 0)
    account.transient_.push_back(entry.id);
  const bool received = (entry.flags & kEntryReceived) != 0;
  const EntryId history = (entry.flags & kEntryHistory) != 0 ? entry.id : kBeforeAll;
  std::string extra;
  if (history != kBeforeAll)
    append_stanza_id(extra, entry.id, account.jid().str());
  xmpp::append_delay(extra,
                     {.stamp = time_of(entry.id), .from = account.jid().domain(), .reason = {}});

  if (!session.replay->after_restart)
    return replay_offline(session, *packet, entry, extra);
  // After a restart: what this device would have been sent had it been there, as delivery and the
  // modules that copy would have it.
  const bool for_it =
      received && (packet->to.is_bare() ? session.available() && session.priority() >= 0
                                        : packet->to.resource() == session.jid().resource());
  if (!for_it)
    return (void)replay_copy(session, *packet, entry);
  std::string xml;
  write_packet(xml, *packet, extra);
  session.send_in_place(xml, packet.get(), entry.id);
}

// What it has got already is left out; of what came since the replay began, also what it would have
// been sent a copy of.
void Homes::replay_offline(Session& session, Packet& packet, const storage::Entry& entry,
                           const std::string& extra) {
  const Account& account = session.account();
  if (std::ranges::find(session.early, entry.id) != session.early.end())
    return;
  if (session.sm() != nullptr && session.sm()->awaits(entry.id))
    return;
  if (entry.id > account.newest_)
    session.ahead.push_back(entry.id);
  const bool for_it = (entry.flags & kEntryReceived) != 0 &&
                      (packet.to.is_bare() || packet.to.resource() == session.jid().resource() ||
                       account.find_session(packet.to.resource()) == nullptr);
  if (!for_it) {
    const EntryId since = session.replay->first_skipped;
    if (since == kBeforeAll || entry.id < since || !replay_copy(session, packet, entry))
      std::erase(session.ahead, entry.id);
    return;
  }
  drop_behind(*session.replay, entry.id);
  std::string xml;
  write_packet(xml, packet, extra);
  session.send_in_place(xml, &packet, entry.id);
}

bool Homes::replay_copy(Session& session, const Packet& packet, const storage::Entry& entry) {
  const bool sent = (entry.flags & kEntrySent) != 0;
  if (sent && packet.from.str() == session.jid().str())
    return false;
  const EntryId history = (entry.flags & kEntryHistory) != 0 ? entry.id : kBeforeAll;
  std::string xml;
  for (const auto& hook : hooks_.copy)
    if (hook.call(session, {.packet = packet, .sent = sent, .device = nullptr, .history = history},
                  xml)) {
      session.send_in_place(xml, &packet, entry.id);
      return true;
    }
  return false;
}

void Homes::delivered_through(Account& account, EntryId id) {
  const bool moved = id > account.delivered_;
  if (!moved && account.transient_.empty())
    return;
  account.delivered_ = std::max(account.delivered_, id);
  const auto erased = std::erase_if(account.transient_, [&](EntryId entry) {
    const auto waits_for_it = [entry](const auto& session) {
      return (session->replay && entry > session->replay->after) || // is still to be read for it
             (session->sm() != nullptr && session->sm()->awaits(entry));
    };
    if (entry > account.delivered_ || std::ranges::binary_search(account.undelivered_, entry) ||
        std::ranges::any_of(account.sessions_, waits_for_it))
      return false;
    account.to_erase_.push_back(entry);
    return true;
  });
  if (moved || erased != 0)
    mailbox_changed(account);
}

// A single entry has reached a device.
void Homes::arrived(Account& account, EntryId id) {
  const auto at = std::ranges::lower_bound(account.undelivered_, id);
  if (at == account.undelivered_.end() || *at != id)
    return;
  account.undelivered_.erase(at);
  mailbox_changed(account);
}

void Homes::mailbox_changed(Account& account) {
  if (std::exchange(account.mailbox_moved_, true))
    return;
  moved_mailboxes_.push_back(AccountPin(account));
}

} // namespace rookery::server

// Sending from the log: offline messages (XEP-0160), and what a device missed over a restart of the
// server (XEP-0198).
#include <algorithm>

#include "server/homes.h"
#include "server/server.h"
#include "server/turn_commit.h"
#include "xmpp/delay.h"
#include "xmpp/delivery.h"

namespace rookery::server {
namespace {

constexpr std::uint32_t kReplayPage = 100;

WallTime time_of(EntryId id) { return WallTime(Microseconds(static_cast<std::int64_t>(id.value))); }

} // namespace

void Homes::deliver_offline(Session& session) {
  Account& account = session.account();
  if (session.replay)
    return;
  session.replay = std::make_unique<Session::Replay>();
  session.replay->after = account.delivered_;
  session.replay->left = limits().offline_messages_max;
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
  if (session.replay->also.empty())
    return replay_page(session);
  read_ids(
      account.owner(), session.replay->also,
      [this, pin = AccountPin(account), serial = session.serial()](Result<storage::LogPage> page) {
        Session* device = pin->find_session(serial);
        if (device == nullptr || !device->replay)
          return;
        for (const storage::Entry& entry : page ? page->entries : std::vector<storage::Entry>{}) {
          if (device->replay->transient_only && (entry.flags & kEntryTransient) == 0)
            arrived(*pin, entry.id);
          else
            replay_entry(*device, entry);
        }
        replay_page(*device);
      });
}

void Homes::replay_page(Session& session) {
  Session::Replay& progress = *session.replay;
  if (progress.left == 0 && progress.skipped > progress.after) {
    // So many waited that the older ones stay in the history; what came meanwhile is still sent.
    progress.after = EntryId(progress.first_skipped.value - 1);
    progress.left = kReplayPage;
  }
  const std::uint32_t limit = std::min(progress.left, kReplayPage);
  if (limit == 0)
    return replay_done(session);
  const storage::LogQuery query{.log = session.account().owner(),
                                .after = session.replay->after,
                                .flags_all = session.replay->transient_only ? kEntryTransient
                                                                            : std::uint8_t{0},
                                .limit = limit};
  read(query, [this, pin = AccountPin(session.account()),
               serial = session.serial()](Result<storage::LogPage> page) {
    Session* device = pin->find_session(serial);
    if (device == nullptr || !device->replay)
      return;
    if (!page) {
      log().at(LogLevel::kError, "server", "log not read jid={} error=\"{}\"", device->jid().str(),
               page.error().text());
      return doom(*device, SessionEnd::kTimedOut); // what it misses stays undelivered
    }
    Session::Replay& replay = *device->replay;
    for (const storage::Entry& entry : page->entries) {
      replay.after = entry.id;
      if (std::ranges::binary_search(replay.also, entry.id))
        continue; // it came first
      --replay.left;
      replay_entry(*device, entry);
    }
    // Read on while the log has more, or while something live was left for the replay to come to.
    if (!page->complete || replay.skipped > replay.after)
      return replay_page(*device);
    replay_done(*device);
  });
}

void Homes::replay_done(Session& session) {
  const auto replay = std::exchange(session.replay, nullptr);
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

  std::string xml;
  if (!session.replay->after_restart) {
    if (!received || (packet->to.is_full() && packet->to.resource() != session.jid().resource() &&
                      account.find_session(packet->to.resource()) != nullptr))
      return;
    write_packet(xml, *packet, extra);
    return session.send_now(xml, entry.id);
  }
  // After a restart: what this device would have been sent had it been there, as delivery and the
  // modules that copy would have it.
  const bool for_it =
      received && (packet->to.is_bare() ? session.available() && session.priority() >= 0
                                        : packet->to.resource() == session.jid().resource());
  if (for_it) {
    write_packet(xml, *packet, extra);
    return session.send_now(xml, entry.id);
  }
  const bool sent = (entry.flags & kEntrySent) != 0;
  if (sent && packet->from.str() == session.jid().str())
    return;
  for (const auto& hook : hooks_.copy)
    if (hook.call(session, {.packet = *packet, .sent = sent, .device = nullptr, .history = history},
                  xml))
      return session.send_now(xml, entry.id);
}

void Homes::delivered_through(Account& account, EntryId id) {
  if (id <= account.delivered_)
    return;
  account.delivered_ = id;
  std::erase_if(account.transient_, [&](EntryId entry) {
    const auto waits_for_it = [entry](const auto& session) {
      return session->sm() != nullptr &&
             std::ranges::find(session->sm()->unacked(), entry, &StreamManagement::Unacked::id) !=
                 session->sm()->unacked().end();
    };
    if (entry > id || std::ranges::binary_search(account.undelivered_, entry) ||
        std::ranges::any_of(account.sessions_, waits_for_it))
      return false;
    account.to_erase_.push_back(entry);
    return true;
  });
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

#include "server/session.h"

#include <algorithm>

#include "server/account.h"
#include "server/client_stream.h"
#include "server/homes.h"
#include "xmpp/delay.h"
#include "xmpp/namespaces.h"

namespace rookery::server {
namespace {

/// StanzaKind of a stanza in canonical form: the first letter of its name tells.
std::size_t kind_of(std::string_view xml) { return xml[1] == 'm' ? 0 : xml[1] == 'p' ? 1 : 2; }

} // namespace

Session::Session(Account& account, xmpp::FullJid jid, std::uint64_t serial)
    : account_(account), jid_(std::move(jid)), serial_(serial) {}

Session::~Session() = default;

Homes& Session::homes() const { return account_.homes(); }

void Session::set_available(std::int8_t priority, std::string presence) {
  available_ = true;
  priority_ = priority;
  presence_ = std::move(presence);
  presence_since_ = homes().clock().wall();
  if (sm_ && sm_->resumable())
    homes().session_changed(*this);
}

PacketPtr Session::last_presence() const {
  if (presence_.empty() || presence_.find(xmpp::kNsDelay) != std::string::npos)
    return make_packet(presence_);
  std::string delay;
  xmpp::append_delay(delay, {.stamp = presence_since_, .from = jid_.str()});
  std::string xml;
  write_packet_text(xml, presence_, delay);
  return make_packet(xml);
}

void Session::set_unavailable() {
  available_ = false;
  presence_ = {};
  if (sm_ && sm_->resumable())
    homes().session_changed(*this);
}

void Session::set_invisible(bool invisible) {
  invisible_ = invisible;
  presence_ = {};
  if (sm_ && sm_->resumable())
    homes().session_changed(*this);
}

std::uint32_t Session::count_through(std::uint32_t number) const {
  const std::uint32_t count = number - counted_from_;
  return early_pending_ && static_cast<std::int32_t>(count) < 0 ? 0 : count;
}

std::uint32_t Session::committed_through() const {
  std::uint32_t number = pending.empty() ? received_ : pending.front().number - 1;
  for (const Pending& item : pending) {
    if (item.stage != Pending::Stage::kCommitting && item.stage != Pending::Stage::kWaiting)
      return count_through(number);
    number = item.number;
  }
  return count_through(received_);
}

std::uint32_t Session::acknowledgeable() const {
  if (!sm_ || !sm_->resumable())
    return handled();
  return static_cast<std::int32_t>(sm_->durable_handled - handled()) < 0 ? sm_->durable_handled
                                                                         : handled();
}

void Session::send(std::string_view xml, const Packet* packet, EntryId id) {
  const bool replayed =
      replay && id > replay->after &&
      (!replay->transient_only || (packet != nullptr && !packet->receiver_history));
  if (replayed) {
    // The log is being read for this device and will come to this entry: sent now, it would
    // overtake older ones.
    if (replay->first_skipped == kBeforeAll)
      replay->first_skipped = id;
    if (id > replay->skipped)
      replay->skipped = id;
    return;
  }
  if (packet != nullptr && wait_behind_replay(xml, id))
    return;
  if (!ahead.empty() && id != kBeforeAll) {
    const bool sent = std::ranges::find(ahead, id) != ahead.end();
    std::erase_if(ahead, [id](EntryId each) { return each <= id; });
    if (sent)
      return;
  }
  send_in_place(xml, packet, id);
}

void Session::send_in_place(std::string_view xml, const Packet* packet, EntryId id) {
  for (const auto& hook : homes().hooks().hold)
    if (hook.call(*this, xml, packet, id))
      return;
  send_now(xml, id);
}

bool Session::wait_behind_replay(std::string_view xml, EntryId id) {
  if (!replay || (replay->skipped <= replay->after && replay->behind.empty()))
    return false;
  replay->behind_bytes += xml.size();
  replay->behind.push_back({.after = replay->skipped, .xml = std::string(xml), .id = id});
  const Limits& limits = homes().limits();
  if (replay->behind.size() > limits.unacked_stanzas_max ||
      replay->behind_bytes > limits.unacked_bytes_max) {
    ++homes().counters().limits_reached;
    homes().doom(*this, SessionEnd::kTimedOut);
  }
  return true;
}

void Session::send_now(std::string_view xml, EntryId id) {
  ++homes().counters().stanzas_sent[kind_of(xml)];
  if (sm_) {
    sm_->sent(xml, id);
    const Limits& limits = homes().limits();
    if (sm_->unacked().size() > limits.unacked_stanzas_max ||
        sm_->unacked_bytes() > limits.unacked_bytes_max) {
      ++homes().counters().limits_reached;
      homes().doom(*this, SessionEnd::kTimedOut);
      return;
    }
  } else if (id != kBeforeAll && stream_ != nullptr) {
    homes().arrived(account_, id);
    if (Homes::counts_for_all(*this))
      homes().delivered_through(account_, replay ? std::min(id, replay->after) : id);
    else
      note_early(id);
  }
  if (stream_ != nullptr)
    stream_->send_stanza(xml);
}

void Session::Replay::on_timer() {
  waits = false;
  session.homes().replay_page(session);
}

void Session::on_timer() { homes().doom(*this, SessionEnd::kTimedOut); }

} // namespace rookery::server

// The core's records of an account: mailbox and resumable sessions. Formats:
// docs/formats/records.md.
#include <charconv>

#include "base/encoding.h"
#include "server/client_stream.h"
#include "server/homes.h"
#include "server/record_text.h"
#include "server/server.h"
#include "server/turn_commit.h"

namespace rookery::server {

// --- mailbox: "delivered ID", "undelivered ID" ---

void Homes::restore_mailbox(Account& account, const std::vector<storage::Record>& records) {
  for (const storage::Record& record : records) {
    for (const auto& [name, value] : read_lines(record.value)) {
      const EntryId id(parse_number(value).value_or(0));
      if (name == "delivered")
        account.delivered_ = id;
      if (name == "undelivered")
        account.undelivered_.push_back(id);
    }
  }
}

void Homes::keep_mailbox(storage::Batch& batch, Account& account) {
  std::string value;
  append_line(value, "delivered", account.delivered_.value);
  for (const EntryId id : account.undelivered_)
    append_line(value, "undelivered", id.value);
  batch.put(account.owner(), kMailboxRecords, "", value);
  for (const EntryId id : std::exchange(account.to_erase_, {}))
    batch.erase_entry(account.owner(), id);
  account.mailbox_moved_ = false;
}

// --- sessions ---

void Homes::keep_session(storage::Batch& batch, Session& session) {
  std::string value;
  append_line(value, "resource", session.jid().resource());
  append_line(value, "timeout", static_cast<std::uint64_t>(session.sm()->timeout().count()));
  append_line(value, "agent", session.user_agent);
  append_line(value, "since", static_cast<std::uint64_t>(session.since.time_since_epoch().count()));
  append_line(value, "password", session.password);
  if (session.invisible())
    append_line(value, "invisible", "1");
  if (session.available()) {
    append_line(value, "priority", std::to_string(session.priority()));
    append_line(value, "presence", base64_encode(session.presence()));
    append_line(value, "presence-since",
                static_cast<std::uint64_t>(session.presence_since().time_since_epoch().count()));
  }
  if (session.reads_history())
    append_line(value, "reads-history", "1");
  for (const Hooks::SessionState& state : hooks_.session_state) {
    const std::string saved = state.save(session);
    if (!saved.empty())
      append_line(value, "state-" + std::string(state.key), base64_encode(saved));
  }
  const Account& account = session.account();
  batch.put(account.owner(), kSessionRecords, session.sm()->id(), value);
  batch.put(kNodeOwner, kResumableRecords, account.jid().str(), "");
  position_changed(session);
}

void Homes::forget_session(storage::Batch& batch, Session& session) {
  const Account& account = session.account();
  batch.remove(account.owner(), kSessionRecords, session.sm()->id());
  batch.remove(account.owner(), kPositionRecords, session.sm()->id());
  for (const auto& other : account.sessions())
    if (other.get() != &session && other->sm() != nullptr && other->sm()->resumable())
      return;
  batch.remove(kNodeOwner, kResumableRecords, account.jid().str());
}

void Homes::keep_position(TurnCommit& commit, Session& session) {
  const StreamManagement& sm = *session.sm();
  const std::uint32_t handled = session.committed_through();
  std::string value;
  append_line(value, "handled", handled);
  append_line(value, "acked", sm.acked_count());
  append_line(value, "entry", sm.acked_entry().value);
  commit.batch.put(session.account().owner(), kPositionRecords, sm.id(), value);
  commit.positions.push_back({AccountPin(session.account()), session.serial(), handled});
}

void Homes::position_changed(Session& session) {
  if (session.sm() == nullptr || !session.sm()->resumable())
    return;
  if (std::exchange(session.position_moved, true))
    return;
  moved_sessions_.push_back({AccountPin(session.account()), session.serial()});
}

void Homes::session_changed(Session& session) {
  if (session.sm() != nullptr && session.sm()->resumable())
    keep_session(turn_commit().batch, session);
}

void Homes::write_moved(TurnCommit& commit) {
  for (const SessionRef& moved : std::exchange(moved_sessions_, {})) {
    Session* session = moved.account->find_session(moved.serial);
    if (session == nullptr)
      continue;
    session->position_moved = false;
    keep_position(commit, *session);
  }
  for (const AccountPin& account : std::exchange(moved_mailboxes_, {}))
    if (account->mailbox_moved_)
      keep_mailbox(commit.batch, *account);
}

// Sessions that were resumable when the server ended, each waiting for its client again.
void Homes::restore_sessions(Account& account, const std::vector<storage::Record>& sessions,
                             const std::vector<storage::Record>& positions) {
  for (const storage::Record& record : sessions) {
    Seconds timeout = limits().resume_default;
    std::string resource;
    for (const auto& [name, value] : read_lines(record.value)) {
      if (name == "resource")
        resource = value;
      if (name == "timeout")
        timeout = Seconds(parse_number(value).value_or(0));
    }
    const auto jid = account.jid().with_resource(resource);
    if (!jid || account.find_session(resource) != nullptr)
      continue;
    account.sessions_.push_back(std::make_unique<Session>(account, *jid, next_serial_++));
    ++session_count_;
    Session& session = *account.sessions_.back();
    session.restored = true;
    session.since = clock().wall(); // of an older record, which does not say
    auto sm = std::make_unique<StreamManagement>(record.key, true, timeout);
    std::uint64_t acked = 0, entry = 0;
    for (const storage::Record& position : positions) {
      if (position.key != record.key)
        continue;
      for (const auto& [name, value] : read_lines(position.value)) {
        const std::uint64_t number = parse_number(value).value_or(0);
        if (name == "handled")
          session.set_received(static_cast<std::uint32_t>(number));
        if (name == "acked")
          acked = number;
        if (name == "entry")
          entry = number;
      }
    }
    sm->durable_handled = session.handled();
    sm->restore(static_cast<std::uint32_t>(acked), EntryId(entry));
    std::int8_t priority = 0;
    for (const auto& [name, value] : read_lines(record.value)) {
      if (name == "agent")
        session.user_agent = value;
      const auto time = [&value] {
        return WallTime(Microseconds(static_cast<std::int64_t>(parse_number(value).value_or(0))));
      };
      if (name == "since")
        session.since = time();
      if (name == "password")
        session.password = parse_number(value).value_or(0);
      if (name == "reads-history")
        session.set_reads_history();
      if (name == "invisible")
        session.set_invisible(true);
      if (name == "priority")
        priority = static_cast<std::int8_t>(std::atoi(std::string(value).c_str()));
      if (name == "presence")
        session.set_available(priority, base64_decode(value).value_or(""));
      if (name == "presence-since")
        session.set_presence_since(time());
    }
    session.set_sm(std::move(sm));
    for (const auto& [name, value] : read_lines(record.value))
      for (const Hooks::SessionState& state : hooks_.session_state)
        if (name.starts_with("state-") && name.substr(6) == state.key)
          state.restore(session, base64_decode(value).value_or(""));
    session.replay = std::make_unique<Session::Replay>(session);
    session.replay->after = EntryId(entry);
    if (session.available() && session.priority() >= 0 && !session.reads_history())
      session.replay->after = std::min(session.replay->after, account.delivered_);
    session.replay->after_restart = true;
    session.replay->left = limits().unacked_stanzas_max;
    loop_.arm(session, timeout);
    replay_page(session);
  }
}

} // namespace rookery::server

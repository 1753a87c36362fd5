// All homes that one thread owns: their accounts and sessions, and the way of every stanza to and
// from them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "runtime/loop.h"
#include "server/account.h"
#include "server/auth_throttle.h"
#include "server/binder.h"
#include "server/counters.h"
#include "server/limits.h"
#include "server/queues.h"
#include "server/session.h"
#include "server/turns.h"
#include "storage/store.h"
#include "xmpp/delivery.h"
#include "xmpp/scram_keys.h"

namespace rookery::server {

class ClientStream;
class Server;
class TurnCommit;
struct ModuleChoice;

/// Keyspaces of the core. See docs/formats/records.md.
inline constexpr storage::Keyspace kAccountRecords{
    "account"}; // of the node: bare JID → owner and state
inline constexpr storage::Keyspace kAuthRecords{"auth"};     // SCRAM keys by hash
inline constexpr storage::Keyspace kDeviceRecords{"device"}; // what has signed in, by user-agent id
inline constexpr storage::Keyspace kTokenRecords{"token"};   // FAST tokens, by user-agent id
inline constexpr storage::Keyspace kMailboxRecords{
    "mailbox"}; // how far messages have reached any device
inline constexpr storage::Keyspace kSessionRecords{"sm"};      // resumable sessions
inline constexpr storage::Keyspace kPositionRecords{"sm-pos"}; // their counts
inline constexpr storage::Keyspace kResumableRecords{
    "resumable"}; // of the node: accounts that have resumable sessions

/// Belongs to its loop's thread: every member is called there, except where it says otherwise.
/// There are no locks: what another thread's home is to do is posted to it (Server::post_to).
class Homes final : private runtime::TurnEnd, private runtime::Timer {
public:
  using AccountThen = std::move_only_function<void(Account*)>; // null: no such account
  template <class T> using Then = std::move_only_function<void(Result<T>)>;
  using Accounts =
      std::unordered_map<std::string, std::unique_ptr<Account>, xmpp::JidHash, xmpp::JidEqual>;

  Homes(Server& server, runtime::Loop& loop);
  ~Homes();

  [[nodiscard]] Server& server() const { return server_; }
  [[nodiscard]] runtime::Loop& loop() const { return loop_; }
  [[nodiscard]] const Clock& clock() const;
  [[nodiscard]] Random& random() const;
  [[nodiscard]] Log& log() const;
  [[nodiscard]] const Limits& limits() const;
  [[nodiscard]] const Hooks& hooks() const { return hooks_; }
  [[nodiscard]] Counters& counters() { return counters_; }
  [[nodiscard]] AuthThrottle& throttle() { return throttle_; }
  /// Makes the modules. Called once, before any stanza.
  [[nodiscard]] Status start(std::span<const ModuleChoice> modules);

  // --- accounts ---
  /// Calls `then` with the account, at once where it is loaded; else after loading it. Calls for
  /// one account keep their order. Only for accounts whose home is on this thread.
  void with_account(std::string_view bare_jid, AccountThen then);
  [[nodiscard]] Account* find_account(std::string_view bare_jid) const;
  /// The account that with_account() would call `then` with at once; null: it would call it later.
  [[nodiscard]] Account* ready_account(std::string_view bare_jid);
  /// `who` is the account's own, or one that modules know to see its presence (Binder::contacts)
  /// and not hidden from (Binder::hidden).
  [[nodiscard]] bool sees_presence(Account& account, const xmpp::Jid& who) const;
  /// The same, or one that the account itself has in its roster, as when it has asked for a
  /// subscription.
  [[nodiscard]] bool is_known(Account& account, const xmpp::Jid& who) const;
  /// Accounts loaded now, for counting.
  [[nodiscard]] std::size_t account_count() const { return accounts_.size(); }
  [[nodiscard]] std::size_t session_count() const { return session_count_; }
  /// Calls `then` with the account as it is in memory or, where it is not loaded, as its records
  /// have it: also one that is locked, without sessions, and not kept. What the modules have to say
  /// to others when it is deleted.
  void collect_farewell(const xmpp::BareJid& jid, Owner owner,
                        std::move_only_function<void(std::vector<std::string>)> then);
  /// Nobody signs in to it, or resumes a session of it, any more.
  static void retire(Account& account) { account.retired_ = true; }
  /// Signs out all its devices and forgets it: the next with_account() reads the store.
  void unload(Account& account);
  /// Ends the sessions that `wanted` says, with what they could be resumed by.
  void sign_out(Account& account, const std::function<bool(const Session&)>& wanted,
                SessionEnd end = SessionEnd::kRemoved);
  /// Closes the streams that are signing in to this account: with this user-agent id, or, where it
  /// is "", any.
  void stop_signing_in(std::string_view bare_jid, std::string_view agent);
  /// By account and user-agent id.
  [[nodiscard]] Turns& device_turns() { return device_turns_; }
  /// By the id of an invitation (server/invitation.h), or who makes one.
  [[nodiscard]] Turns& invitation_turns() { return invitation_turns_; }
  /// Names that are being taken, or are those of accounts that are being changed (claim_account()).
  [[nodiscard]] std::unordered_set<std::string>& creating() { return creating_; }
  /// Loads, some at a time, the accounts whose sessions can be resumed after a restart. On one
  /// thread, for all.
  void wake_resumable(std::string after);

  // --- sessions ---
  struct BindOutcome {
    Session* session = nullptr;
    std::optional<xmpp::StanzaError> refused;
  };
  /// RFC 6120 §7. "" makes a resource. One that is in use replaces the older session (stream error
  /// conflict).
  BindOutcome bind(Account& account, std::string_view resource, ClientStream& stream);
  /// `then` runs when those that binding ends may be ended: what the sessions that `replaced` says
  /// were sent before their clients left is finished, or given up (kFinishMax). At once where there
  /// are none.
  void before_bind(AccountPin account, std::function<bool(const Session&)> replaced,
                   std::move_only_function<void()> then);
  /// Ends it for good: unavailable to those who saw it, unacknowledged messages to the others.
  void end_session(Session& session, SessionEnd end);
  /// The client has ended its stream in order: what it sent is finished, then the session ends.
  void finish_session(Session& session);
  /// Its connection is gone: waits for resumption, or ends.
  void connection_lost(Session& session);
  /// XEP-0198 <enable/>. The id to resume by, "" where `resume` is false; what the stream is sent
  /// from here on is written once the session's record is durable.
  std::string enable_sm(Session& session, bool resume, std::optional<Seconds> wanted);
  struct Resumed {
    Session* session = nullptr;
    std::uint32_t handled = 0; // for <resumed h=/>
    bool too_high = false;     // the client acknowledged what was never sent,
    std::uint32_t sent = 0;    // which is more than this
  };
  using ResumeThen = std::move_only_function<void(Resumed)>;
  /// XEP-0198 <resume/>: `then` gets the session with `stream` attached, nothing sent yet: write
  /// <resumed/>, then call continue_session().
  void resume(Account& account, std::string previd, std::uint32_t h, ClientStream& stream,
              ResumeThen then);
  void continue_session(Session& session);
  /// The client acknowledged (XEP-0198 <a/>).
  bool acknowledged(Session& session, std::uint32_t h);
  /// Reads on for one that had not taken what was sent before (Session::Replay).
  void replay_page(Session& session);
  /// What this device has got stands for all that is older (Account::delivered_): it takes what is
  /// sent to the account, or nothing was left for want of one that does.
  [[nodiscard]] static bool counts_for_all(const Session& session);
  /// Presence became available with a non-negative priority for the first time: offline messages.
  void deliver_offline(Session& session);

  // --- stanzas ---
  /// A stanza a client sent on its bound session.
  void from_client(Session& session, PacketPtr packet);
  /// A stanza that this server vouches for, to wherever its `to` says. Not logged.
  void route(PacketPtr packet);
  /// The same from text in canonical form.
  void route(std::string_view xml);
  /// One stanza to many, each as by route(): `xml` is in canonical form and has no `to`. It is
  /// parsed once per thread, and crosses to another thread as one mail.
  void route_to_many(std::vector<xmpp::Jid> to, std::string_view xml);
  /// An answer in canonical form to a device.
  void reply(const xmpp::Jid& to, std::string_view xml);
  /// Answers a stanza with an error, unless that is forbidden. From its `to`, or the sender's
  /// account.
  void refuse(const Packet& packet, const xmpp::StanzaError& error);
  /// Puts a message into the log of its receiver (a local account) and delivers it: for what does
  /// not come from a client's session.
  void deliver_logged(PacketPtr packet);

  // --- the store; `then` runs on this thread, in order for commits ---
  void commit(storage::Batch batch, std::move_only_function<void(Status)> then);
  /// The same for what the presence of `session` that is being processed changes
  /// (Binder::presence_out): until `then` has been called that stanza is not acknowledged, and
  /// nothing the client sent behind it is begun. Once per stanza.
  void commit_stanza(Session& session, storage::Batch batch,
                     std::move_only_function<void(Status)> then);
  /// The batch of this turn, for what nobody waits for.
  TurnCommit& turn_commit();
  /// For what a server that is killed may lose, such as when a device was last used: goes with the
  /// next batch, or after a second, and costs no sync of its own. No appends. What is put here is
  /// followed by what is put into later batches; a read may not find it yet.
  storage::Batch& later_batch();
  void get(Owner owner, storage::Keyspace keyspace, std::string_view key,
           Then<std::optional<std::string>> then);
  void scan(const storage::RecordQuery& query, Then<storage::RecordPage> then);
  void read(const storage::LogQuery& query, Then<storage::LogPage> then);
  void read_ids(Owner log, std::vector<EntryId> ids, Then<storage::LogPage> then);
  void tags(const storage::TagQuery& query, Then<storage::TagPage> then);
  /// All records of several keyspaces, in the order asked for.
  void load(Owner owner, std::vector<storage::Keyspace> keyspaces,
            Then<std::vector<std::vector<storage::Record>>> then);

  /// SCRAM keys of a new password, computed by a worker. `then` stays on this thread meanwhile, so
  /// it may hold requests and pins. An Error: it is no password, or too many wait.
  void derive_keys(std::string password, Then<std::vector<xmpp::ScramKeys>> then);

  // --- streams of clients (ClientStream) ---
  ClientStream& adopt(std::unique_ptr<ClientStream> stream);
  std::unique_ptr<ClientStream> release(ClientStream& stream);
  [[nodiscard]] std::size_t stream_count() const { return streams_.size(); }
  /// `stream` is still here, and the one that had this serial, and not on its way out.
  [[nodiscard]] bool is_open(ClientStream* stream, std::uint64_t serial) const;
  /// Destroys it at the end of the turn.
  void discard(ClientStream& stream);
  [[nodiscard]] const std::unordered_map<ClientStream*, std::unique_ptr<ClientStream>>&
  streams() const {
    return streams_;
  }
  /// Those loaded, for what walks over all of them.
  [[nodiscard]] const Accounts& accounts() const { return accounts_; }
  [[nodiscard]] QueueWalk& queues() { return queues_; }
  /// Closes all streams with system-shutdown; sessions stay resumable. `then` when all of it is
  /// durable.
  void shut_down(std::move_only_function<void()> then);
  /// Calls `then` when nothing that this thread has asked the store for is unanswered.
  void when_quiet(std::move_only_function<void()> then);
  /// It is being destroyed: nobody can be answered any more.
  [[nodiscard]] bool ending() const { return ending_; }
  /// Sees to it that what the session has handled gets into its record soon: an <a/> waits for it.
  void make_durable(Session& session);
  /// Position of a resumable session has moved: written within a second, or with the next commit.
  void position_changed(Session& session);
  /// Modules' session state or presence has changed: the record is written anew.
  void session_changed(Session& session);

private:
  friend class Session;
  friend class TurnCommit;
  struct Loading;

  /// How often on_timer() looks at what can wait: later_batch(), idle accounts.
  static constexpr Milliseconds kTick{1'000};
  /// A table with so many buckets for each of what it holds is made smaller.
  static constexpr std::size_t kSparse = 8;

  void on_turn_end() override;
  void on_timer() override;

  // homes.cc
  void load_account(const std::string& bare_jid);
  /// `done` gets null where the store cannot be read.
  void load_records(const std::string& bare_jid, Owner owner, bool with_sessions,
                    std::move_only_function<void(std::unique_ptr<Account>)> done);
  std::vector<std::string> farewell_of(Account& account);
  void loaded(const std::string& bare_jid, std::unique_ptr<Account> account);
  [[nodiscard]] bool is_idle(const Account& account) const;
  void unload_idle();
  bool is_contact(Account& account, const xmpp::Jid& who, bool (*fits)(const Contact&)) const;
  void count_commit(const TurnCommit& commit);
  void store_failed(const Error& error);
  template <class T> auto back_here(Then<T> then);
  void answered();

  // routing.cc
  bool hidden_from(const Packet& packet);
  void receive(PacketPtr packet);
  void deliver_committed_to(Account* account, PacketPtr packet);
  [[nodiscard]] bool is_crowded(std::string_view bare_jid) const;
  /// `packet` is null afterwards where somebody has taken it.
  void receive_for(Account* account, PacketPtr& packet);
  void answer_iq(Account* account, PacketPtr packet);
  void receive_many(std::vector<xmpp::Jid> to, const std::string& xml); // fan_out.cc
  xmpp::Delivery delivery_of(const Account* account, const Packet& packet);
  void deliver_committed(PacketPtr packet);
  void give(Account& account, const Packet& packet, xmpp::DeliveryAction action);
  void copy_to_devices(Account& account, const MessageEvent& event,
                       std::span<Session* const> already);

  // pipeline.cc
  [[nodiscard]] bool is_answered_here(const Session& session, const Packet& packet) const;
  void enqueue(Session& session, PacketPtr packet, std::uint32_t number);
  void ask_receiver(Session& session, Pending& item);
  void answer_admission(Homes& sender, AccountPin pin, std::uint64_t serial, std::uint32_t number,
                        PacketPtr packet);
  void admit(PacketPtr packet, std::move_only_function<void(PacketPtr)> then);
  void decide_admission(Account* account, Packet& packet);
  void admitted(Account& account, std::uint64_t serial, std::uint32_t number, PacketPtr packet);
  void pump(Session& session);
  void process_unlogged(Session& session, PacketPtr packet);
  void log_message(Session& session, Pending& item);
  void committed(TurnCommit& commit);
  void stanza_done(Session& session, std::uint32_t number);
  void caught_up(Session& session);
  void settle(Session& session, std::move_only_function<void()> then);

  // sessions.cc, replay.cc
  void note_use(Session& session);
  void take_from_older(Session& session);
  void attach_resumed(Session& session, std::uint32_t h, ClientStream& stream, ResumeThen& then);
  [[nodiscard]] bool is_behind(const Session& session) const;
  void replay_singles(Session& session);
  void replay_failed(Session& session, const Error& error);
  void replay_offline(Session& session, Packet& packet, const storage::Entry& entry,
                      const std::string& extra);
  bool replay_copy(Session& session, const Packet& packet, const storage::Entry& entry);
  void replay_entry(Session& session, const storage::Entry& entry);
  /// What waited behind entries up to this one. False: the device has to take some of it before it
  /// is sent the rest.
  bool send_behind(Session& session, EntryId through);
  void replay_done(Session& session);
  void keep_undelivered(Session& session);
  void keep_undelivered(Account& account, const StreamManagement::Unacked& unacked);
  void delivered_through(Account& account, EntryId id);
  void arrived(Account& account, EntryId id);
  /// The record is written within a second, or with the next commit.
  void mailbox_changed(Account& account);
  /// Ends the session at the end of the turn: for where its account's sessions are being walked.
  void doom(Session& session, SessionEnd end);

  // records.cc
  void restore_mailbox(Account& account, const std::vector<storage::Record>& records);
  void restore_sessions(Account& account, const std::vector<storage::Record>& sessions,
                        const std::vector<storage::Record>& positions);
  void keep_session(storage::Batch& batch, Session& session);
  void forget_session(storage::Batch& batch, Session& session);
  void keep_mailbox(storage::Batch& batch, Account& account);
  void keep_position(TurnCommit& commit, Session& session);
  void write_moved(TurnCommit& commit);

  Server& server_;
  runtime::Loop& loop_;
  AuthThrottle throttle_;
  Turns device_turns_, invitation_turns_; // before what holds turns
  Hooks hooks_;
  Counters counters_;
  QueueWalk queues_{*this};
  std::vector<std::unique_ptr<Module>> modules_;
  Accounts accounts_;
  std::unordered_map<std::string, std::unique_ptr<Loading>, xmpp::JidHash, xmpp::JidEqual> loading_;
  std::unordered_map<ClientStream*, std::unique_ptr<ClientStream>> streams_;
  std::vector<std::unique_ptr<ClientStream>> discarded_;
  std::unordered_set<std::string> creating_;
  std::vector<std::unique_ptr<Account>> retired_; // unloaded in this turn
  std::unique_ptr<TurnCommit> turn_commit_;
  storage::Batch later_; // begins the next turn_commit_
  struct SessionRef {
    AccountPin account;
    std::uint64_t serial;
  };
  std::vector<SessionRef> moved_sessions_; // their positions are to be written
  std::vector<AccountPin> moved_mailboxes_;
  struct Doomed {
    SessionRef session;
    SessionEnd end;
  };
  std::vector<Doomed> doomed_;
  std::vector<std::int8_t> priorities_; // scratch of delivery_of()
  std::vector<Session*> given_;         // scratch of give()
  std::unordered_map<std::uint64_t, Then<std::vector<xmpp::ScramKeys>>> deriving_;
  std::uint64_t next_derivation_ = 0;
  std::vector<std::move_only_function<void()>> quiet_waiters_;
  std::size_t next_idle_bucket_ = 0; // of accounts_, where unload_idle() goes on
  bool store_failed_ = false;
  bool ending_ = false;
  std::size_t session_count_ = 0;
  std::uint64_t next_serial_ = 1;
  std::string scratch_;
  std::string given_xml_; // scratch of give()
};

} // namespace rookery::server

#include "server/homes.h"

#include <algorithm>

#include "base/assert.h"
#include "server/accounts.h"
#include "server/client_stream.h"
#include "server/core_info.h"
#include "server/core_module.h"
#include "server/server.h"
#include "server/turn_commit.h"

namespace rookery::server {
namespace {

/// What of an account is read first: the core's own, then the modules' hot keyspaces.
constexpr std::size_t kCoreKeyspaces = 3;
/// Mails between threads may be this late.
constexpr std::uint64_t kInFlightMicroseconds = 10'000'000;

} // namespace

/// An account on its way from the store, and who waits for it.
struct Homes::Loading {
  std::vector<AccountThen> waiters;
};

Homes::Homes(Server& server, runtime::Loop& loop)
    : server_(server), loop_(loop), throttle_(limits()), device_turns_(loop),
      invitation_turns_(loop) {}
Homes::~Homes() { ending_ = true; }

const Clock& Homes::clock() const { return server_.clock(); }
Random& Homes::random() const { return server_.random(); }
Log& Homes::log() const { return server_.log(); }
const Limits& Homes::limits() const { return server_.options().limits; }

Status Homes::start(std::span<const ModuleChoice> modules) {
  modules_.push_back(std::make_unique<CoreModule>());
  Binder core(hooks_, core_info());
  modules_.back()->bind(core);
  hooks_.modules.push_back(&core_info());
  for (const ModuleChoice& choice : modules) {
    Result<std::unique_ptr<Module>> module = choice.descriptor->create(*this, *choice.options);
    if (!module)
      return std::unexpected(module.error());
    const ModuleInfo& info = choice.descriptor->info;
    Binder binder(hooks_, info);
    (*module)->bind(binder);
    hooks_.modules.push_back(&info);
    hooks_.hot_module.insert(hooks_.hot_module.end(), info.hot.size(), info.name);
    hooks_.hot.insert(hooks_.hot.end(), info.hot.begin(), info.hot.end());
    modules_.push_back(std::move(*module));
  }
  hooks_.freeze();
  loop_.arm(*this, kTick);
  return {};
}

/// A callback for the store's threads that calls `then` on this one.
template <class T> auto Homes::back_here(Then<T> then) {
  loop_.asked();
  return [this, then = std::move(then)](Result<T> result) mutable {
    loop_.post([this, then = std::move(then), result = std::move(result)]() mutable {
      then(std::move(result));
      answered();
    });
  };
}

void Homes::answered() {
  loop_.answered();
  if (loop_.unanswered() != 0)
    return;
  for (auto& then : std::exchange(quiet_waiters_, {}))
    then();
}

// --- accounts ---

Account* Homes::find_account(std::string_view bare_jid) const {
  const auto at = accounts_.find(bare_jid);
  return at == accounts_.end() ? nullptr : at->second.get();
}

bool Homes::is_contact(Account& account, const xmpp::Jid& who, bool (*fits)(const Contact&)) const {
  if (who.bare_str() == account.jid().str())
    return true;
  if (std::ranges::any_of(hooks_.hidden, [&](const auto& hook) { return hook.call(account, who); }))
    return false;
  std::vector<Contact> contacts;
  for (const auto& hook : hooks_.contacts)
    hook.call(account, who.bare_str(), contacts);
  return std::ranges::any_of(contacts, fits);
}

bool Homes::sees_presence(Account& account, const xmpp::Jid& who) const {
  return is_contact(account, who, [](const Contact& contact) { return contact.sees_presence; });
}

bool Homes::is_known(Account& account, const xmpp::Jid& who) const {
  return is_contact(account, who, [](const Contact& contact) {
    return contact.sees_presence || contact.in_roster;
  });
}

void Homes::with_account(std::string_view bare_jid, AccountThen then) {
  if (const auto loading = loading_.find(bare_jid); loading != loading_.end()) {
    loading->second->waiters.push_back(std::move(then));
    return;
  }
  if (Account* account = ready_account(bare_jid))
    return then(account);
  auto& loading = loading_[std::string(bare_jid)];
  loading = std::make_unique<Loading>();
  loading->waiters.push_back(std::move(then));
  load_account(std::string(bare_jid));
}

Account* Homes::ready_account(std::string_view bare_jid) {
  if (!loading_.empty() && loading_.contains(bare_jid))
    return nullptr;
  Account* account = find_account(bare_jid);
  if (account != nullptr)
    account->last_used_ = loop_.now();
  return account;
}

// More wait for this account to be loaded than may.
bool Homes::is_crowded(std::string_view bare_jid) const {
  const auto loading = loading_.find(bare_jid);
  return loading != loading_.end() &&
         loading->second->waiters.size() >= limits().loading_waiters_max;
}

void Homes::load_account(const std::string& bare_jid) {
  get(kNodeOwner, kAccountRecords, bare_jid,
      [this, bare_jid](Result<std::optional<std::string>> record) {
        if (!record)
          log().at(LogLevel::kError, "server", "account not read jid={} error=\"{}\"", bare_jid,
                   record.error().text());
        const std::optional<AccountRecord> account =
            record && *record ? AccountRecord::parse(**record) : std::nullopt;
        if (!account || account->disabled)
          return loaded(bare_jid, nullptr);
        load_records(
            bare_jid, account->owner, true,
            [this, bare_jid](std::unique_ptr<Account> read) { loaded(bare_jid, std::move(read)); });
      });
}

std::vector<std::string> Homes::farewell_of(Account& account) {
  std::vector<std::string> stanzas;
  for (const auto& hook : hooks_.farewell)
    hook.call(account, stanzas);
  return stanzas;
}

void Homes::collect_farewell(const xmpp::BareJid& jid, Owner owner,
                             std::move_only_function<void(std::vector<std::string>)> then) {
  if (Account* account = find_account(jid.str()); account != nullptr && account->owner() == owner)
    return then(farewell_of(*account));
  load_records(std::string(jid.str()), owner, false,
               [this, then = std::move(then)](std::unique_ptr<Account> account) mutable {
                 then(account ? farewell_of(*account) : std::vector<std::string>{});
               });
}

void Homes::load_records(const std::string& bare_jid, Owner owner, bool with_sessions,
                         std::move_only_function<void(std::unique_ptr<Account>)> done) {
  std::vector<storage::Keyspace> keyspaces{kMailboxRecords, kSessionRecords, kPositionRecords};
  keyspaces.insert(keyspaces.end(), hooks_.hot.begin(), hooks_.hot.end());
  load(owner, std::move(keyspaces),
       [this, bare_jid, owner, with_sessions,
        done = std::move(done)](Result<std::vector<std::vector<storage::Record>>> records) mutable {
         if (!records) {
           log().at(LogLevel::kError, "server", "records not read jid={} error=\"{}\"", bare_jid,
                    records.error().text());
           return done(nullptr);
         }
         auto account =
             std::make_unique<Account>(*this, xmpp::BareJid::from_trusted(bare_jid), owner);
         const auto now = static_cast<std::uint64_t>(clock().wall().time_since_epoch().count());
         account->newest_ = EntryId(now > kInFlightMicroseconds ? now - kInFlightMicroseconds : 0);
         restore_mailbox(*account, (*records)[0]);
         std::size_t index = 0;
         for (std::size_t i = kCoreKeyspaces; i < records->size(); ++i) {
           const std::string_view module = hooks_.hot_module[i - kCoreKeyspaces];
           index = i > kCoreKeyspaces && hooks_.hot_module[i - kCoreKeyspaces - 1] == module
                       ? index + 1
                       : 0;
           for (const auto& hook : hooks_.account_loaded)
             if (hook.module == module)
               hook.call(*account, index, (*records)[i]);
         }
         if (with_sessions)
           restore_sessions(*account, (*records)[1], (*records)[2]);
         done(std::move(account));
       });
}

void Homes::loaded(const std::string& bare_jid, std::unique_ptr<Account> loaded_account) {
  Account* account = loaded_account.get();
  if (account != nullptr) {
    account->last_used_ = loop_.now();
    accounts_.emplace(bare_jid, std::move(loaded_account));
  }
  // Waiters may ask for the account again, or for others: those calls come after the ones that wait
  // already.
  const auto loading = loading_.find(bare_jid);
  ROOKERY_ASSERT(loading != loading_.end());
  std::optional<AccountPin> pin;
  if (account != nullptr)
    pin.emplace(*account);
  while (!loading->second->waiters.empty()) {
    std::vector<AccountThen> waiters = std::exchange(loading->second->waiters, {});
    for (AccountThen& then : waiters)
      then(account);
  }
  loading_.erase(loading);
}

// --- the store ---

void Homes::commit(storage::Batch batch, std::move_only_function<void(Status)> then) {
  TurnCommit& commit = turn_commit();
  commit.batch.absorb(std::move(batch));
  commit.waiters.push_back({std::move(then)});
}

void Homes::get(Owner owner, storage::Keyspace keyspace, std::string_view key,
                Then<std::optional<std::string>> then) {
  server_.store().get(owner, keyspace, key, back_here<std::optional<std::string>>(std::move(then)));
}
void Homes::scan(const storage::RecordQuery& query, Then<storage::RecordPage> then) {
  server_.store().scan(query, back_here<storage::RecordPage>(std::move(then)));
}
void Homes::read(const storage::LogQuery& query, Then<storage::LogPage> then) {
  server_.store().read(query, back_here<storage::LogPage>(std::move(then)));
}
void Homes::read_ids(Owner owner, std::vector<EntryId> ids, Then<storage::LogPage> then) {
  server_.store().read_ids(owner, std::move(ids), back_here<storage::LogPage>(std::move(then)));
}
void Homes::tags(const storage::TagQuery& query, Then<storage::TagPage> then) {
  server_.store().tags(query, back_here<storage::TagPage>(std::move(then)));
}

void Homes::load(Owner owner, std::vector<storage::Keyspace> keyspaces,
                 Then<std::vector<std::vector<storage::Record>>> then) {
  server_.store().load(owner, std::move(keyspaces),
                       back_here<std::vector<std::vector<storage::Record>>>(std::move(then)));
}

void Homes::derive_keys(std::string password, Then<std::vector<xmpp::ScramKeys>> then) {
  const std::uint64_t number = next_derivation_++;
  deriving_.emplace(number, std::move(then));
  const bool accepted = server_.workers().run([this, number, password = std::move(password)] {
    loop_.post([this, number, keys = derive_all_keys(password, random())]() mutable {
      const auto waiting = deriving_.extract(number);
      if (keys)
        return waiting.mapped()(std::move(*keys));
      waiting.mapped()(fail("the password cannot be used", {},
                            "it must have 1 to 1024 bytes and no control characters"));
    });
  });
  if (!accepted)
    deriving_.extract(number).mapped()(
        fail("too many passwords wait to be hashed", {}, "try again in some seconds"));
}

void Homes::count_commit(const TurnCommit& commit) {
  static constexpr std::int64_t kBounds[] = {1'000,  2'000,  5'000,   10'000,
                                             20'000, 50'000, 100'000, 500'000};
  const std::int64_t took = (clock().mono() - commit.began()).count();
  const auto bucket = std::ranges::lower_bound(kBounds, took) - std::begin(kBounds);
  ++counters_.commits;
  counters_.commit_microseconds += static_cast<std::uint64_t>(took);
  counters_.committed_stanzas += commit.items.size();
  ++counters_.commit_duration[static_cast<std::size_t>(bucket)];
}

void Homes::store_failed(const Error& error) {
  if (std::exchange(store_failed_, true))
    return;
  log().at(LogLevel::kError, "server",
           "the store has failed: nothing is acknowledged any more until a restart; {}",
           error.text());
  // What these wait for will not come.
  for (const auto& [jid, account] : accounts_)
    for (const auto& session : account->sessions())
      if (session->left)
        doom(*session, SessionEnd::kClosed);
}

// --- streams ---

ClientStream& Homes::adopt(std::unique_ptr<ClientStream> stream) {
  ClientStream& adopted = *stream;
  streams_.emplace(&adopted, std::move(stream));
  return adopted;
}

std::unique_ptr<ClientStream> Homes::release(ClientStream& stream) {
  auto held = streams_.extract(&stream);
  ROOKERY_ASSERT(!held.empty());
  return std::move(held.mapped());
}

bool Homes::is_open(ClientStream* stream, std::uint64_t serial) const {
  return streams_.contains(stream) && stream->serial() == serial && !stream->closed();
}

void Homes::discard(ClientStream& stream) {
  discarded_.push_back(release(stream));
  loop_.at_turn_end(*this);
}

// --- time ---

void Homes::on_turn_end() {
  for (Doomed& doomed : std::exchange(doomed_, {})) {
    Session* session = doomed.session.account->find_session(doomed.session.serial);
    if (session == nullptr)
      continue;
    ClientStream* stream = session->stream();
    end_session(*session, doomed.end);
    if (stream != nullptr)
      stream->close(
          {xmpp::StreamCondition::kPolicyViolation, "too much was sent and not acknowledged"});
  }
  if (turn_commit_) {
    write_moved(*turn_commit_);
    if (turn_commit_->batch.empty() && turn_commit_->waiters.empty())
      turn_commit_.reset();
    else {
      loop_.asked();
      TurnCommit::submit(std::move(turn_commit_), server_.store());
    }
  }
  discarded_.clear();
  std::erase_if(retired_, [](const auto& account) { return account->pins_ == 0; });
}

void Homes::on_timer() {
  if (!moved_sessions_.empty() || !moved_mailboxes_.empty() || !later_.empty()) {
    TurnCommit& commit = turn_commit();
    write_moved(commit);
  }
  unload_idle();
  if (streams_.size() < streams_.bucket_count() / kSparse)
    streams_.rehash(0);
  loop_.trim();
  loop_.arm(*this, kTick);
}

void Homes::shut_down(std::move_only_function<void()> then) {
  device_turns_.close();
  invitation_turns_.close();
  std::vector<ClientStream*> streams;
  for (const auto& [stream, held] : streams_)
    streams.push_back(stream);
  for (ClientStream* stream : streams)
    stream->close({xmpp::StreamCondition::kSystemShutdown, "the server is stopping"});
  storage::Batch nothing;
  commit(std::move(nothing), [then = std::move(then)](Status) mutable { then(); });
}

void Homes::when_quiet(std::move_only_function<void()> then) {
  if (loop_.unanswered() == 0)
    return then();
  quiet_waiters_.push_back(std::move(then));
}

void Homes::wake_resumable(std::string after) {
  scan(
      {.owner = kNodeOwner, .keyspace = kResumableRecords, .after = std::move(after), .limit = 200},
      [this](const Result<storage::RecordPage>& page) {
        if (!page)
          return;
        for (const storage::Record& record : page->records) {
          Homes& homes = server_.homes_of(record.key);
          homes.loop_.post(
              [&homes, jid = record.key] { homes.with_account(jid, [](Account*) {}); });
        }
        if (!page->complete)
          wake_resumable(page->records.back().key);
      });
}

} // namespace rookery::server

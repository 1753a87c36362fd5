#include "server/accounts.h"

#include <algorithm>

#include "server/aliases.h"
#include "server/homes.h"
#include "server/invitations.h"
#include "server/record_text.h"
#include "server/server.h"
#include "xmpp/sasl_password.h"

namespace rookery::server {

std::string AccountRecord::serialise() const {
  std::string out;
  append_line(out, "owner", owner.value);
  append_line(out, "created", static_cast<std::uint64_t>(created.time_since_epoch().count()));
  if (disabled)
    append_line(out, "disabled", "1");
  return out;
}

std::optional<AccountRecord> AccountRecord::parse(std::string_view text) {
  AccountRecord record;
  for (const auto& [name, value] : read_lines(text)) {
    const std::uint64_t number = parse_number(value).value_or(0);
    if (name == "owner")
      record.owner = Owner(number);
    if (name == "created")
      record.created = WallTime(Microseconds(static_cast<std::int64_t>(number)));
    if (name == "disabled")
      record.disabled = number != 0;
  }
  if (record.owner == kNodeOwner)
    return std::nullopt;
  return record;
}

std::optional<std::vector<xmpp::ScramKeys>> derive_all_keys(std::string_view password,
                                                            Random& random) {
  const std::optional<std::string> prepared = xmpp::prepare_password(password);
  if (!prepared)
    return std::nullopt;
  std::vector<xmpp::ScramKeys> keys;
  for (const xmpp::HashKind hash : xmpp::kAllHashes)
    keys.push_back(xmpp::ScramKeys::derive(hash, *prepared, random));
  return keys;
}

Owner put_new_account(storage::Batch& batch, const xmpp::BareJid& jid,
                      const std::vector<xmpp::ScramKeys>& keys, WallTime now, Random& random) {
  // 63 random bits: two accounts that meet are not to be expected in the life of the universe, and
  // 0 is the node.
  const Owner owner(random.u64() >> 1 | 1);
  batch.put(kNodeOwner, kAccountRecords, jid.str(),
            AccountRecord{.owner = owner, .created = now}.serialise());
  put_keys(batch, owner, keys);
  return owner;
}

void put_keys(storage::Batch& batch, Owner owner, const std::vector<xmpp::ScramKeys>& keys) {
  for (const xmpp::ScramKeys& each : keys)
    batch.put(owner, kAuthRecords, hash_name(each.hash), each.serialise());
  // One by one: a range that is removed leaves a mark that every look-up in the table has to pass,
  // and a new account has nothing to remove.
  for (const xmpp::HashKind kind : xmpp::kAllHashes)
    if (std::ranges::find(keys, kind, &xmpp::ScramKeys::hash) == keys.end())
      batch.remove(owner, kAuthRecords, hash_name(kind));
}

void put_deletion(storage::Batch& batch, const xmpp::BareJid& jid, Owner owner,
                  const std::vector<storage::Record>& aliases) {
  put_alias_deletion(batch, jid, aliases);
  batch.remove(kNodeOwner, kAccountRecords, jid.str());
  batch.remove(kNodeOwner, kResumableRecords, jid.str());
  batch.erase_owner(owner);
}

std::optional<xmpp::ScramKeys> find_keys(const std::vector<storage::Record>& records,
                                         xmpp::HashKind hash) {
  for (const storage::Record& record : records)
    if (record.key == hash_name(hash))
      return xmpp::ScramKeys::parse(record.value);
  return std::nullopt;
}

// --- while the server runs ---

void on_home(Server& server, const xmpp::BareJid& jid, std::move_only_function<void(Homes&)> then) {
  Homes& homes = server.homes_of(jid.str());
  homes.loop().post([&homes, then = std::move(then)]() mutable { then(homes); });
}

void find_record(Homes& homes, const xmpp::BareJid& jid,
                 std::move_only_function<void(Result<AccountRecord>)> then) {
  homes.get(kNodeOwner, kAccountRecords, jid.str(),
            [jid, then = std::move(then)](Result<std::optional<std::string>> text) mutable {
              if (!text)
                return then(std::unexpected(text.error()));
              const auto record = *text ? AccountRecord::parse(**text) : std::nullopt;
              if (!record)
                return then(fail(std::string(kNoAccount), std::string(jid.str()),
                                 "see 'rookery user list'"));
              then(*record);
            });
}

namespace {
/// `then`, after which somebody else may claim the name.
AccountAdmin::Then released(Homes& homes, std::string name, AccountAdmin::Then then) {
  return [&homes, name = std::move(name), then = std::move(then)](Status status) mutable {
    homes.creating().erase(name);
    then(std::move(status));
  };
}
} // namespace

void claim_account(Homes& homes, const xmpp::BareJid& jid,
                   std::move_only_function<void(Status)> then,
                   std::move_only_function<void(std::move_only_function<void(Status)> done)> work) {
  std::string name(jid.str());
  if (!homes.creating().insert(name).second)
    return then(fail("somebody else is changing this account at this moment", std::move(name),
                     "try again"));
  work(released(homes, std::move(name), std::move(then)));
}

void take_free_name(Homes& homes, const xmpp::BareJid& jid, std::string invitation,
                    AccountAdmin::Then then,
                    std::move_only_function<void(AccountAdmin::Then done)> work) {
  std::string name(jid.str());
  const auto taken = [name] {
    return fail(std::string(AccountAdmin::kNameTaken), name, "choose another one");
  };
  if (!homes.creating().insert(name).second)
    return then(taken());
  auto done = released(homes, name, std::move(then));
  homes.get(kNodeOwner, kAccountRecords, name,
            [&homes, jid, taken, invitation = std::move(invitation), work = std::move(work),
             done = std::move(done)](Result<std::optional<std::string>> text) mutable {
              if (!text)
                return done(std::unexpected(text.error()));
              if (*text)
                return done(taken());
              Invitations::is_free(homes, jid, std::move(invitation),
                                   [jid, work = std::move(work),
                                    done = std::move(done)](const Result<bool>& free) mutable {
                                     if (!free)
                                       return done(std::unexpected(free.error()));
                                     if (!*free)
                                       return done(fail(std::string(AccountAdmin::kNameKept),
                                                        std::string(jid.str()),
                                                        "revoke it, or choose another name"));
                                     work(std::move(done));
                                   });
            });
}

namespace {

/// On the account's home: `found` gets its record, or `then` the error.
void with_record(Homes& homes, const xmpp::BareJid& jid, AccountAdmin::Then then,
                 std::move_only_function<void(AccountRecord, AccountAdmin::Then)> found) {
  find_record(
      homes, jid,
      [then = std::move(then), found = std::move(found)](Result<AccountRecord> record) mutable {
        if (!record)
          return then(std::unexpected(record.error()));
        found(*record, std::move(then));
      });
}

void put_if_free(Homes& homes, const xmpp::BareJid& jid, std::vector<xmpp::ScramKeys> keys,
                 std::string invitation, AccountAdmin::Commit commit, AccountAdmin::Then then) {
  take_free_name(homes, jid, std::move(invitation), std::move(then),
                 [&homes, jid, keys = std::move(keys),
                  commit = std::move(commit)](AccountAdmin::Then done) mutable {
                   NewAccount account{.jid = jid, .owner = {}, .batch = {}};
                   account.owner = put_new_account(account.batch, jid, keys, homes.clock().wall(),
                                                   homes.random());
                   commit(homes, std::move(account), std::move(done));
                 });
}

} // namespace

void AccountAdmin::create(xmpp::BareJid jid, std::string password, Then then) {
  create(
      std::move(jid), std::move(password), {},
      [](Homes& homes, NewAccount account, Then done) {
        homes.commit(std::move(account.batch), std::move(done));
      },
      std::move(then));
}

void AccountAdmin::create(xmpp::BareJid jid, std::string password, std::string invitation,
                          Commit commit, Then then) {
  on_home(server_, jid,
          [jid, password = std::move(password), invitation = std::move(invitation),
           commit = std::move(commit), then = std::move(then)](Homes& homes) mutable {
            if (!homes.server().is_local(jid.domain()))
              return then(fail("this server does not serve that domain", std::string(jid.str()),
                               "add it to 'domains' in the configuration"));
            homes.derive_keys(
                std::move(password),
                [&homes, jid, invitation = std::move(invitation), commit = std::move(commit),
                 then = std::move(then)](Result<std::vector<xmpp::ScramKeys>> keys) mutable {
                  if (!keys)
                    return then(std::unexpected(keys.error()));
                  put_if_free(homes, jid, std::move(*keys), std::move(invitation),
                              std::move(commit), std::move(then));
                });
          });
}

namespace {

/// The new keys are on the disk. Who had read the old ones, or a token, before that may be in by
/// now, or have been, with its token put back: they go, and tokens once more.
void end_others(Homes& homes, const xmpp::BareJid& jid, Owner owner, const std::string& keep,
                AccountAdmin::Then then) {
  homes.stop_signing_in(jid.str(), {});
  if (Account* account = homes.find_account(jid.str()))
    homes.sign_out(*account,
                   [&](const Session& session) { return session.jid().resource() != keep; });
  storage::Batch batch;
  batch.remove_all(owner, kTokenRecords);
  homes.commit(std::move(batch), std::move(then));
}

void put_password(Homes& homes, const xmpp::BareJid& jid, Owner owner,
                  const std::vector<xmpp::ScramKeys>& keys, std::string keep,
                  AccountAdmin::Then then) {
  storage::Batch batch;
  put_keys(batch, owner, keys);
  batch.remove_all(owner, kTokenRecords);
  homes.commit(std::move(batch), [&homes, jid, owner, keep = std::move(keep),
                                  then = std::move(then)](Status status) mutable {
    if (!status)
      return then(std::move(status));
    end_others(homes, jid, owner, keep, std::move(then));
  });
}

} // namespace

void AccountAdmin::set_password(xmpp::BareJid jid, std::string password, std::string keep,
                                Then then) {
  on_home(server_, jid,
          [jid, password = std::move(password), keep = std::move(keep),
           then = std::move(then)](Homes& homes) mutable {
            homes.derive_keys(
                std::move(password), [&homes, jid, keep = std::move(keep), then = std::move(then)](
                                         Result<std::vector<xmpp::ScramKeys>> keys) mutable {
                  if (!keys)
                    return then(std::unexpected(keys.error()));
                  with_record(homes, jid, std::move(then),
                              [&homes, jid, keep = std::move(keep),
                               keys = std::move(*keys)](AccountRecord record, Then done) mutable {
                                put_password(homes, jid, record.owner, keys, std::move(keep),
                                             std::move(done));
                              });
                });
          });
}

void AccountAdmin::set_disabled(xmpp::BareJid jid, bool disabled, Then then) {
  on_home(server_, jid, [jid, disabled, then = std::move(then)](Homes& homes) mutable {
    with_record(homes, jid, std::move(then),
                [&homes, jid, disabled](AccountRecord record, Then done) mutable {
                  record.disabled = disabled;
                  storage::Batch batch;
                  batch.put(kNodeOwner, kAccountRecords, jid.str(), record.serialise());
                  homes.commit(std::move(batch), [&homes, jid, disabled,
                                                  done = std::move(done)](Status status) mutable {
                    Account* account = homes.find_account(jid.str());
                    if (status && disabled && account != nullptr)
                      homes.unload(*account);
                    done(std::move(status));
                  });
                });
  });
}

namespace {

/// The deletion is on the disk.
void removed(Homes& homes, const xmpp::BareJid& jid, Owner owner,
             const std::vector<std::string>& farewell) {
  // It was kept for its last session, or loaded again while the deletion was on its way: what was
  // written for it meanwhile is erased as well.
  if (Account* account = homes.find_account(jid.str());
      account != nullptr && account->owner() == owner) {
    homes.unload(*account);
    storage::Batch batch;
    batch.erase_owner(owner);
    homes.commit(std::move(batch), [](const Status&) {});
  }
  for (const std::string& stanza : farewell)
    homes.route(stanza);
}

/// All that is to be known is: ends the sessions and commits the deletion.
void erase(Homes& homes, const xmpp::BareJid& jid, Owner owner,
           const std::vector<storage::Record>& aliases, const std::string& last,
           std::vector<std::string> farewell, AccountAdmin::Then then) {
  if (Account* account = homes.find_account(jid.str())) {
    Homes::retire(*account);
    if (last.empty())
      homes.unload(*account);
    else
      homes.sign_out(*account,
                     [&](const Session& session) { return session.jid().resource() != last; });
  }
  storage::Batch batch;
  put_deletion(batch, jid, owner, aliases);
  homes.commit(std::move(batch), [&homes, jid, owner, farewell = std::move(farewell),
                                  then = std::move(then)](Status status) mutable {
    then(status);
    if (status)
      removed(homes, jid, owner, farewell);
  });
}

void remove_claimed(Homes& homes, const xmpp::BareJid& jid, Owner owner, std::string last,
                    AccountAdmin::Then then) {
  homes.load(
      owner, {kAliasRecords},
      [&homes, jid, owner, last = std::move(last), then = std::move(then)](auto records) mutable {
        if (!records)
          return then(std::unexpected(records.error()));
        homes.collect_farewell(
            jid, owner,
            [&homes, jid, owner, last = std::move(last), aliases = std::move(records->front()),
             then = std::move(then)](std::vector<std::string> farewell) mutable {
              erase(homes, jid, owner, aliases, last, std::move(farewell), std::move(then));
            });
      });
}

} // namespace

void AccountAdmin::remove(xmpp::BareJid jid, std::string last, Then then) {
  on_home(server_, jid,
          [jid, last = std::move(last), then = std::move(then)](Homes& homes) mutable {
            claim_account(homes, jid, std::move(then),
                          [&homes, jid, last = std::move(last)](Then claimed) mutable {
                            with_record(homes, jid, std::move(claimed),
                                        [&homes, jid, last = std::move(last)](AccountRecord record,
                                                                              Then done) mutable {
                                          remove_claimed(homes, jid, record.owner, std::move(last),
                                                         std::move(done));
                                        });
                          });
          });
}

} // namespace rookery::server

#include "server/aliases.h"

#include "server/accounts.h"
#include "server/homes.h"
#include "server/record_text.h"
#include "server/server.h"

namespace rookery::server {
namespace {

constexpr std::string_view kAliasOf = "alias-of";

using Records = std::vector<storage::Record>;

/// On the account's home, and nobody else changes which names are the account's meanwhile.
void with_aliases(Server& server, const xmpp::BareJid& jid, AliasAdmin::Then then,
                  std::move_only_function<void(Homes&, Owner, Records, AliasAdmin::Then)> found) {
  on_home(server, jid,
          [jid, then = std::move(then), found = std::move(found)](Homes& homes) mutable {
            claim_account(homes, jid, std::move(then),
                          [&homes, jid, found = std::move(found)](AliasAdmin::Then done) mutable {
                            find_record(
                                homes, jid,
                                [&homes, done = std::move(done),
                                 found = std::move(found)](Result<AccountRecord> record) mutable {
                                  if (!record)
                                    return done(std::unexpected(record.error()));
                                  homes.load(record->owner, {kAliasRecords},
                                             [&homes, owner = record->owner, done = std::move(done),
                                              found = std::move(found)](auto records) mutable {
                                               if (!records)
                                                 return done(std::unexpected(records.error()));
                                               found(homes, owner, std::move(records->front()),
                                                     std::move(done));
                                             });
                                });
                          });
          });
}

/// On the alias' home. `back` is called there.
void put_alias(Homes& homes, const xmpp::BareJid& jid, const xmpp::BareJid& alias, Owner owner,
               AliasAdmin::Then back) {
  take_free_name(homes, alias, {}, std::move(back),
                 [&homes, jid, alias, owner](AliasAdmin::Then done) {
                   std::string record;
                   append_line(record, kAliasOf, jid.str());
                   storage::Batch batch;
                   batch.put(kNodeOwner, kAccountRecords, alias.str(), record);
                   batch.put(owner, kAliasRecords, alias.local(), "");
                   homes.commit(std::move(batch), std::move(done));
                 });
}

} // namespace

std::optional<xmpp::BareJid> read_alias(std::string_view record) {
  if (!record.starts_with(kAliasOf))
    return std::nullopt;
  for (const auto& [name, value] : read_lines(record))
    if (name == kAliasOf)
      return xmpp::BareJid::from_trusted(std::string(value));
  return std::nullopt;
}

void put_alias_deletion(storage::Batch& batch, const xmpp::BareJid& jid, const Records& aliases) {
  for (const storage::Record& alias : aliases)
    batch.remove(kNodeOwner, kAccountRecords, alias.key + '@' + std::string(jid.domain()));
}

void AliasAdmin::add(xmpp::BareJid jid, xmpp::BareJid alias, Then then) {
  with_aliases(
      server_, jid, std::move(then),
      [jid, alias](Homes& homes, Owner owner, const Records& aliases, Then done) {
        if (alias.domain() != jid.domain())
          return done(fail("an alias has the domain of its account", std::string(alias.str()),
                           "leave the domain out: " + std::string(alias.local())));
        if (aliases.size() >= kAliasesMax)
          return done(fail(
              "the account has " + std::to_string(kAliasesMax) + " aliases, and more are not kept",
              std::string(jid.str()), "take one away with 'rookery user alias remove'"));
        on_home(homes.server(), alias,
                [&homes, jid, alias, owner, done = std::move(done)](Homes& there) mutable {
                  put_alias(there, jid, alias, owner,
                            [&homes, done = std::move(done)](Status status) mutable {
                              homes.loop().post(
                                  [status = std::move(status), done = std::move(done)]() mutable {
                                    done(std::move(status));
                                  });
                            });
                });
      });
}

void AliasAdmin::remove(xmpp::BareJid jid, xmpp::BareJid alias, Then then) {
  with_aliases(
      server_, jid, std::move(then),
      [jid, alias](Homes& homes, Owner owner, Records aliases, Then done) {
        std::erase_if(aliases, [&](const auto& each) { return each.key != alias.local(); });
        if (aliases.empty() || alias.domain() != jid.domain())
          return done(fail("the account has no such alias", std::string(alias.str()),
                           "see 'rookery user alias list " + std::string(jid.str()) + "'"));
        storage::Batch batch;
        put_alias_deletion(batch, jid, aliases);
        batch.remove(owner, kAliasRecords, alias.local());
        homes.commit(std::move(batch), std::move(done));
      });
}

void AliasAdmin::list(xmpp::BareJid jid, ThenNames then) {
  on_home(server_, jid, [jid, then = std::move(then)](Homes& homes) mutable {
    find_record(homes, jid, [&homes, then = std::move(then)](Result<AccountRecord> record) mutable {
      if (!record)
        return then(std::unexpected(record.error()));
      homes.load(record->owner, {kAliasRecords}, [then = std::move(then)](auto records) mutable {
        if (!records)
          return then(std::unexpected(records.error()));
        std::vector<std::string> names;
        for (storage::Record& alias : records->front())
          names.push_back(std::move(alias.key));
        then(std::move(names));
      });
    });
  });
}

} // namespace rookery::server

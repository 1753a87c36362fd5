#include "server/invitations.h"

#include <utility>

#include "server/homes.h"
#include "server/server.h"

namespace rookery::server {
namespace {

using AccountThen = AccountAdmin::Then;

template <class T> std::unexpected<Error> error_of(const Result<T>& result) {
  return std::unexpected(result.error());
}

enum class Locked : std::uint8_t { kRefused, kWelcome };

/// Whose records these are: of the account `by`, or the node's.
void with_owner(Homes& here, const std::string& by, Locked locked,
                std::move_only_function<void(Result<Owner>)> then) {
  if (by.empty())
    return then(kNodeOwner);
  find_record(here, xmpp::BareJid::from_trusted(by),
              [by, locked, then = std::move(then)](const Result<AccountRecord>& record) mutable {
                if (!record)
                  return then(error_of(record));
                if (record->disabled && locked == Locked::kRefused)
                  return then(fail("the account is locked", by, "see 'rookery user list'"));
                then(record->owner);
              });
}

/// All of one owner.
void scan(Homes& here, Owner owner,
          std::move_only_function<void(Result<std::vector<storage::Record>>)> then) {
  here.load(owner, {kInvitationRecords}, [then = std::move(then)](auto&& records) mutable {
    if (!records)
      return then(error_of(records));
    then(std::move(records->front()));
  });
}

struct NameState {
  bool free = true;
  std::optional<InvitationKey> over; // free: an invitation for it whose time is over
};

/// For who has the invitation `id`.
void look_up_name(Homes& here, const xmpp::BareJid& name, std::string id,
                  std::move_only_function<void(Result<NameState>)> then) {
  here.get(kNodeOwner, kReservedNames, name.str(),
           [&here, id = std::move(id), then = std::move(then)](auto&& text) mutable {
             if (!text)
               return then(error_of(text));
             const auto reserved = *text ? ReservedName::parse(**text) : std::nullopt;
             if (!reserved || reserved->key.id == id)
               return then(NameState{});
             if (reserved->expires <= here.clock().wall())
               return then(NameState{.free = true, .over = reserved->key});
             // The invitation may have gone with the account that made it.
             here.get(reserved->key.owner, kInvitationRecords, reserved->key.id,
                      [then = std::move(then)](auto&& record) mutable {
                        if (!record)
                          return then(error_of(record));
                        then(NameState{.free = !record->has_value(), .over = {}});
                      });
           });
}

/// On the thread where the uses of `by` take turns, with its turn.
struct Making {
  Homes& here;
  Owner owner;
  Invitation wanted;
  std::size_t max;
  Turns::Turn turn;
  Invitations::ThenMade then;
  storage::Batch batch = {};

  [[nodiscard]] xmpp::BareJid name() const {
    return xmpp::BareJid::from_trusted(wanted.name + '@' + wanted.domain);
  }

  static void look_around(Making making) {
    Homes& here = making.here;
    const Owner owner = making.owner;
    scan(here, owner, [making = std::move(making)](auto&& records) mutable {
      if (!records)
        return making.then(error_of(records));
      const WallTime now = making.here.clock().wall();
      std::size_t open = 0;
      for (const storage::Record& record : *records) {
        const auto invitation = Invitation::parse(record.value);
        if (!invitation || invitation->expires + kInvitationGrace <= now)
          put_removal(making.batch, making.owner, record.key, invitation);
        else if (invitation->expires > now)
          ++open;
      }
      if (open >= making.max)
        return making.then(fail(std::string(Invitations::kTooMany), making.wanted.by,
                                "revoke some, or wait until they are over"));
      making.wanted.name.empty() ? put(std::move(making)) : look_for_account(std::move(making));
    });
  }

  static void look_for_account(Making making) {
    Homes& here = making.here;
    const xmpp::BareJid name = making.name();
    here.get(kNodeOwner, kAccountRecords, name.str(),
             [making = std::move(making)](auto&& text) mutable {
               if (!text)
                 return making.then(error_of(text));
               if (*text)
                 return making.then(fail(std::string(AccountAdmin::kNameTaken),
                                         std::string(making.name().str()), "choose another name"));
               Homes& there = making.here;
               const xmpp::BareJid wanted = making.name();
               look_up_name(there, wanted, {}, [making = std::move(making)](auto&& kept) mutable {
                 if (!kept)
                   return making.then(error_of(kept));
                 if (!kept->free)
                   return making.then(fail("another invitation is for this name",
                                           std::string(making.name().str()),
                                           "revoke that one, or choose another name"));
                 // It goes now: later it would take along what keeps the name for this one.
                 if (kept->over)
                   making.batch.remove(kept->over->owner, kInvitationRecords, kept->over->id);
                 put(std::move(making));
               });
             });
  }

  static void put(Making making) {
    Homes& here = making.here;
    std::string token = make_invitation_token(making.owner, here.random());
    const InvitationKey key = *read_invitation_token(token);
    storage::Batch batch = std::move(making.batch);
    batch.put(key.owner, kInvitationRecords, key.id, making.wanted.serialise());
    if (!making.wanted.name.empty())
      batch.put(kNodeOwner, kReservedNames, making.name().str(),
                ReservedName{.key = key, .expires = making.wanted.expires}.serialise());
    here.commit(std::move(batch), [token = std::move(token),
                                   making = std::move(making)](const Status& status) mutable {
      if (!status)
        return making.then(std::unexpected(status.error()));
      making.then(Invitations::Made{.token = std::move(token), .invitation = making.wanted});
    });
  }
};

/// A use, on the thread where they take turns, with the turn.
struct Use {
  Homes& here;
  InvitationKey key;
  Turns::Turn turn;
  NewAccount account;
  AccountThen done; // on the new account's thread

  void refuse() {
    done(fail(std::string(Invitations::kNotInvited), std::string(account.jid.str())));
  }

  static void check(Use use) {
    Homes& here = use.here;
    const InvitationKey key = use.key;
    Invitations::find(here, key, [use = std::move(use)](auto&& found) mutable {
      if (!found)
        return use.done(error_of(found));
      const std::optional<Invitation>& invitation = *found;
      const xmpp::Jid& jid = use.account.jid.jid();
      if (!invitation || !invitation->registers || invitation->domain != jid.domain() ||
          (!invitation->name.empty() && invitation->name != jid.local()))
        return use.refuse();
      if (invitation->by.empty())
        return commit(std::move(use), *invitation, nullptr);
      use.here.with_account(invitation->by,
                            [use = std::move(use), invitation = *invitation](Account* by) mutable {
                              if (by == nullptr || by->owner() != use.key.owner || by->retired())
                                return use.refuse();
                              commit(std::move(use), invitation, by);
                            });
    });
  }

  static void commit(Use use, const Invitation& invitation, Account* by) {
    Homes& here = use.here;
    storage::Batch batch = std::move(use.account.batch);
    put_use(batch, use.key, invitation);
    const Hooks& hooks = here.hooks();
    Hooks::Told told;
    std::optional<AccountPin> pin;
    if (by != nullptr) {
      pin.emplace(*by);
      if (hooks.befriend)
        told = (*hooks.befriend)(*by, use.account.jid, Friendship::kMutual, batch);
      if (told)
        (*hooks.newcomer)(batch, use.account.owner, by->jid());
    }
    here.commit(std::move(batch), [use = std::move(use), pin = std::move(pin),
                                   told = std::move(told)](const Status& status) mutable {
      if (told)
        told(status);
      use.done(status);
    });
  }
};

} // namespace

void Invitations::make(Invitation wanted, std::size_t max, ThenMade then) {
  Homes& homes = server_.homes_of(wanted.by);
  homes.loop().post([&homes, wanted = std::move(wanted), max, then = std::move(then)]() mutable {
    const std::string by = wanted.by;
    if (homes.invitation_turns().waiting(by) >= kWaitingMax)
      return then(fail(std::string(kTooMany), by, "wait until those are made that were asked for"));
    homes.invitation_turns().take(by, [&homes, wanted = std::move(wanted), max,
                                       then = std::move(then)](Turns::Turn turn) mutable {
      const std::string who = wanted.by;
      with_owner(homes, who, Locked::kRefused,
                 [&homes, wanted = std::move(wanted), max, turn = std::move(turn),
                  then = std::move(then)](Result<Owner> owner) mutable {
                   if (!owner)
                     return then(error_of(owner));
                   Making::look_around({.here = homes,
                                        .owner = *owner,
                                        .wanted = std::move(wanted),
                                        .max = max,
                                        .turn = std::move(turn),
                                        .then = std::move(then)});
                 });
    });
  });
}

void Invitations::list(std::string by, ThenListed then) {
  Homes& homes = server_.homes_of(by);
  homes.loop().post([&homes, by = std::move(by), then = std::move(then)]() mutable {
    with_owner(homes, by, Locked::kWelcome,
               [&homes, then = std::move(then)](Result<Owner> owner) mutable {
                 if (!owner)
                   return then(error_of(owner));
                 scan(homes, *owner, [&homes, then = std::move(then)](auto&& records) mutable {
                   if (!records)
                     return then(error_of(records));
                   std::vector<Listed> listed;
                   for (storage::Record& record : *records)
                     if (auto invitation = Invitation::parse(record.value);
                         invitation && invitation->expires > homes.clock().wall())
                       listed.push_back({std::move(record.key), std::move(*invitation)});
                   then(std::move(listed));
                 });
               });
  });
}

void Invitations::revoke(std::string by, std::string id, AccountThen then) {
  Homes& homes = server_.homes_of(by);
  homes.loop().post(
      [&homes, by = std::move(by), id = std::move(id), then = std::move(then)]() mutable {
        homes.invitation_turns().take(id, [&homes, by, id,
                                           then = std::move(then)](Turns::Turn turn) mutable {
          with_owner(homes, by, Locked::kWelcome,
                     [&homes, id, turn = std::move(turn),
                      then = std::move(then)](Result<Owner> owner) mutable {
                       if (!owner)
                         return then(error_of(owner));
                       homes.get(*owner, kInvitationRecords, id,
                                 [&homes, owner = *owner, id, turn = std::move(turn),
                                  then = std::move(then)](auto&& text) mutable {
                                   if (!text)
                                     return then(error_of(text));
                                   if (!*text)
                                     return then(fail("there is no such invitation", id,
                                                      "see 'rookery user invitations'"));
                                   storage::Batch batch;
                                   put_removal(batch, owner, id, Invitation::parse(**text));
                                   homes.commit(std::move(batch),
                                                [turn = std::move(turn),
                                                 then = std::move(then)](Status status) mutable {
                                                  then(std::move(status));
                                                });
                                 });
                     });
        });
      });
}

void Invitations::find(Homes& here, const InvitationKey& key, ThenFound then) {
  here.get(key.owner, kInvitationRecords, key.id,
           [&here, owner = key.owner,
            then = std::move(then)](Result<std::optional<std::string>> text) mutable {
             if (!text)
               return then(error_of(text));
             auto invitation = *text ? Invitation::parse(**text) : std::nullopt;
             if (!invitation || invitation->by.empty())
               return then(std::move(invitation));
             // What was written while its account went away, and the same name of a later account.
             const std::string by = invitation->by;
             here.get(kNodeOwner, kAccountRecords, by,
                      [owner, invitation = std::move(invitation),
                       then = std::move(then)](Result<std::optional<std::string>> of) mutable {
                        if (!of)
                          return then(error_of(of));
                        const auto record = *of ? AccountRecord::parse(**of) : std::nullopt;
                        if (!record || record->disabled || record->owner != owner)
                          return then(std::nullopt);
                        then(std::move(invitation));
                      });
           });
}

void Invitations::is_free(Homes& here, const xmpp::BareJid& name, std::string id,
                          std::move_only_function<void(Result<bool>)> then) {
  look_up_name(here, name, std::move(id), [then = std::move(then)](auto&& kept) mutable {
    if (!kept)
      return then(error_of(kept));
    then(kept->free);
  });
}

void Invitations::create_account(InvitationKey key, xmpp::BareJid jid, std::string password,
                                 AccountThen then) {
  std::string id = key.id;
  auto use = [key = std::move(key)](Homes& homes, NewAccount account, AccountThen done) {
    find(homes, key,
         [&homes, key, account = std::move(account), done = std::move(done)](auto&& found) mutable {
           if (!found)
             return done(error_of(found));
           if (!*found)
             return done(fail(std::string(kNotInvited), std::string(account.jid.str())));
           Homes& there = homes.server().homes_of((*found)->by);
           AccountThen back = [&homes, done = std::move(done)](Status status) mutable {
             homes.loop().post([done = std::move(done), status = std::move(status)]() mutable {
               done(std::move(status));
             });
           };
           there.loop().post(
               [&there, key, account = std::move(account), back = std::move(back)]() mutable {
                 there.invitation_turns().take(key.id,
                                               [&there, key, account = std::move(account),
                                                back = std::move(back)](Turns::Turn turn) mutable {
                                                 Use::check({.here = there,
                                                             .key = key,
                                                             .turn = std::move(turn),
                                                             .account = std::move(account),
                                                             .done = std::move(back)});
                                               });
               });
         });
  };
  AccountAdmin(server_).create(std::move(jid), std::move(password), std::move(id), std::move(use),
                               std::move(then));
}

void Invitations::accept(Account& account, xmpp::BareJid contact, InvitationKey key,
                         std::move_only_function<void(bool)> then) {
  Homes& here = account.homes();
  here.invitation_turns().take(key.id, [&here, key, pin = AccountPin(account),
                                        contact = std::move(contact),
                                        then = std::move(then)](Turns::Turn turn) mutable {
    find(here, key,
         [&here, key, pin = std::move(pin), contact = std::move(contact), turn = std::move(turn),
          then = std::move(then)](auto&& found) mutable {
           const Hooks& hooks = here.hooks();
           if (!found || !*found || (*found)->expires <= here.clock().wall() || pin->retired() ||
               !hooks.befriend)
             return then(false);
           // Nobody else becomes a contact by it (XEP-0379 §5).
           const Invitation& invitation = **found;
           if (!invitation.name.empty() &&
               invitation.name + '@' + invitation.domain != contact.str())
             return then(false);
           storage::Batch batch;
           Hooks::Told told = (*hooks.befriend)(*pin, contact, Friendship::kAsked, batch);
           if (!told)
             return then(false);
           put_use(batch, key, invitation);
           here.commit(std::move(batch),
                       [pin = std::move(pin), turn = std::move(turn), told = std::move(told),
                        then = std::move(then)](const Status& status) mutable {
                         told(status);
                         then(true);
                       });
         });
  });
}

} // namespace rookery::server

// Accounts as records: making, finding, locking and deleting them, and their passwords. Formats:
// docs/formats/records.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/result.h"
#include "server/devices.h"
#include "storage/store.h"
#include "xmpp/jid.h"
#include "xmpp/scram_keys.h"

namespace rookery::server {

/// The record of the node under the bare JID, in the keyspace "account".
struct AccountRecord {
  Owner owner;
  WallTime created{};
  bool disabled = false; // may not sign in, receives nothing

  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static std::optional<AccountRecord> parse(std::string_view text);
};

/// SCRAM keys of one password, one set per hash. Costs three times PBKDF2: not on a loop's thread.
/// nullopt: the password is not one (empty, too long, control characters).
[[nodiscard]] std::optional<std::vector<xmpp::ScramKeys>> derive_all_keys(std::string_view password,
                                                                          Random& random);

/// Puts a new account into `batch`. Whether the name is free is the caller's to check, on the
/// account's home: any record under it, an account's or an alias', takes it.
Owner put_new_account(storage::Batch& batch, const xmpp::BareJid& jid,
                      const std::vector<xmpp::ScramKeys>& keys, WallTime now, Random& random);
void put_keys(storage::Batch& batch, Owner owner, const std::vector<xmpp::ScramKeys>& keys);
/// The account with all its records and its log, and the names in its records `aliases`
/// (aliases.h).
void put_deletion(storage::Batch& batch, const xmpp::BareJid& jid, Owner owner,
                  const std::vector<storage::Record>& aliases);

/// Reads the keys of one hash out of the records in the keyspace "auth".
[[nodiscard]] std::optional<xmpp::ScramKeys> find_keys(const std::vector<storage::Record>& records,
                                                       xmpp::HashKind hash);

class Homes;
class Server;

/// Runs it on the account's home, in a turn of its own.
void on_home(Server& server, const xmpp::BareJid& jid, std::move_only_function<void(Homes&)> then);
inline constexpr std::string_view kNoAccount = "there is no such account";
/// On the account's home, or another. Error::what where there is no such account: kNoAccount.
void find_record(Homes& homes, const xmpp::BareJid& jid,
                 std::move_only_function<void(Result<AccountRecord>)> then);
/// On the account's home: while `work` has not called what it is given, nobody else that claims it
/// changes which names are the account's; they get an Error. `then` gets the outcome.
void claim_account(Homes& homes, const xmpp::BareJid& jid,
                   std::move_only_function<void(Status)> then,
                   std::move_only_function<void(std::move_only_function<void(Status)> done)> work);

/// An account that `batch` makes once it is committed.
struct NewAccount {
  xmpp::BareJid jid;
  Owner owner;
  storage::Batch batch;
};

/// Changes to accounts while the server runs, from any thread; `then` is called on the account's
/// thread when it is done and durable. Need not outlive its calls. An Error says what was wrong and
/// what to do.
class AccountAdmin {
public:
  using Then = std::move_only_function<void(Status)>;
  explicit AccountAdmin(Server& server) : server_(server) {}

  /// Error::what of create() where the name is taken, or is being taken.
  static constexpr std::string_view kNameTaken = "the name is taken, by an account or by an alias";
  /// And where an invitation keeps it for somebody else.
  static constexpr std::string_view kNameKept = "an invitation keeps the name for somebody";
  void create(xmpp::BareJid jid, std::string password, Then then);
  /// By who has the invitation of this id. `commit` commits the batch together with what belongs to
  /// it, from whatever thread; called on the account's, and calls `done` there.
  using Commit = std::move_only_function<void(Homes&, NewAccount, Then done)>;
  void create(xmpp::BareJid jid, std::string password, std::string invitation, Commit commit,
              Then then);
  /// Signs out all devices but `keep` (a resource of the account, "" for none), and ends their
  /// tokens.
  void set_password(xmpp::BareJid jid, std::string password, std::string keep, Then then);
  /// Disabling ends all sessions.
  void set_disabled(xmpp::BareJid jid, bool disabled, Then then);
  using ThenDevices = std::move_only_function<void(Result<std::vector<Device>>)>;
  /// Those with access, last used first.
  void devices(xmpp::BareJid jid, ThenDevices then);
  /// Error::what of sign_out() where the account has no such device.
  static constexpr std::string_view kNoSuchDevice = "there is no such device";
  /// Ends the sessions, what could be resumed of them, and the token of one device (Device::name;
  /// "": of all), and closes the streams on which it is signing in. `then` gets those that are
  /// signed out, each with what it could still sign in by: Device::password. A session of resource
  /// `last` ends after `then`, so that it can be told.
  void sign_out(xmpp::BareJid jid, std::string device, std::string last, ThenDevices then);
  /// Ends all sessions, erases records and log, and then tells those who had to do with the account
  /// (Binder::farewell). `last`, a resource of it, ends after `then` has been called: whoever asked
  /// for it can be answered.
  void remove(xmpp::BareJid jid, std::string last, Then then);

private:
  Server& server_;
};

/// On the name's home: where it is free, `work` may make something of that name, for who has the
/// invitation `invitation` ("": none); until it has called `done` nobody else can. It is claimed
/// before anything is read: what is read then stays so. `then` gets the outcome; Error::what
/// kNameTaken or kNameKept where it is not free.
void take_free_name(Homes& homes, const xmpp::BareJid& jid, std::string invitation,
                    AccountAdmin::Then then,
                    std::move_only_function<void(AccountAdmin::Then done)> work);

} // namespace rookery::server

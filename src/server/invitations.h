// Invitations while the server runs: made, looked at, used and revoked. Who has one may make an
// account where nobody else may (XEP-0445), and becomes a contact of who invites (XEP-0379).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/accounts.h"
#include "server/invitation.h"
#include "xmpp/jid.h"

namespace rookery::server {

class Account;
class Homes;
class Server;

/// What changes an invitation is done one after the other, on the thread of the account that
/// invites (always the same one, for the operator). Need not outlive its calls.
class Invitations {
public:
  explicit Invitations(Server& server) : server_(server) {}

  struct Made {
    std::string token; // kept nowhere: this is the only time it is seen
    Invitation invitation;
  };
  using ThenMade = std::move_only_function<void(Result<Made>)>;
  /// Any thread; `then` is called on a loop's when it is durable. Error::what where there are `max`
  /// already, or kWaitingMax are being made for the same account: kTooMany. A name that is given is
  /// kept free for it, and has one use.
  void make(Invitation wanted, std::size_t max, ThenMade then);
  static constexpr std::string_view kTooMany =
      "there are too many invitations that nobody has used";
  static constexpr std::size_t kWaitingMax = 16;

  struct Listed {
    std::string id;
    Invitation invitation;
  };
  using ThenListed = std::move_only_function<void(Result<std::vector<Listed>>)>;
  /// Those whose time is not over, of an account or ("") of the operator; while an account is
  /// locked nobody can use its. Any thread; `then` on a loop's. Error::what where there is no such
  /// account: kNoAccount.
  void list(std::string by, ThenListed then);
  /// Any thread; `then` on a loop's when it is durable. An Error: there is none of this id.
  void revoke(std::string by, std::string id, AccountAdmin::Then then);

  using ThenFound = std::move_only_function<void(Result<std::optional<Invitation>>)>;
  /// nullopt: it is unknown, used up or revoked, or who invites is gone or locked. Whether its time
  /// is over is the caller's to look at. On the thread of `here`.
  static void find(Homes& here, const InvitationKey& key, ThenFound then);

  /// Whether an account of this name may be made by who has the invitation `id` ("": none); that
  /// there is no such account is not looked at. On the thread of `here`.
  static void is_free(Homes& here, const xmpp::BareJid& name, std::string id,
                      std::move_only_function<void(Result<bool>)> then);

  /// Error::what of create_account() where the invitation is good for nothing any more.
  static constexpr std::string_view kNotInvited = "the invitation cannot be used any more";
  /// Makes an account, uses the invitation up, and makes who invites and the new account contacts
  /// of each other: all of it in one batch, or none. Its time is not looked at (XEP-0445 §4: that
  /// was done when it was shown). Any thread; `then` is called on the account's.
  void create_account(InvitationKey key, xmpp::BareJid jid, std::string password,
                      AccountAdmin::Then then);

  /// `contact` has asked to see the presence of `account`, which has made the invitation: grants
  /// that, asks for the same, and uses it up. False: it is good for nothing, and nothing was done.
  /// On the account's thread, and so is `then`, when it is durable.
  static void accept(Account& account, xmpp::BareJid contact, InvitationKey key,
                     std::move_only_function<void(bool)> then);

private:
  Server& server_;
};

} // namespace rookery::server

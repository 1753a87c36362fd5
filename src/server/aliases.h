// Names by which one signs in to an account besides its own: a number, say. They are for signing in
// only; a stanza to such an address meets what it meets where nobody has the address. Formats:
// docs/formats/records.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/store.h"
#include "xmpp/jid.h"

namespace rookery::server {

/// Of the account, by the alias' localpart; the values are empty. Beside it, the name is taken by a
/// record among those of accounts, which says whose it is.
inline constexpr storage::Keyspace kAliasRecords{"alias"};

/// Of one account; reached: it gets no more.
inline constexpr std::size_t kAliasesMax = 8;

/// Whose the alias is that has this record under its bare JID in the keyspace "account"; nullopt:
/// it is that of an account.
[[nodiscard]] std::optional<xmpp::BareJid> read_alias(std::string_view record);

/// Takes the names of the account's records in the keyspace "alias" out of the keyspace "account".
void put_alias_deletion(storage::Batch& batch, const xmpp::BareJid& jid,
                        const std::vector<storage::Record>& aliases);

class Server;

/// Changes while the server runs, from any thread; `then` is called on the account's thread when
/// they are durable. Need not outlive its calls. An Error says what was wrong and what to do.
class AliasAdmin {
public:
  using Then = std::move_only_function<void(Status)>;
  explicit AliasAdmin(Server& server) : server_(server) {}

  /// The alias has the domain of its account, and no account or alias has that name.
  void add(xmpp::BareJid jid, xmpp::BareJid alias, Then then);
  void remove(xmpp::BareJid jid, xmpp::BareJid alias, Then then);
  /// Localparts, sorted.
  using ThenNames = std::move_only_function<void(Result<std::vector<std::string>>)>;
  void list(xmpp::BareJid jid, ThenNames then);

private:
  Server& server_;
};

} // namespace rookery::server

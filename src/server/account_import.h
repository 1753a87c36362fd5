// Makes an account out of the parts of a document of the portable format (XEP-0227): whole or not
// at all.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/account_portable.h"
#include "storage/blocking.h"
#include "xmpp/jid.h"

namespace rookery::server {

class Server;

/// Owners of accounts whose import has not been finished: of the node, by owner; the value is the
/// bare JID.
inline constexpr storage::Keyspace kImportRecords{"importing"};

/// Ends what a process that died has left of imports. Before a server runs on the store. Returns
/// the accounts concerned.
[[nodiscard]] Result<std::vector<std::string>> erase_unfinished_imports(storage::Store& store);

/// Everything is written under an owner that nobody knows, which finish() makes the account's in
/// one batch. Waits for the store: used by one thread at a time, none of a loop's.
class AccountImport {
public:
  /// Whether an account of this name can be made: its domain is served, and the name is free.
  [[nodiscard]] static Status check(Server& server, const xmpp::BareJid& jid);
  /// The name is taken from here on. `password`, where the file has it, makes all credentials anew.
  [[nodiscard]] static Result<std::unique_ptr<AccountImport>>
  begin(Server& server, std::span<const ModuleInfo* const> modules, xmpp::BareJid jid,
        std::optional<std::string> password);
  /// Erases what was written, where it is not finished.
  ~AccountImport();

  /// A child of <user/>, as XML in no namespace but its own. One that nobody reads is noted.
  [[nodiscard]] Status part(std::string_view xml);
  struct Archived {
    std::string message;      // XML
    std::string id;           // in the archive it comes from
    std::string stamp;        // of its time; "" where it has none
    bool undelivered = false; // it is an offline message as well
  };
  /// In their order. A time of day that lies before the one of the message before is moved to it,
  /// and noted: ids of entries are times (base/ids.h), and a log has one order.
  [[nodiscard]] Status archived(const Archived& message);
  /// An offline message that is not in the archive: kept until it is delivered. After the archive.
  [[nodiscard]] Status offline(std::string_view message);

  struct Summary {
    std::size_t records = 0, messages = 0, offline = 0;
    std::vector<std::string> notes; // what was not taken, or not as it was
  };
  /// Everything is durable and the account is there, or an Error and it is not.
  [[nodiscard]] Result<Summary> finish();

private:
  AccountImport(Server& server, std::span<const ModuleInfo* const> modules, xmpp::BareJid jid,
                std::optional<std::string> password, Owner owner);
  Status insert(std::string_view xml, EntryId id, std::uint8_t kind, bool undelivered);
  EntryId id_for(std::string_view id, std::optional<WallTime> stamp);
  Status commit_if(std::size_t bytes);
  Status keep_credentials();
  Status keep_mailbox();
  Status keep_records();
  Status publish();
  void keep_aliases();
  void release_name();

  Server& server_;
  storage::BlockingStore store_;
  std::vector<const Portable*> parts_;
  AccountDraft draft_;
  AccountRecord record_;
  std::vector<std::string> aliases_; // as the file has them
  std::optional<std::string> password_;
  storage::Batch batch_; // not committed yet
  EntryId last_ = kBeforeAll;
  std::vector<EntryId> undelivered_; // by id
  std::size_t messages_ = 0;
  bool finished_ = false;
};

} // namespace rookery::server

// An account as a document of the portable format (XEP-0227), a page at a time: however long its
// history is, no more than a page of it is in memory.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/account_portable.h"
#include "storage/blocking.h"
#include "storage/store.h"
#include "xmpp/jid.h"

namespace rookery::server {

/// Waits for the store: not for a loop's thread. Keeps no state from page to page, so a reader that
/// goes away leaves nothing behind.
class AccountExport {
public:
  /// `modules`: all that may have kept something of the account, also those that are switched off.
  AccountExport(storage::Store& store, std::span<const ModuleInfo* const> modules);

  struct Page {
    std::string xml;
    std::string next; // cursor of the page that follows; "" behind the last one
    /// Records of modules that do not say how they are exported: they are not in the document.
    std::vector<std::string> left_out;
  };
  /// The pages put one after the other are the document. `cursor` is "" for the first. What changes
  /// meanwhile may be in it or not.
  [[nodiscard]] Result<Page> page(const xmpp::BareJid& jid, std::string_view cursor);

private:
  struct Place;
  Status step(const xmpp::BareJid& jid, const AccountRecord& record, Place& place, Page& page);
  Status begin(const xmpp::BareJid& jid, const AccountRecord& record, Page& page);
  Status find_left_out(Owner owner, Page& page);
  Status part(const Portable& part, Place& place, std::string& out);
  Status archive(Place& place, std::string& out);
  Status offline(const xmpp::BareJid& jid, Place& place, std::string& out);

  storage::BlockingStore store_;
  std::vector<const ModuleInfo*> modules_;
  std::vector<const Portable*> parts_;
};

} // namespace rookery::server

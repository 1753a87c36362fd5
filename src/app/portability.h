// `rookery user export` and `import` as requests to app/admin.h: the file is with who asks, and its
// content comes and goes in parts.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/result.h"
#include "server/account_export.h"
#include "server/account_import.h"
#include "server/server.h"

namespace rookery::app {

/// One import at a time; what was begun and not ended is erased with this object.
class Portability {
public:
  explicit Portability(server::Server& server);
  ~Portability();

  [[nodiscard]] static bool is_for(std::string_view action);
  ///   user.export {jid, cursor?} → {xml, cursor?, left_out?} without a cursor: it was the last ·
  ///   user.import.check {jid} · user.import.begin {jid, password?} · user.import.part {xml} ·
  ///   user.import.archived {messages: [{message, id, stamp, undelivered?}]} ·
  ///   user.import.offline {message} · user.import.end → {records, messages, offline, notes}
  [[nodiscard]] Result<boost::json::object> carry_out(std::string_view action,
                                                      const boost::json::object& request);

private:
  Result<boost::json::object> export_page(const boost::json::object& request);
  Result<boost::json::object> begin(const boost::json::object& request);
  Result<boost::json::object> step(std::string_view action, const boost::json::object& request);
  Result<boost::json::object> end();

  server::Server& server_;
  std::vector<const server::ModuleInfo*> modules_;
  std::unique_ptr<server::AccountImport> import_;
};

} // namespace rookery::app

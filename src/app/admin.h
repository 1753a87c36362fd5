// What `rookery user ...` and its like ask for, carried out: on a running server through its
// control socket, or in the same process.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "app/portability.h"
#include "base/result.h"
#include "server/server.h"

namespace rookery::app {

/// What one asks for, one request after the other. Used by one thread at a time, none of a loop's:
/// it waits for the outcome.
class AdminSession {
public:
  explicit AdminSession(server::Server& server) : server_(server), portability_(server) {}

  /// A request is an object with "do" and what that needs; the answer is an object.
  ///   user.add, user.passwd {jid, password} · user.disable, user.enable, user.delete {jid} ·
  ///   user.alias.add, user.alias.remove {jid, alias: without or with its domain} · user.alias.list
  ///   {jid} → {aliases: [...]} · user.devices {jid}, user.sign-out {jid, device ("": all)} →
  ///   {devices: [{id, software, device, address, first_used, last_used, connected, password,
  ///   token}]} · user.list → {users:
  ///   [{jid, created, disabled}]} · backup {directory} → {bytes} · status → {threads, sessions,
  ///   ...} · user.export, user.import.*: app/portability.h ·
  ///   user.invite, user.invitations, user.revoke: app/admin_invitations.h
  [[nodiscard]] Result<boost::json::object> carry_out(const boost::json::object& request);
  /// One line each way. `{"error": {what, where, advice}}` where it failed.
  [[nodiscard]] std::string answer_line(std::string_view line);

private:
  server::Server& server_;
  Portability portability_;
};

[[nodiscard]] Result<boost::json::object> read_answer(std::string_view line);

} // namespace rookery::app

// Invitations for app/admin.h: what `rookery user invite`, `invitations` and `revoke` ask for.
#pragma once

#include <string_view>

#include <boost/json/fwd.hpp>

#include "base/result.h"
#include "server/server.h"

namespace rookery::app {

/// Requests: user.invite {name, domain, from ("" each: any, the first one, the operator), uses,
/// days} → {token, uri, link ("": not known), expires} · user.invitations → {invitations: [{id, by,
/// domain, name, uses, expires, account}]} · user.revoke {id}. Used as AdminSession is.
class AdminInvitations {
public:
  explicit AdminInvitations(server::Server& server) : server_(server) {}

  [[nodiscard]] static bool is_for(std::string_view action);
  [[nodiscard]] Result<boost::json::object> carry_out(std::string_view action,
                                                      const boost::json::object& request);

private:
  [[nodiscard]] Result<boost::json::object> invite(const boost::json::object& request);
  [[nodiscard]] Result<boost::json::object> list();
  [[nodiscard]] Result<boost::json::object> revoke(const boost::json::object& request);

  server::Server& server_;
};

} // namespace rookery::app

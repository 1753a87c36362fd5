// What requests to app/admin.h have in common.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "base/result.h"
#include "server/server.h"
#include "xmpp/jid.h"

namespace rookery::app {

[[nodiscard]] Result<std::string> text_of(const boost::json::object& request,
                                          std::string_view name);
/// "" where there is none.
[[nodiscard]] std::string text_or_empty(const boost::json::object& request, std::string_view name);
/// Of an account: "jid".
[[nodiscard]] Result<xmpp::BareJid> jid_of(const server::Server& server,
                                           const boost::json::object& request);

} // namespace rookery::app

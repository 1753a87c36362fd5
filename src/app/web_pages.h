// What the program serves over HTTP itself: /metrics, host-meta (XEP-0156), the XMPP WebSocket (RFC
// 7395) and the front page.
#pragma once

#include "app/config.h"
#include "base/result.h"
#include "net/http_server.h"
#include "server/server.h"

namespace rookery::app {

/// Adds the routes. `server` outlives `http`.
[[nodiscard]] Status add_web_pages(net::HttpServer& http, server::Server& server,
                                   const Config& config);

} // namespace rookery::app

// Routes that can only be read.
#pragma once

#include "net/http_server.h"

namespace rookery::app {

/// `page` for GET and HEAD; everything else is answered with 405.
[[nodiscard]] net::HttpHandler readable(net::HttpHandler page);

} // namespace rookery::app

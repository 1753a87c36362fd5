// Which handler answers which path.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_server.h"

namespace rookery::net {

struct WebSocketRoute {
  WebSocketConfig config;
  OnWebSocket handler;
};

struct HttpRoute {
  HttpHandler handler;
  std::size_t body_bytes_max = 0;
  std::optional<WebSocketRoute> websocket{}; // then there is no handler
};

/// Filled at start, then read by all threads.
class HttpRoutes {
public:
  void add(std::string path, HttpRoute route);
  void add_prefix(std::string prefix, HttpRoute route);
  /// The exact route, else that of the longest prefix, else null.
  [[nodiscard]] const HttpRoute* find(std::string_view path) const;

private:
  std::map<std::string, HttpRoute, std::less<>> exact_;
  std::map<std::string, HttpRoute, std::less<>> prefixes_;
};

} // namespace rookery::net

// HTTP/1.1 server: routes, limits and deadlines; and the way in for WebSockets.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "net/http.h"
#include "net/ip_address.h"
#include "net/transport.h"
#include "runtime/loop.h"

namespace rookery::net {

/// An address block, "10.0.0.0/8" or "::1".
struct IpNetwork {
  IpAddress address;
  unsigned prefix_bits = 128; // counted in the IPv6 form
  [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& other) const;
};

struct HttpServerConfig {
  std::size_t header_bytes_max = 8 * 1024; // request line and headers; more is 431
  /// A request must be there whole within this after its first byte (or after the connection
  /// began), else 408.
  Milliseconds request_deadline{15000};
  /// Between requests.
  Milliseconds idle_deadline{60000};
  /// Whose X-Forwarded-For and X-Forwarded-Proto are believed.
  std::vector<IpNetwork> trusted_proxies{};
  /// Unread by the client; more closes the connection. Bounds the size of a response.
  std::size_t output_bytes_max = 32 * 1024 * 1024;
  /// In all responses, such as Strict-Transport-Security.
  std::vector<std::pair<std::string, std::string>> common_headers{};
};

/// `request` is there during the call only; the responder may be kept.
using HttpHandler = std::function<void(const HttpRequest& request, HttpResponder responder)>;

struct WebSocketConfig {
  std::string subprotocol{};                  // must be offered by the client, e.g. "xmpp"
  std::size_t message_bytes_max = 256 * 1024; // larger ones close with 1009
  std::size_t fragments_max = 256;            // of one message; more close with 1008
  /// Of web pages that may connect, e.g. "https://chat.example.org"; "*" allows every page. Clients
  /// that are not browsers and send no Origin are allowed.
  std::vector<std::string> origins{};
  /// This server's own names. A page that came from the very host and port it connects to is
  /// allowed where that is one of these, "localhost", or an address.
  std::vector<std::string> hosts{};
};

/// The transport is not attached, as with OnConnection.
using OnWebSocket = std::function<void(runtime::Loop& loop, std::unique_ptr<Transport> transport,
                                       const IpAddress& peer)>;

/// Routes are added before the first connection; from then on this is read-only. Handlers run on
/// the loop thread of the connection, several at once on different loops.
class HttpServer {
public:
  [[nodiscard]] static std::unique_ptr<HttpServer>
  create(HttpServerConfig config, const std::vector<runtime::Loop*>& loops, Log& log);
  /// All connections must be closed (close_connections()) or their loops stopped before.
  virtual ~HttpServer() = default;

  /// Exact: `path` alone. Bodies above `body_bytes_max` are refused with 413 before they are read.
  virtual void add_route(std::string path, HttpHandler handler, std::size_t body_bytes_max = 0) = 0;
  /// All paths that begin with `prefix`, which ends with '/'. The longest prefix wins; exact routes
  /// go first.
  virtual void add_prefix_route(std::string prefix, HttpHandler handler,
                                std::size_t body_bytes_max = 0) = 0;
  virtual void add_websocket(std::string path, WebSocketConfig config, OnWebSocket handler) = 0;

  /// Takes a new connection: fits as a Listener's OnConnection. On the thread of `loop`.
  virtual void accept(runtime::Loop& loop, std::unique_ptr<Transport> transport,
                      const IpAddress& peer) = 0;
  /// Ends this loop's connections at once. On the thread of `loop`.
  virtual void close_connections(runtime::Loop& loop) = 0;

protected:
  HttpServer() = default;
};

} // namespace rookery::net

// One HTTP/1.1 connection: requests one after the other, each answered before the next is looked
// at.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "net/http.h"
#include "net/http_parser.h"
#include "net/http_routes.h"
#include "net/transport.h"
#include "runtime/loop.h"

namespace rookery::net {

class HttpConnection;

/// What a connection needs of the server it belongs to.
struct HttpContext {
  HttpServerConfig config;
  HttpRoutes routes;
  Log& log;
};

/// The connections of one loop. On its thread only.
class HttpConnections {
public:
  explicit HttpConnections(const HttpContext& context) : context_(context) {}
  void add(runtime::Loop& loop, std::unique_ptr<Transport> transport, const IpAddress& peer);
  void remove(HttpConnection& connection);
  void clear() { all_.clear(); }

private:
  friend class HttpConnection;
  using All = std::list<std::unique_ptr<HttpConnection>>;
  const HttpContext& context_;
  All all_;
};

class HttpConnection final : private TransportHandler,
                             private runtime::TurnEnd,
                             private runtime::Timer {
public:
  HttpConnection(HttpConnections& owner, runtime::Loop& loop, std::unique_ptr<Transport> transport,
                 const IpAddress& peer);
  ~HttpConnection();

private:
  friend class HttpConnections;
  friend class HttpResponder;

  void on_data(std::string_view data) override;
  void on_closed(CloseReason) override { owner_.remove(*this); }
  void on_turn_end() override;
  void on_timer() override;

  /// Reads on until a request waits for its answer or input is missing. False: this is destroyed.
  [[nodiscard]] bool process(std::string_view input);
  /// The headers are there: is the request welcome? False as above.
  [[nodiscard]] bool on_head(bool input_follows);
  void dispatch();
  [[nodiscard]] bool upgrade(const WebSocketRoute& route, const HttpRequest& request);
  void respond(const HttpResponse& response);
  void refuse(int status);
  void write(const HttpResponse& response);
  void close();

  const HttpContext& context_;
  HttpConnections& owner_;
  HttpConnections::All::iterator self_;
  runtime::Loop& loop_;
  std::unique_ptr<Transport> transport_;
  const IpAddress peer_;
  std::unique_ptr<HttpParser> parser_;     // while a request arrives
  const HttpRoute* route_ = nullptr;       // of that request
  HttpResponder* responder_ = nullptr;     // while a request waits for its answer
  std::unique_ptr<std::string> pipelined_; // what came behind a request that had to wait
  std::size_t queued_at_timer_ = 0;
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool first_ = true; // no request was answered yet
  bool closing_ = false;
};

} // namespace rookery::net

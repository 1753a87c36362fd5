#include "net/http_server.h"

#include <algorithm>

#include "base/assert.h"
#include "net/http_connection.h"

namespace rookery::net {
namespace {

class BeastHttpServer final : public HttpServer {
public:
  BeastHttpServer(HttpServerConfig config, const std::vector<runtime::Loop*>& loops, Log& log)
      : context_{.config = std::move(config), .routes = {}, .log = log} {
    for (runtime::Loop* loop : loops)
      shards_.push_back({loop, std::make_unique<HttpConnections>(context_)});
  }

  void add_route(std::string path, HttpHandler handler, std::size_t body_bytes_max) override {
    context_.routes.add(std::move(path), {std::move(handler), body_bytes_max});
  }
  void add_prefix_route(std::string prefix, HttpHandler handler,
                        std::size_t body_bytes_max) override {
    context_.routes.add_prefix(std::move(prefix), {std::move(handler), body_bytes_max});
  }
  void add_websocket(std::string path, WebSocketConfig config, OnWebSocket handler) override {
    context_.routes.add(
        std::move(path),
        {.handler = {}, .websocket = WebSocketRoute{std::move(config), std::move(handler)}});
  }

  void accept(runtime::Loop& loop, std::unique_ptr<Transport> transport,
              const IpAddress& peer) override {
    connections_of(loop).add(loop, std::move(transport), peer);
  }
  void close_connections(runtime::Loop& loop) override { connections_of(loop).clear(); }

private:
  struct Shard {
    runtime::Loop* loop;
    std::unique_ptr<HttpConnections> connections;
  };
  HttpConnections& connections_of(runtime::Loop& loop) {
    const auto shard = std::ranges::find(shards_, &loop, &Shard::loop);
    ROOKERY_ASSERT(shard != shards_.end() && loop.in_loop_thread());
    return *shard->connections;
  }

  HttpContext context_;
  std::vector<Shard> shards_; // each touched by its loop's thread only
};

} // namespace

std::unique_ptr<HttpServer> HttpServer::create(HttpServerConfig config,
                                               const std::vector<runtime::Loop*>& loops, Log& log) {
  return std::make_unique<BeastHttpServer>(std::move(config), loops, log);
}

} // namespace rookery::net

#include "app/web_pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/metrics.h"
#include "xml/writer.h"

namespace rookery::app {
namespace {

constexpr std::string_view kFrontPage = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Rookery</title><meta name="viewport" content="width=device-width"></head>
<body><h1>Rookery</h1>
<p>This is a chat server. Sign in with any XMPP app: your address looks like <b>name@{}</b>.</p>
<p lang="zh">这是一台聊天服务器。请用任意 XMPP 客户端登录，地址形如 <b>name@{}</b>。</p>
</body></html>
)";

void metrics(server::Server& server, net::HttpResponder responder) {
  runtime::Loop& loop = responder.loop();
  server.collect(
      [&server, &loop, responder = std::move(responder)](server::Server::Totals totals) mutable {
        loop.post([&server, totals, responder = std::move(responder)]() mutable {
          responder.respond(
              {.content_type = "text/plain; version=0.0.4",
               .headers = {},
               .body = write_metrics(totals, server.store().stats(), read_process_numbers())});
        });
      });
}

/// "wss://chat.example.org/xmpp-websocket", as the one who asks can reach it.
std::string websocket_url(const net::HttpRequest& request, const std::string& public_url) {
  std::string base = public_url;
  if (base.empty()) {
    const auto host = request.header("host");
    base = fmt::format("{}://{}", request.secure ? "https" : "http",
                       host ? std::string(*host) : request.host);
  }
  if (base.starts_with("http"))
    base.replace(0, 4, "ws");
  while (base.ends_with('/'))
    base.pop_back();
  return base + "/xmpp-websocket";
}

std::string host_meta_xml(const std::string& url) {
  std::string out = "<?xml version='1.0' encoding='utf-8'?>";
  xml::Writer writer(out, "");
  writer.open("XRD", "http://docs.oasis-open.org/ns/xri/xrd-1.0");
  writer.open("Link")
      .attribute("rel", "urn:xmpp:alt-connections:websocket")
      .attribute("href", url)
      .close_all();
  return out;
}

std::string host_meta_json(const std::string& url) {
  std::string quoted;
  for (const char c : url) {
    if (c == '"' || c == '\\')
      quoted += '\\';
    quoted += c;
  }
  return fmt::format(R"({{"links":[{{"rel":"urn:xmpp:alt-connections:websocket","href":"{}"}}]}})",
                     quoted);
}

/// Pages can be read and nothing else.
net::HttpHandler readable(net::HttpHandler page) {
  return [page = std::move(page)](const net::HttpRequest& request, net::HttpResponder responder) {
    if (request.method == net::HttpMethod::kGet || request.method == net::HttpMethod::kHead)
      return page(request, std::move(responder));
    responder.respond({.status = 405,
                       .content_type = "text/plain",
                       .headers = {{"Allow", "GET, HEAD"}},
                       .body = "this can only be read\n"});
  };
}

} // namespace

Status add_web_pages(net::HttpServer& http, server::Server& server, const Config& config) {
  const Settings& settings = config.section("http");
  std::vector<net::IpNetwork> metrics_from;
  for (const std::string& text : settings.texts("metrics_from")) {
    const auto network = net::IpNetwork::parse(text);
    if (!network)
      return fail("'http.metrics_from' has \"" + text + "\", which is no network", {},
                  "write it like \"10.0.0.0/8\"");
    metrics_from.push_back(*network);
  }
  http.add_route("/metrics", readable([&server, metrics_from](const net::HttpRequest& request,
                                                              net::HttpResponder responder) {
                   if (std::ranges::none_of(metrics_from, [&](const auto& network) {
                         return network.contains(request.peer);
                       }))
                     return responder.respond({.status = 403,
                                               .content_type = "text/plain",
                                               .headers = {},
                                               .body = "not from here; see http.metrics_from\n"});
                   metrics(server, std::move(responder));
                 }));

  const std::string public_url = settings.text("public_url");
  // XEP-0156 §3: readable by web clients of any origin; there is nothing secret in it.
  const std::pair<std::string, std::string> anyone{"Access-Control-Allow-Origin", "*"};
  http.add_route(
      "/.well-known/host-meta",
      readable([public_url, anyone](const net::HttpRequest& request, net::HttpResponder responder) {
        responder.respond({.content_type = "application/xrd+xml",
                           .headers = {anyone},
                           .body = host_meta_xml(websocket_url(request, public_url))});
      }));
  http.add_route(
      "/.well-known/host-meta.json",
      readable([public_url, anyone](const net::HttpRequest& request, net::HttpResponder responder) {
        responder.respond({.content_type = "application/json",
                           .headers = {anyone},
                           .body = host_meta_json(websocket_url(request, public_url))});
      }));

  const std::string domain = server.options().domains.front();
  http.add_route(
      "/", readable([page = fmt::format(kFrontPage, domain, domain)](const net::HttpRequest&,
                                                                     net::HttpResponder responder) {
        responder.respond({.content_type = "text/html; charset=utf-8",
                           .headers = {{"Content-Security-Policy", "default-src 'none'"}},
                           .body = page});
      }));

  net::WebSocketConfig websocket{.subprotocol = "xmpp",
                                 .message_bytes_max = server.options().limits.caps.stanza_bytes_max,
                                 .origins = settings.texts("origins"),
                                 .hosts = server.options().domains};
  http.add_websocket("/xmpp-websocket", std::move(websocket),
                     [&server](runtime::Loop& loop, std::unique_ptr<net::Transport> transport,
                               const net::IpAddress&) {
                       const bool secure = transport->tls().active;
                       for (std::size_t i = 0; i < server.thread_count(); ++i)
                         if (&server.loop(i) == &loop)
                           return server.accept(i, std::move(transport),
                                                {.websocket = true, .secure = secure});
                     });
  return {};
}

} // namespace rookery::app

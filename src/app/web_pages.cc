#include "app/web_pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/metrics.h"
#include "app/readable.h"
#include "app/web_client.h"
#include "app/web_files.h"
#include "xml/writer.h"

namespace rookery::app {
namespace {

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

  http.add_route("/client.json",
                 readable([body = client_json(server.options().domains, ROOKERY_VERSION)](
                              const net::HttpRequest&, net::HttpResponder responder) {
                   responder.respond({.content_type = "application/json",
                                      .headers = {{"Cache-Control", "no-store"}},
                                      .body = body});
                 }));
  add_web_client(http, web_files());

  std::vector<std::string> origins = settings.texts("origins");
  if (!public_url.empty()) // where our own page is
    origins.push_back(public_url.substr(0, public_url.find('/', public_url.find("://") + 3)));
  net::WebSocketConfig websocket{.subprotocol = "xmpp",
                                 .message_bytes_max = server.options().limits.caps.stanza_bytes_max,
                                 .origins = std::move(origins),
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

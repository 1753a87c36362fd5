#include "app/web_client.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/readable.h"
#include "net/http_headers.h"

namespace rookery::app {
namespace {

struct Encoding {
  std::string_view name; // "" for none
  std::string_view body;
};

/// The smallest that the client takes.
Encoding encoding_for(const WebFile& file, const net::HttpRequest& request) {
  if (!file.brotli.empty() && net::accepts_encoding(request, "br"))
    return {"br", file.brotli};
  if (!file.gzip.empty() && net::accepts_encoding(request, "gzip"))
    return {"gzip", file.gzip};
  return {"", file.plain};
}

/// An ETag names one representation (RFC 9110 §8.8.3): each encoding has its own.
std::string tag_of(const WebFile& file, const Encoding& encoding) {
  return fmt::format("\"{}{}{}\"", file.tag, encoding.name.empty() ? "" : "-", encoding.name);
}

bool is_page(const WebFile& file) { return file.content_type.starts_with("text/html"); }

} // namespace

net::HttpResponse answer_with(const WebFile& file, const net::HttpRequest& request) {
  const Encoding encoding = encoding_for(file, request);
  const std::string tag = tag_of(file, encoding);
  net::HttpResponse response{
      .content_type = std::string(file.content_type),
      .headers = {{"ETag", tag},
                  {"Vary", "Accept-Encoding"},
                  {"Cache-Control",
                   file.immutable ? "public, max-age=31536000, immutable" : "no-cache"}},
      .body = {}};
  // On scripts too: a worker goes by the policy it came with.
  response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  if (is_page(file)) {
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.emplace_back("X-Frame-Options", "DENY");
    response.headers.emplace_back(
        "Permissions-Policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()");
  }
  const auto known = request.header("if-none-match");
  if (known && net::has_entity_tag(*known, tag)) {
    response.status = 304;
    response.content_type.clear();
    return response;
  }
  if (!encoding.name.empty())
    response.headers.emplace_back("Content-Encoding", encoding.name);
  response.body = encoding.body;
  return response;
}

void add_web_client(net::HttpServer& http, std::span<const WebFile> files) {
  for (const WebFile& file : files) {
    const net::HttpHandler page =
        readable([&file](const net::HttpRequest& request, net::HttpResponder responder) {
          responder.respond(answer_with(file, request));
        });
    http.add_route(std::string(file.path), page);
    if (file.path == "/index.html")
      http.add_route("/", page);
  }
}

std::string client_json(std::span<const std::string> domains, std::string_view version) {
  boost::json::array names;
  for (const std::string& domain : domains)
    names.emplace_back(domain);
  return boost::json::serialize(
      boost::json::object{{"domains", std::move(names)}, {"version", version}});
}

} // namespace rookery::app

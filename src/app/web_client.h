// Serves the web client: compression that was done when the program was built, caching by name and
// by ETag, and the security headers of its pages.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/web_files.h"
#include "net/http_server.h"

namespace rookery::app {

/// What a page of ours may do: nothing but its own script and style, and connections to where it
/// came from. Message text is never markup, and if it were, it could load and run nothing.
inline constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// One route a file, and "/" for /index.html. `files` and what they point to outlive `http`.
void add_web_client(net::HttpServer& http, std::span<const WebFile> files);

/// The answer to a GET or HEAD for `file` (RFC 9110 §12.5.3, §13.1.2). Pure.
[[nodiscard]] net::HttpResponse answer_with(const WebFile& file, const net::HttpRequest& request);

/// What the page has to know before it connects, as JSON: {"domains": [...], "version": "..."}.
[[nodiscard]] std::string client_json(std::span<const std::string> domains,
                                      std::string_view version);

} // namespace rookery::app

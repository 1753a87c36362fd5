// Reading of HTTP header values: lists, tokens, hosts, origins, forwarded addresses. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http.h"
#include "net/http_server.h"

namespace rookery::net {

[[nodiscard]] std::string ascii_lower(std::string_view text);
/// Whether `token` stands in the comma-separated `list`; case does not matter.
[[nodiscard]] bool list_has(std::string_view list, std::string_view token);
/// The same over all headers called `name`.
[[nodiscard]] bool header_list_has(const HttpRequest& request, std::string_view name,
                                   std::string_view token);
/// Whether Accept-Encoding names `encoding` (in lower case) with a weight above 0 (RFC 9110
/// §12.5.3).
[[nodiscard]] bool accepts_encoding(const HttpRequest& request, std::string_view encoding);
/// Whether the list of If-None-Match has `tag`, quotes included, or is "*" (RFC 9110 §13.1.2).
[[nodiscard]] bool has_entity_tag(std::string_view list, std::string_view tag);
/// "Example.org:5281" → "example.org", "[::1]:80" → "::1".
[[nodiscard]] std::string host_name(std::string_view host_header);

/// Whom `peer` stands for: where it is a trusted proxy, the last address of X-Forwarded-For that is
/// not one itself.
[[nodiscard]] IpAddress forwarded_peer(const HttpRequest& request, const IpAddress& peer,
                                       std::span<const IpNetwork> trusted);
[[nodiscard]] bool is_trusted(const IpAddress& address, std::span<const IpNetwork> trusted);

/// Whether a page of this origin may open a WebSocket; see WebSocketConfig::origins and ::hosts.
[[nodiscard]] bool origin_allowed(const HttpRequest& request, const WebSocketConfig& config);

/// What the client must be told where its request is no good WebSocket handshake for `config`; 101
/// where it is.
[[nodiscard]] HttpResponse answer_websocket(const HttpRequest& request,
                                            const WebSocketConfig& config);

} // namespace rookery::net

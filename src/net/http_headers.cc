#include "net/http_headers.h"

#include <algorithm>
#include <charconv>

#include "net/websocket_frame.h"

namespace rookery::net {
namespace {

constexpr unsigned kMappedBits =
    96; // how far an IPv4 address stands behind the front of its IPv6 form

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// ";q=0", ";q=0.00": the weight of what is not wanted (RFC 9110 §12.4.2).
bool is_refused(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos)
    return false;
  const std::string_view weight = trim(parameter.substr(equals + 1));
  return !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
}

} // namespace

std::string ascii_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool list_has(std::string_view list, std::string_view token) {
  const std::string wanted = ascii_lower(token);
  for (;;) {
    const std::size_t comma = list.find(',');
    if (ascii_lower(trim(list.substr(0, comma))) == wanted)
      return true;
    if (comma == std::string_view::npos)
      return false;
    list.remove_prefix(comma + 1);
  }
}

bool header_list_has(const HttpRequest& request, std::string_view name, std::string_view token) {
  return std::ranges::any_of(request.headers, [&](const auto& header) {
    return header.first == name && list_has(header.second, token);
  });
}

bool accepts_encoding(const HttpRequest& request, std::string_view encoding) {
  for (const auto& [name, list] : request.headers) {
    if (name != "accept-encoding")
      continue;
    for (std::string_view rest = list; !rest.empty();) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view item = rest.substr(0, comma);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      const std::size_t parameter = std::min(item.find(';'), item.size());
      if (ascii_lower(trim(item.substr(0, parameter))) == encoding)
        return !is_refused(trim(item.substr(parameter)));
    }
  }
  return false;
}

bool has_entity_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view item = trim(list.substr(0, comma));
    if (item.starts_with("W/"))
      item.remove_prefix(2);
    if (item == tag || item == "*")
      return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::string host_name(std::string_view host_header) {
  if (host_header.starts_with('[')) {
    return ascii_lower(host_header.substr(1, host_header.find(']') - 1));
  }
  return ascii_lower(host_header.substr(0, host_header.find(':')));
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address)
    return std::nullopt;
  const unsigned before = address->is_v4() ? kMappedBits : 0;
  unsigned bits = 128 - before;
  if (slash != std::string_view::npos) {
    const std::string_view number = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bits);
    if (error != std::errc() || end != number.data() + number.size() || bits > 128 - before)
      return std::nullopt;
  }
  return IpNetwork{*address, before + bits};
}

bool IpNetwork::contains(const IpAddress& other) const {
  for (unsigned bit = 0; bit < prefix_bits; bit += 8) {
    const unsigned shift = prefix_bits - bit >= 8 ? 0 : 8 - (prefix_bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xffu << shift);
    if (((address.bytes()[bit / 8] ^ other.bytes()[bit / 8]) & mask) != 0)
      return false;
  }
  return true;
}

bool is_trusted(const IpAddress& address, std::span<const IpNetwork> trusted) {
  return std::ranges::any_of(trusted,
                             [&](const IpNetwork& network) { return network.contains(address); });
}

IpAddress forwarded_peer(const HttpRequest& request, const IpAddress& peer,
                         std::span<const IpNetwork> trusted) {
  IpAddress result = peer;
  // From the end: each proxy appended the one it spoke with; what an untrusted one claims is worth
  // nothing.
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    if (header->first != "x-forwarded-for")
      continue;
    std::string_view list = header->second;
    for (;;) {
      if (!is_trusted(result, trusted))
        return result;
      const std::size_t comma = list.rfind(',');
      const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
      const auto address = IpAddress::parse(trim(list.substr(begin)));
      if (!address)
        return result;
      result = *address;
      if (comma == std::string_view::npos)
        break;
      list = list.substr(0, comma);
    }
  }
  return result;
}

bool origin_allowed(const HttpRequest& request, const WebSocketConfig& config) {
  const auto origin = request.header("origin");
  if (!origin)
    return true;
  const std::string page = ascii_lower(*origin);
  const auto listed = [&](const std::string& allowed) {
    return allowed == "*" || ascii_lower(allowed) == page;
  };
  if (std::ranges::any_of(config.origins, listed))
    return true;
  const std::size_t authority = page.find("://");
  const std::string host = ascii_lower(request.header("host").value_or(""));
  if (authority == std::string::npos || host.empty() || page.substr(authority + 3) != host)
    return false;
  // A stranger's name may be pointed at this server's address (DNS rebinding), an address cannot.
  const std::string name = host_name(host);
  return name == "localhost" || IpAddress::parse(name).has_value() ||
         std::ranges::any_of(config.hosts,
                             [&](const std::string& ours) { return ascii_lower(ours) == name; });
}

HttpResponse answer_websocket(const HttpRequest& request, const WebSocketConfig& config) {
  const auto refusal = [](int status, std::string why) {
    return HttpResponse{
        .status = status, .content_type = "text/plain", .headers = {}, .body = why + "\n"};
  };
  if (request.method != HttpMethod::kGet || !header_list_has(request, "upgrade", "websocket") ||
      !header_list_has(request, "connection", "upgrade")) {
    HttpResponse response = refusal(426, "This address is for WebSocket clients.");
    response.headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}};
    return response;
  }
  if (request.header("sec-websocket-version") != "13") {
    HttpResponse response = refusal(426, "Only WebSocket version 13 is spoken here.");
    response.headers = {{"Sec-WebSocket-Version", "13"}};
    return response;
  }
  if (!origin_allowed(request, config))
    return refusal(403, "This page may not connect here.");
  const auto accept = websocket_accept_key(request.header("sec-websocket-key").value_or(""));
  if (!accept)
    return refusal(400, "Sec-WebSocket-Key is missing or bad.");
  if (!header_list_has(request, "sec-websocket-protocol", config.subprotocol))
    return refusal(400, "The subprotocol \"" + config.subprotocol + "\" must be offered.");
  return {.status = 101,
          .content_type = {},
          .headers = {{"Upgrade", "websocket"},
                      {"Connection", "Upgrade"},
                      {"Sec-WebSocket-Accept", *accept},
                      {"Sec-WebSocket-Protocol", config.subprotocol}},
          .body = {}};
}

} // namespace rookery::net

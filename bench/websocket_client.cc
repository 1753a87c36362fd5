#include "bench/websocket_client.h"

#include <array>

#include <fmt/format.h>

#include "net/websocket_frame.h"

namespace rookery::bench {
namespace {

constexpr char kMasked = static_cast<char>(0x80);
constexpr unsigned kLast = 0x80;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes)
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

WebSocketFrame::Kind kind_of(unsigned first) {
  using enum WebSocketFrame::Kind;
  const auto opcode = static_cast<net::WebSocketOpcode>(first & 0x0fU);
  if (opcode == net::WebSocketOpcode::kClose)
    return kClose;
  return opcode == net::WebSocketOpcode::kText && (first & kLast) != 0 ? kMessage : kOther;
}

} // namespace

std::string websocket_request(std::string_view host) {
  return fmt::format("GET /xmpp-websocket HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n",
                     host);
}

void append_websocket_message(std::string& out, std::string_view text) {
  std::array<char, 10> space;
  const std::size_t at = out.size();
  out += net::websocket_header(space, net::WebSocketOpcode::kText, text.size());
  out[at + 1] = static_cast<char>(out[at + 1] | kMasked);
  out.append(4, '\0');
  out += text;
}

std::optional<WebSocketFrame> take_websocket_frame(std::string_view& input) {
  if (input.size() < 2)
    return std::nullopt;
  std::uint64_t size = static_cast<unsigned char>(input[1]) & 0x7fU;
  std::size_t header = 2;
  if (size >= 126) {
    const std::size_t width = size == 126 ? 2 : 8;
    if (input.size() < header + width)
      return std::nullopt;
    size = big_endian(input.substr(header, width));
    header += width;
  }
  if (input.size() - header < size)
    return std::nullopt;
  const WebSocketFrame frame{.kind = kind_of(static_cast<unsigned char>(input[0])),
                             .payload = input.substr(header, size)};
  input.remove_prefix(header + size);
  return frame;
}

} // namespace rookery::bench

// The client's side of WebSocket framing, for tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/websocket_frame.h"

namespace rookery::net {

/// A masked frame.
inline std::string client_frame(WebSocketOpcode opcode, std::string_view payload,
                                bool last = true) {
  std::array<char, 10> space;
  std::string frame(websocket_header(space, opcode, payload.size()));
  if (!last)
    frame[0] = static_cast<char>(frame[0] & 0x7f);
  frame[1] = static_cast<char>(frame[1] | 0x80);
  constexpr std::string_view kMask = "\x37\xfa\x21\x3d";
  frame += kMask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ kMask[i % 4]);
  return frame;
}

struct ServerFrame {
  WebSocketOpcode opcode;
  std::string payload;
};

/// Takes the first whole frame off the front of `bytes`.
inline std::optional<ServerFrame> take_server_frame(std::string& bytes) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  if (bytes.size() < 2)
    return std::nullopt;
  std::size_t size = byte(1);
  std::size_t header = 2;
  if (size >= 126) {
    const std::size_t size_bytes = size == 126 ? 2 : 8;
    header += size_bytes;
    if (bytes.size() < header)
      return std::nullopt;
    size = 0;
    for (std::size_t i = 2; i < header; ++i)
      size = size << 8 | byte(i);
  }
  if (bytes.size() < header + size)
    return std::nullopt;
  ServerFrame frame{static_cast<WebSocketOpcode>(byte(0) & 0x0f), bytes.substr(header, size)};
  bytes.erase(0, header + size);
  return frame;
}

} // namespace rookery::net

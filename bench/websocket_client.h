// The client's side of WebSocket (RFC 6455): what it costs a generator as little as it can.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rookery::bench {

/// The request that opens one for XMPP (RFC 7395).
[[nodiscard]] std::string websocket_request(std::string_view host);

/// Appends a frame with a text message. The mask is zero: masking exists against proxies that take
/// a message for a request, and there are none here. The server unmasks all the same.
void append_websocket_message(std::string& out, std::string_view text);

/// Takes apart what a server sends.
struct WebSocketFrame {
  enum class Kind : std::uint8_t { kMessage, kClose, kOther };
  Kind kind = Kind::kOther;
  std::string_view payload;
};
/// The first frame, which is taken off the front of `input`; nullopt where it is not all there.
/// Fragments of messages count as kOther: no server under test sends them.
[[nodiscard]] std::optional<WebSocketFrame> take_websocket_frame(std::string_view& input);

} // namespace rookery::bench

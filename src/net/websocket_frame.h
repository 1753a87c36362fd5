// WebSocket frames (RFC 6455 section 5) as values: what a server reads and writes. No socket, no
// allocation for whole frames.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rookery::net {

enum class WebSocketOpcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

/// RFC 6455 section 7.4.1, those that this server sends.
enum class WebSocketCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupported = 1003, // binary: this server speaks text
  kBadData = 1007,
  kPolicy = 1008,
  kTooBig = 1009,
};

struct WebSocketLimits {
  std::size_t message_bytes_max = 0;
  /// Frames of one message; a million empty fragments cost more than their bytes.
  std::size_t fragments_max = 0;
};

/// Reads what clients send: masked frames, text only. Holds nothing between messages but a frame
/// header's first bytes.
class WebSocketDecoder {
public:
  enum class Event : std::uint8_t {
    kNeedMore, // all input is consumed
    kMessage,  // `payload` is a whole text message; whether it is UTF-8 is for the reader of the
               // text to find
    kPing,     // `payload` is to be sent back as a pong
    kPong,
    kClose, // `payload` as sent, `code` what to answer with: the peer's own, or 1002 where it is
            // none
    kViolation, // `code` says which; nothing further can be read
  };
  struct Step {
    Event event = Event::kNeedMore;
    std::size_t consumed = 0;
    WebSocketCode code = WebSocketCode::kNormal;
    /// Into the input, or into `storage`.
    std::string_view payload{};
    std::unique_ptr<std::string> storage{};
  };

  explicit WebSocketDecoder(const WebSocketLimits& limits) : limits_(limits) {}

  /// Consumes the front of `input`, which it unmasks in place, up to the next event.
  [[nodiscard]] Step next(std::span<char> input);
  [[nodiscard]] std::size_t memory_bytes() const;

private:
  static constexpr std::size_t kHeaderBytesMax = 14;
  struct Frame {
    WebSocketOpcode opcode = WebSocketOpcode::kText;
    bool last = false;
    std::array<char, 4> mask{};
    std::uint64_t left = 0;
    unsigned mask_at = 0;
  };

  /// Nullopt: not all there. Otherwise how many bytes it has.
  [[nodiscard]] std::optional<std::size_t> read_header();
  [[nodiscard]] std::optional<WebSocketCode> objection() const;
  [[nodiscard]] bool is_control() const { return static_cast<unsigned>(frame_.opcode) >= 0x8; }
  void unmask(std::span<char> bytes);
  [[nodiscard]] Step finish_frame(std::size_t consumed, std::string_view whole);

  WebSocketLimits limits_;
  Frame frame_;
  std::array<char, kHeaderBytesMax> header_{};
  std::uint8_t header_count_ = 0;
  bool in_payload_ = false;
  bool in_message_ = false; // a fragment has come and the last has not
  bool malformed_ = false;  // of the header just read
  std::size_t fragments_ = 0;
  std::unique_ptr<std::string> message_; // of an unfinished message
  std::unique_ptr<std::string> control_; // of an unfinished control frame
};

/// The header of an unmasked, unfragmented frame as servers send; written into `space`.
[[nodiscard]] std::string_view websocket_header(std::array<char, 10>& space, WebSocketOpcode opcode,
                                                std::uint64_t payload_bytes);

/// RFC 6455 section 4.2.2, of a Sec-WebSocket-Key; nullopt where that is not 16 bytes in base64.
[[nodiscard]] std::optional<std::string> websocket_accept_key(std::string_view key);

} // namespace rookery::net

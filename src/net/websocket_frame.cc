#include "net/websocket_frame.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

#include "base/encoding.h"

namespace rookery::net {
namespace {

constexpr unsigned kFinBit = 0x80;
constexpr unsigned kReservedBits = 0x70;
constexpr unsigned kOpcodeBits = 0x0f;
constexpr unsigned kMaskBit = 0x80;
constexpr unsigned kSizeBits = 0x7f;
constexpr unsigned kSize16 = 126;
constexpr unsigned kSize64 = 127;
constexpr std::uint64_t kControlBytesMax = 125;

std::uint64_t big_endian(const char* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

bool known(unsigned opcode) { return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA); }

/// RFC 6455 section 7.4: codes that may stand in a frame.
bool may_be_sent(std::uint64_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

WebSocketCode answer_to_close(std::string_view payload) {
  if (payload.empty())
    return WebSocketCode::kNormal;
  if (payload.size() < 2)
    return WebSocketCode::kProtocolError;
  const std::uint64_t code = big_endian(payload.data(), 2);
  return may_be_sent(code) ? static_cast<WebSocketCode>(code) : WebSocketCode::kProtocolError;
}

} // namespace

std::optional<std::size_t> WebSocketDecoder::read_header() {
  if (header_count_ < 2)
    return std::nullopt;
  const auto first = static_cast<unsigned char>(header_[0]);
  const auto second = static_cast<unsigned char>(header_[1]);
  const unsigned short_size = second & kSizeBits;
  malformed_ =
      (first & kReservedBits) != 0 || !known(first & kOpcodeBits) || (second & kMaskBit) == 0;
  if (malformed_)
    return 2;
  const std::size_t size_bytes = short_size == kSize16 ? 2 : short_size == kSize64 ? 8 : 0;
  const std::size_t total = 2 + size_bytes + 4;
  if (header_count_ < total)
    return std::nullopt;
  frame_.opcode = static_cast<WebSocketOpcode>(first & kOpcodeBits);
  frame_.last = (first & kFinBit) != 0;
  frame_.left = size_bytes == 0 ? short_size : big_endian(header_.data() + 2, size_bytes);
  std::memcpy(frame_.mask.data(), header_.data() + 2 + size_bytes, 4);
  frame_.mask_at = 0;
  // Section 5.2: the shortest form, and no top bit.
  malformed_ = (short_size == kSize16 && frame_.left < kSize16) ||
               (short_size == kSize64 && (frame_.left <= 0xffff || frame_.left >> 63 != 0));
  return total;
}

std::optional<WebSocketCode> WebSocketDecoder::objection() const {
  if (malformed_)
    return WebSocketCode::kProtocolError;
  if (is_control()) {
    if (!frame_.last || frame_.left > kControlBytesMax)
      return WebSocketCode::kProtocolError;
    return std::nullopt;
  }
  if ((frame_.opcode == WebSocketOpcode::kContinuation) != in_message_)
    return WebSocketCode::kProtocolError;
  if (frame_.opcode == WebSocketOpcode::kBinary)
    return WebSocketCode::kUnsupported;
  if (fragments_ >= limits_.fragments_max)
    return WebSocketCode::kPolicy;
  const std::size_t before = message_ != nullptr ? message_->size() : 0;
  if (frame_.left > limits_.message_bytes_max - before)
    return WebSocketCode::kTooBig;
  return std::nullopt;
}

void WebSocketDecoder::unmask(std::span<char> bytes) {
  std::size_t i = 0;
  // Eight at a time, with the mask turned to where the frame stands.
  char wide_mask[8];
  for (unsigned k = 0; k < 8; ++k)
    wide_mask[k] = frame_.mask[(frame_.mask_at + k) % 4];
  std::uint64_t mask;
  std::memcpy(&mask, wide_mask, 8);
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    word ^= mask;
    std::memcpy(bytes.data() + i, &word, 8);
  }
  for (; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(bytes[i] ^ wide_mask[i % 4]);
  frame_.mask_at = static_cast<unsigned>((frame_.mask_at + bytes.size()) % 4);
}

WebSocketDecoder::Step WebSocketDecoder::next(std::span<char> input) {
  std::size_t consumed = 0;
  if (!in_payload_) {
    const std::size_t copied = std::min(input.size(), kHeaderBytesMax - header_count_);
    std::memcpy(header_.data() + header_count_, input.data(), copied);
    const std::size_t before = header_count_;
    header_count_ = static_cast<std::uint8_t>(before + copied);
    const auto header_bytes = read_header();
    if (!header_bytes)
      return {.consumed = copied};
    consumed = *header_bytes - before;
    header_count_ = 0;
    if (const auto code = objection())
      return {.event = Event::kViolation, .consumed = consumed, .code = *code};
    in_payload_ = true;
  }
  const std::span<char> rest = input.subspan(consumed);
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(frame_.left, rest.size()));
  const std::span<char> part = rest.first(size);
  unmask(part);
  consumed += size;
  frame_.left -= size;
  std::unique_ptr<std::string>& store = is_control() ? control_ : message_;
  const bool at_once = frame_.left == 0 && store == nullptr && frame_.last;
  if (!at_once) {
    if (store == nullptr)
      store = std::make_unique<std::string>();
    store->append(part.data(), part.size());
  }
  if (frame_.left != 0)
    return {.consumed = consumed};
  in_payload_ = false;
  return finish_frame(consumed, at_once ? std::string_view(part.data(), size) : std::string_view());
}

WebSocketDecoder::Step WebSocketDecoder::finish_frame(std::size_t consumed,
                                                      std::string_view whole) {
  Step step{.consumed = consumed, .payload = whole};
  if (!is_control()) {
    in_message_ = !frame_.last;
    fragments_ = frame_.last ? 0 : fragments_ + 1;
    if (in_message_)
      return step;
  }
  step.storage = std::move(is_control() ? control_ : message_);
  if (step.storage != nullptr)
    step.payload = *step.storage;
  switch (frame_.opcode) {
  case WebSocketOpcode::kPing:
    step.event = Event::kPing;
    break;
  case WebSocketOpcode::kPong:
    step.event = Event::kPong;
    break;
  case WebSocketOpcode::kClose:
    step.event = Event::kClose;
    step.code = answer_to_close(step.payload);
    break;
  default:
    step.event = Event::kMessage;
  }
  return step;
}

std::size_t WebSocketDecoder::memory_bytes() const {
  return (message_ != nullptr ? message_->capacity() : 0) +
         (control_ != nullptr ? control_->capacity() : 0);
}

std::string_view websocket_header(std::array<char, 10>& space, WebSocketOpcode opcode,
                                  std::uint64_t payload_bytes) {
  space[0] = static_cast<char>(kFinBit | static_cast<unsigned>(opcode));
  std::size_t size_bytes = 0;
  if (payload_bytes < kSize16) {
    space[1] = static_cast<char>(payload_bytes);
  } else {
    size_bytes = payload_bytes <= 0xffff ? 2 : 8;
    space[1] = static_cast<char>(size_bytes == 2 ? kSize16 : kSize64);
  }
  for (std::size_t i = 0; i < size_bytes; ++i)
    space[2 + i] = static_cast<char>(payload_bytes >> (8 * (size_bytes - 1 - i)) & 0xff);
  return {space.data(), 2 + size_bytes};
}

std::optional<std::string> websocket_accept_key(std::string_view key) {
  const auto decoded = base64_decode(key);
  if (!decoded || decoded->size() != 16)
    return std::nullopt;
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::string digest(SHA_DIGEST_LENGTH, '\0');
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(digest.data()));
  return base64_encode(digest);
}

} // namespace rookery::net

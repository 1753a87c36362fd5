// Whatever bytes come and however they are cut: the same messages, the same end, no read beyond the
// input.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "net/websocket_frame.h"

namespace {

using rookery::net::WebSocketDecoder;

std::string decode(std::string bytes, std::size_t piece) {
  WebSocketDecoder decoder({.message_bytes_max = 1000, .fragments_max = 8});
  std::string log;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    // A copy of its own, so that the sanitizer sees a step beyond the piece.
    std::string part = bytes.substr(at, piece);
    std::span<char> rest(part);
    while (!rest.empty()) {
      const auto step = decoder.next(rest);
      ROOKERY_ASSERT(step.consumed <= rest.size());
      rest = rest.subspan(step.consumed);
      if (step.event == WebSocketDecoder::Event::kNeedMore)
        continue;
      log += std::to_string(static_cast<int>(step.event)) + ":" +
             std::to_string(static_cast<int>(step.code)) + ":" + std::string(step.payload) + ";";
      if (step.event == WebSocketDecoder::Event::kViolation)
        return log;
      ROOKERY_ASSERT(step.payload.size() <= 1000);
    }
  }
  return log;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = decode(bytes, size);
  ROOKERY_ASSERT(whole == decode(bytes, 1));
  ROOKERY_ASSERT(whole == decode(bytes, 1 + data[0] % 16));
  return 0;
}

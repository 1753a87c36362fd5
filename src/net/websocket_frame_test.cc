#include "net/websocket_frame.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "net/websocket_test_support.h"

namespace rookery::net {
namespace {

using Event = WebSocketDecoder::Event;

constexpr WebSocketLimits kLimits{.message_bytes_max = 100'000, .fragments_max = 16};

struct Outcome {
  std::vector<std::pair<Event, std::string>> events; // without kNeedMore
  WebSocketCode code = WebSocketCode::kNormal;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Feeds `bytes` cut into pieces of `piece` bytes.
Outcome decode(std::string bytes, std::size_t piece = ~std::size_t{0}) {
  WebSocketDecoder decoder(kLimits);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size();) {
    std::span<char> rest(bytes.data() + at, std::min(piece, bytes.size() - at));
    at += rest.size();
    while (!rest.empty()) {
      const auto step = decoder.next(rest);
      rest = rest.subspan(step.consumed);
      if (step.event == Event::kNeedMore)
        continue;
      outcome.events.emplace_back(step.event, step.payload);
      outcome.code = step.code;
      if (step.event == Event::kViolation)
        return outcome;
    }
  }
  EXPECT_EQ(decoder.memory_bytes(), 0u) << "nothing is held between messages";
  return outcome;
}

WebSocketCode violation(const std::string& bytes) {
  const Outcome outcome = decode(bytes);
  EXPECT_FALSE(outcome.events.empty());
  EXPECT_EQ(outcome.events.back().first, Event::kViolation);
  EXPECT_EQ(decode(bytes, 1), outcome) << "cut at every byte it is the same";
  return outcome.code;
}

TEST(WebSocketDecoder, ReadsMessagesOfEachSizeForm) {
  for (const std::size_t size : {0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536, 100'000}) {
    std::string text(size, 't');
    for (std::size_t i = 0; i < size; ++i)
      text[i] = static_cast<char>('a' + i % 26);
    const Outcome outcome = decode(client_frame(WebSocketOpcode::kText, text));
    ASSERT_EQ(outcome.events.size(), 1u) << size;
    EXPECT_EQ(outcome.events[0], std::pair(Event::kMessage, text));
  }
}

TEST(WebSocketDecoder, PutsFragmentsTogetherWithControlFramesBetween) {
  const std::string bytes = client_frame(WebSocketOpcode::kText, "Hel", false) +
                            client_frame(WebSocketOpcode::kPing, "?") +
                            client_frame(WebSocketOpcode::kContinuation, "lo ", false) +
                            client_frame(WebSocketOpcode::kContinuation, "world") +
                            client_frame(WebSocketOpcode::kPong, "") +
                            client_frame(WebSocketOpcode::kText, "next");
  const Outcome expected{.events = {{Event::kPing, "?"},
                                    {Event::kMessage, "Hello world"},
                                    {Event::kPong, ""},
                                    {Event::kMessage, "next"}}};
  for (std::size_t piece = 1; piece < bytes.size(); ++piece)
    ASSERT_EQ(decode(bytes, piece), expected) << piece;
}

TEST(WebSocketDecoder, AnswersCloseWithItsCodeWhereItIsOne) {
  EXPECT_EQ(decode(client_frame(WebSocketOpcode::kClose, "")).code, WebSocketCode::kNormal);
  EXPECT_EQ(decode(client_frame(WebSocketOpcode::kClose, "\x03\xe9going")).code,
            WebSocketCode::kGoingAway);
  for (const std::string_view bad : {"\x03", "\x03\xed", "\x03\xee", "\x13\x88"})
    EXPECT_EQ(decode(client_frame(WebSocketOpcode::kClose, bad)).code,
              WebSocketCode::kProtocolError);
}

TEST(WebSocketDecoder, Case27ProtocolViolationsHaveTheirCodes) {
  std::string unmasked = client_frame(WebSocketOpcode::kText, "x");
  unmasked[1] = static_cast<char>(unmasked[1] & 0x7f);
  EXPECT_EQ(violation(unmasked), WebSocketCode::kProtocolError);
  for (const int bits : {0x40, 0x20, 0x10, 0x03, 0x0b}) { // reserved bits and opcodes
    std::string odd = client_frame(WebSocketOpcode::kText, "x");
    odd[0] = static_cast<char>((bits < 0x10 ? 0x80 : 0x81) | bits);
    EXPECT_EQ(violation(odd), WebSocketCode::kProtocolError) << bits;
  }
  EXPECT_EQ(violation(client_frame(WebSocketOpcode::kPing, std::string(126, 'p'))),
            WebSocketCode::kProtocolError);
  EXPECT_EQ(violation(client_frame(WebSocketOpcode::kPing, "p", false)),
            WebSocketCode::kProtocolError);
  EXPECT_EQ(violation(client_frame(WebSocketOpcode::kContinuation, "x")),
            WebSocketCode::kProtocolError);
  EXPECT_EQ(violation(client_frame(WebSocketOpcode::kText, "x", false) +
                      client_frame(WebSocketOpcode::kText, "y")),
            WebSocketCode::kProtocolError);
  EXPECT_EQ(violation(client_frame(WebSocketOpcode::kBinary, "x")), WebSocketCode::kUnsupported);
  EXPECT_EQ(violation(std::string("\x81\xfe\x00\x05mask", 8)), WebSocketCode::kProtocolError)
      << "a size not in its shortest form";
  EXPECT_EQ(violation(std::string("\x81\xff\x80\0\0\0\0\0\0\0mask", 14)),
            WebSocketCode::kProtocolError);
}

TEST(WebSocketDecoder, Case27SizesAreRefusedFromTheHeaderAlone) {
  // Not a byte of the payload is there.
  EXPECT_EQ(violation(std::string("\x81\xff\0\0\0\0\x7f\xff\xff\xff\0\0\0\0", 14)),
            WebSocketCode::kTooBig);
  EXPECT_EQ(violation(std::string("\x81\xff\0\0\0\0\0\x01\x86\xa1\0\0\0\0", 14)),
            WebSocketCode::kTooBig);
  const std::string half = client_frame(WebSocketOpcode::kText, std::string(60'000, 'h'), false);
  EXPECT_EQ(
      violation(half + client_frame(WebSocketOpcode::kContinuation, std::string(40'001, 'h'))),
      WebSocketCode::kTooBig);
}

TEST(WebSocketDecoder, Case27EndlessFragmentsAreRefused) {
  std::string bytes = client_frame(WebSocketOpcode::kText, "", false);
  for (std::size_t i = 0; i < 1'000'000; ++i)
    bytes += client_frame(WebSocketOpcode::kContinuation, "", false);
  const Outcome outcome = decode(bytes);
  EXPECT_EQ(outcome.events.back().first, Event::kViolation);
  EXPECT_EQ(outcome.code, WebSocketCode::kPolicy);
}

TEST(WebSocketDecoder, RandomBytesNeverReadBeyondTheirEnd) {
  SeededRandom random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random.u64() % 64, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    if (!bytes.empty())
      bytes[0] = static_cast<char>(bytes[0] & 0x8f);
    if (bytes.size() > 1)
      bytes[1] = static_cast<char>(bytes[1] | 0x80);
    WebSocketDecoder decoder(kLimits);
    std::span<char> rest(bytes);
    while (!rest.empty()) {
      const auto step = decoder.next(rest);
      ASSERT_LE(step.consumed, rest.size());
      ASSERT_TRUE(step.consumed > 0 || step.event == Event::kViolation);
      if (step.event == Event::kViolation)
        break;
      rest = rest.subspan(step.consumed);
    }
  }
}

TEST(WebSocketHeader, IsUnmaskedInTheShortestForm) {
  std::array<char, 10> space;
  EXPECT_EQ(websocket_header(space, WebSocketOpcode::kText, 5), std::string_view("\x81\x05", 2));
  EXPECT_EQ(websocket_header(space, WebSocketOpcode::kPong, 125), std::string_view("\x8a\x7d", 2));
  EXPECT_EQ(websocket_header(space, WebSocketOpcode::kText, 126),
            std::string_view("\x81\x7e\0\x7e", 4));
  EXPECT_EQ(websocket_header(space, WebSocketOpcode::kText, 65536),
            std::string_view("\x81\x7f\0\0\0\0\0\x01\0\0", 10));
}

TEST(WebSocketAcceptKey, IsThatOfTheRfc) { // section 1.3
  EXPECT_EQ(websocket_accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  for (const char* bad : {"", "x", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZQ"})
    EXPECT_EQ(websocket_accept_key(bad), std::nullopt) << bad;
}

} // namespace
} // namespace rookery::net

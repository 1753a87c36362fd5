#include "bench/websocket_client.h"

#include <gtest/gtest.h>

#include "net/websocket_frame.h"

namespace rookery::bench {
namespace {

// The server's own decoder is the other end.
TEST(WebSocketClientTest, WhatItSendsIsReadByTheServer) {
  for (const std::size_t size : {0U, 5U, 125U, 126U, 65'535U, 65'536U}) {
    std::string bytes;
    const std::string text(size, 'x');
    append_websocket_message(bytes, text);
    net::WebSocketDecoder decoder({.message_bytes_max = 100'000, .fragments_max = 1});
    const auto step = decoder.next(bytes);
    EXPECT_EQ(step.event, net::WebSocketDecoder::Event::kMessage) << size;
    EXPECT_EQ(step.payload, text);
    EXPECT_EQ(step.consumed, bytes.size());
  }
}

TEST(WebSocketClientTest, WhatTheServerSendsIsReadWhereverItIsCut) {
  std::array<char, 10> space;
  std::string bytes(net::websocket_header(space, net::WebSocketOpcode::kText, 300));
  bytes += std::string(300, 'y');
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    std::string_view part = std::string_view(bytes).substr(0, cut);
    EXPECT_FALSE(take_websocket_frame(part).has_value()) << cut;
  }
  bytes += net::websocket_header(space, net::WebSocketOpcode::kClose, 0);
  std::string_view all = bytes;
  const auto message = take_websocket_frame(all);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->kind, WebSocketFrame::Kind::kMessage);
  EXPECT_EQ(message->payload, std::string(300, 'y'));
  EXPECT_EQ(take_websocket_frame(all)->kind, WebSocketFrame::Kind::kClose);
  EXPECT_TRUE(all.empty());
}

} // namespace
} // namespace rookery::bench

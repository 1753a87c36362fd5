#include "net/websocket_transport.h"

#include <gtest/gtest.h>

#include "net/http_server.h"
#include "net/tcp_transport.h"
#include "net/test_support.h"
#include "net/websocket_test_support.h"

namespace rookery::net {
namespace {

using namespace std::chrono_literals;

constexpr const char* kHandshake =
    "GET /xmpp-websocket HTTP/1.1\r\nHost: localhost:5280\r\nUpgrade: websocket\r\n"
    "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A client, through HttpServer, and what the server's side makes of it.
class WebSocketTransportTest : public ::testing::Test {
protected:
  WebSocketTransportTest() : server_(HttpServer::create({.trusted_proxies = {}}, {&loop_}, log_)) {
    server_->add_websocket(
        "/xmpp-websocket", {.subprotocol = "xmpp", .message_bytes_max = 1000, .fragments_max = 10},
        [this](runtime::Loop& loop, std::unique_ptr<Transport> transport, const IpAddress& peer) {
          EXPECT_EQ(peer.text(), "127.0.0.1");
          transport_ = std::move(transport);
          transport_->attach(loop, handler_);
        });
  }
  ~WebSocketTransportTest() override { server_->close_connections(loop_); }

  void connect() {
    SocketPair pair = tcp_pair();
    client_ = std::move(pair.theirs);
    const IpAddress peer = *IpAddress::parse("127.0.0.1");
    server_->accept(
        loop_,
        std::make_unique<TcpTransport>(std::move(pair.ours), TcpTransport::Options{.peer = peer}),
        peer);
  }
  bool until(const std::function<bool()>& done) { return turn_until(loop_, done); }
  std::string handshake(const std::string& request) {
    connect();
    EXPECT_TRUE(send_now(client_.get(), request));
    std::string answer;
    EXPECT_TRUE(until([&] {
      answer += receive_now(client_.get()).data;
      return answer.find("\r\n\r\n") != std::string::npos;
    }));
    return answer;
  }
  void open() {
    const std::string answer =
        handshake(std::string(kHandshake) + "Sec-WebSocket-Protocol: xmpp\r\n\r\n");
    ASSERT_TRUE(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << answer;
    EXPECT_NE(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
              std::string::npos);
    EXPECT_NE(answer.find("Sec-WebSocket-Protocol: xmpp\r\n"), std::string::npos);
    EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
    EXPECT_EQ(answer.find("permessage-deflate"), std::string::npos);
    ASSERT_NE(transport_, nullptr);
  }
  void send(WebSocketOpcode opcode, std::string_view payload, bool last = true) {
    ASSERT_TRUE(send_now(client_.get(), client_frame(opcode, payload, last)));
  }
  ServerFrame next_frame() {
    std::optional<ServerFrame> frame;
    EXPECT_TRUE(until([&] {
      incoming_ += receive_now(client_.get()).data;
      frame = take_server_frame(incoming_);
      return frame.has_value();
    }));
    return frame.value_or(ServerFrame{WebSocketOpcode::kContinuation, ""});
  }
  void expect_close(WebSocketCode code) {
    const ServerFrame frame = next_frame();
    EXPECT_EQ(frame.opcode, WebSocketOpcode::kClose);
    ASSERT_GE(frame.payload.size(), 2u);
    EXPECT_EQ(static_cast<unsigned char>(frame.payload[0]) * 256 +
                  static_cast<unsigned char>(frame.payload[1]),
              static_cast<int>(code));
    EXPECT_TRUE(until([&] { return receive_now(client_.get()).ended; }));
    client_.reset();
    EXPECT_TRUE(until([&] { return handler_.closed.has_value(); }));
  }

  SystemClock clock_;
  NullLog log_;
  runtime::Loop loop_{clock_};
  RecordingHandler handler_;
  runtime::Descriptor client_;
  std::string incoming_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(WebSocketTransportTest, CarriesMessagesBothWays) {
  open();
  EXPECT_TRUE(transport_->is_message_based());
  EXPECT_TRUE(transport_->is_loopback());
  EXPECT_FALSE(transport_->can_start_tls());
  send(WebSocketOpcode::kText, "<open/>");
  ASSERT_TRUE(until([&] { return handler_.data == "<open/>"; }));
  transport_->send("<a/>");
  transport_->send(std::string(500, 'b'));
  EXPECT_EQ(next_frame().payload, "<a/>");
  const ServerFrame second = next_frame();
  EXPECT_EQ(second.opcode, WebSocketOpcode::kText);
  EXPECT_EQ(second.payload, std::string(500, 'b'));
  send(WebSocketOpcode::kText, "<mess", false);
  send(WebSocketOpcode::kPing, "are you there");
  send(WebSocketOpcode::kContinuation, "age/>");
  ASSERT_TRUE(until([&] { return handler_.last == "<message/>"; }));
  const ServerFrame pong = next_frame();
  EXPECT_EQ(pong.opcode, WebSocketOpcode::kPong);
  EXPECT_EQ(pong.payload, "are you there");
}

TEST_F(WebSocketTransportTest, IdleItIsSmall) {
  open();
  send(WebSocketOpcode::kText, "x");
  ASSERT_TRUE(until([&] { return handler_.data == "x"; }));
  EXPECT_LE(transport_->memory_bytes(), 450u);
  RecordProperty("bytes_per_idle_websocket", static_cast<int>(transport_->memory_bytes()));
}

TEST_F(WebSocketTransportTest, Case27BadHandshakesAreRefused) {
  const std::string good(kHandshake);
  EXPECT_TRUE(handshake(good + "\r\n").starts_with("HTTP/1.1 400")) << "no subprotocol";
  EXPECT_TRUE(handshake(good + "Sec-WebSocket-Protocol: chat\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(
      handshake(good + "Sec-WebSocket-Protocol: xmpp\r\nOrigin: https://evil.example\r\n\r\n")
          .starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(handshake("GET /xmpp-websocket HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .starts_with("HTTP/1.1 426"));
  EXPECT_TRUE(handshake("GET /xmpp-websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n")
                  .starts_with("HTTP/1.1 426"));
  EXPECT_TRUE(
      handshake(
          "GET /xmpp-websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n")
          .starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(handshake(good + "Sec-WebSocket-Protocol: xmpp\r\n\r\n" +
                        client_frame(WebSocketOpcode::kText, "too early"))
                  .starts_with("HTTP/1.1 400"));
  EXPECT_EQ(transport_, nullptr);
  EXPECT_TRUE(
      handshake(good +
                "Sec-WebSocket-Protocol: other, xmpp\r\nOrigin: http://localhost:5280\r\n\r\n")
          .starts_with("HTTP/1.1 101"));
}

TEST_F(WebSocketTransportTest, Case27ViolationsAreToldByCloseCode) {
  const std::pair<std::string, WebSocketCode> cases[] = {
      {client_frame(WebSocketOpcode::kBinary, "x"), WebSocketCode::kUnsupported},
      {client_frame(WebSocketOpcode::kText, std::string(1001, 'x')), WebSocketCode::kTooBig},
      {client_frame(WebSocketOpcode::kPing, std::string(126, 'x')), WebSocketCode::kProtocolError},
      {std::string("\x81\x01x", 3), WebSocketCode::kProtocolError}, // unmasked
  };
  for (const auto& [bytes, code] : cases) {
    handler_ = RecordingHandler();
    open();
    ASSERT_TRUE(send_now(client_.get(), bytes));
    expect_close(code);
    EXPECT_EQ(handler_.closed, CloseReason::kError);
    EXPECT_EQ(handler_.pieces, 0);
  }
}

TEST_F(WebSocketTransportTest, EitherSideMayClose) {
  open();
  send(WebSocketOpcode::kClose, "\x03\xe9");
  expect_close(WebSocketCode::kGoingAway);
  EXPECT_EQ(handler_.closed, CloseReason::kPeer);
  handler_ = RecordingHandler();
  open();
  transport_->send("<close/>");
  transport_->close();
  transport_->close();
  transport_->send("too late");
  EXPECT_EQ(next_frame().payload, "<close/>");
  expect_close(WebSocketCode::kNormal);
  EXPECT_EQ(handler_.closed, CloseReason::kLocal);
}

TEST_F(WebSocketTransportTest, Case32TheOutputLimitHolds) {
  open();
  transport_->set_output_limit(100 * 1000);
  for (std::size_t sent = 0; !handler_.closed && sent < (64u << 20); sent += 10 * 1000) {
    transport_->send(std::string(10 * 1000, 'x'));
    loop_.turn(0ms);
  }
  EXPECT_EQ(handler_.closed, CloseReason::kOutputLimit);
}

TEST_F(WebSocketTransportTest, MessagesBehindADetachAreReadAfterAttach) {
  open();
  handler_.then = [&](std::string_view) { transport_->detach(); };
  ASSERT_TRUE(
      send_now(client_.get(), client_frame(WebSocketOpcode::kText, "one") +
                                  client_frame(WebSocketOpcode::kText, "two") +
                                  client_frame(WebSocketOpcode::kText, "three").substr(0, 8)));
  ASSERT_TRUE(until([&] { return handler_.pieces == 1; }));
  ASSERT_TRUE(send_now(client_.get(), client_frame(WebSocketOpcode::kText, "three").substr(8)));
  runtime::Loop other(clock_);
  RecordingHandler other_handler;
  transport_->attach(other, other_handler);
  ASSERT_TRUE(turn_until(other, [&] { return other_handler.data == "twothree"; }));
  EXPECT_EQ(handler_.data, "one");
  transport_.reset();
}

TEST_F(WebSocketTransportTest, WithReadingOffMessagesOfOnePieceWait) {
  open();
  handler_.then = [&](std::string_view) { transport_->set_reading(false); };
  std::string bytes;
  for (const char* message : {"1", "2", "3", "4"})
    bytes += client_frame(WebSocketOpcode::kText, message);
  ASSERT_TRUE(send_now(client_.get(), bytes));
  ASSERT_TRUE(until([&] { return handler_.pieces == 1; }));
  ASSERT_TRUE(send_now(client_.get(), client_frame(WebSocketOpcode::kText, "5")));
  for (int pieces = 1; pieces < 5; ++pieces) {
    loop_.turn(0ms);
    loop_.turn(0ms);
    EXPECT_EQ(handler_.pieces, pieces);
    transport_->set_reading(true);
    ASSERT_TRUE(until([&] { return handler_.pieces == pieces + 1; }));
  }
  EXPECT_EQ(handler_.data, "12345");
}

TEST_F(WebSocketTransportTest, MayBeDestroyedInACallback) {
  open();
  handler_.then = [&](std::string_view) { transport_.reset(); };
  ASSERT_TRUE(send_now(client_.get(), client_frame(WebSocketOpcode::kText, "one") +
                                          client_frame(WebSocketOpcode::kText, "two")));
  ASSERT_TRUE(until([&] { return transport_ == nullptr; }));
  EXPECT_EQ(handler_.pieces, 1);
}

} // namespace
} // namespace rookery::net

#include "net/tcp_transport.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "net/test_support.h"
#include "runtime/loop_thread.h"

namespace rookery::net {
namespace {

using namespace std::chrono_literals;

class TcpTransportTest : public ::testing::Test {
protected:
  void make() {
    SocketPair pair = tcp_pair();
    peer_ = std::move(pair.theirs);
    transport_ = std::make_unique<TcpTransport>(
        std::move(pair.ours), TcpTransport::Options{.peer = *IpAddress::parse("127.0.0.1")});
    transport_->attach(loop_, handler_);
  }
  bool until(const std::function<bool()>& done) { return turn_until(loop_, done); }

  SystemClock clock_;
  runtime::Loop loop_{clock_};
  RecordingHandler handler_;
  runtime::Descriptor peer_;
  std::unique_ptr<TcpTransport> transport_;
};

TEST_F(TcpTransportTest, CarriesBytesBothWays) {
  make();
  ASSERT_TRUE(send_now(peer_.get(), "hello"));
  ASSERT_TRUE(until([&] { return handler_.data == "hello"; }));
  transport_->send("wor");
  transport_->send("ld");
  EXPECT_EQ(receive_now(peer_.get()).data, "") << "not before the turn ends";
  EXPECT_EQ(transport_->queued_bytes(), 5u);
  loop_.turn(0ms);
  EXPECT_EQ(receive_now(peer_.get()).data, "world");
  EXPECT_EQ(transport_->queued_bytes(), 0u);
  EXPECT_TRUE(transport_->is_loopback());
  EXPECT_EQ(transport_->peer_address(), "127.0.0.1");
  EXPECT_FALSE(transport_->tls().active);
  EXPECT_FALSE(transport_->can_start_tls());
  EXPECT_EQ(transport_->channel_binding("tls-exporter"), std::nullopt);
}

TEST_F(TcpTransportTest, WhatIsHeldBackGoesOutInOrderOrWithTheEnd) {
  make();
  transport_->hold_output(true);
  transport_->send("a");
  loop_.turn(0ms);
  transport_->send("b");
  loop_.turn(0ms);
  EXPECT_EQ(receive_now(peer_.get()).data, "");
  transport_->hold_output(false);
  loop_.turn(0ms);
  EXPECT_EQ(receive_now(peer_.get()).data, "ab");
  transport_->hold_output(true);
  transport_->send("c");
  transport_->close();
  loop_.turn(0ms);
  EXPECT_EQ(receive_now(peer_.get()).data, "c");
}

TEST_F(TcpTransportTest, IdleItHoldsNoBuffer) {
  make();
  const std::size_t idle = transport_->memory_bytes();
  EXPECT_EQ(idle, sizeof(TcpTransport));
  transport_->send("x");
  EXPECT_GT(transport_->memory_bytes(), idle);
  loop_.turn(0ms);
  EXPECT_EQ(transport_->memory_bytes(), idle);
}

TEST_F(TcpTransportTest, TellsThePeersEndAfterItsLastWords) {
  make();
  ASSERT_TRUE(send_now(peer_.get(), "last words"));
  handler_.then = [&](std::string_view) { transport_->send("answer"); };
  ASSERT_EQ(::shutdown(peer_.get(), SHUT_WR), 0);
  ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
  EXPECT_EQ(handler_.closed, CloseReason::kPeer);
  EXPECT_EQ(handler_.data, "last words");
  const Received received = receive_now(peer_.get());
  EXPECT_EQ(received.data, "answer");
  EXPECT_TRUE(received.ended);
}

TEST_F(TcpTransportTest, AResetIsAnError) {
  make();
  const linger hard{.l_onoff = 1, .l_linger = 0};
  ASSERT_EQ(::setsockopt(peer_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
  peer_.reset();
  ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
  EXPECT_EQ(handler_.closed, CloseReason::kError);
}

TEST_F(TcpTransportTest, CloseWritesAllFirstAndNeverResets) {
  make();
  const std::string much(3 * 1000 * 1000, 'x');
  transport_->set_output_limit(much.size());
  transport_->send(much);
  transport_->close();
  transport_->close();
  transport_->send("ignored");
  ASSERT_TRUE(send_now(peer_.get(), "input that nobody reads any more"));
  Received all;
  ASSERT_TRUE(until([&] {
    Received some = receive_now(peer_.get());
    all.data += some.data;
    all.ended = all.ended || some.ended;
    all.reset = all.reset || some.reset;
    return all.ended || all.reset;
  }));
  EXPECT_EQ(all.data.size(), much.size());
  EXPECT_FALSE(all.reset);
  EXPECT_FALSE(handler_.closed.has_value()) << "waits for the peer's end";
  peer_.reset();
  ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
  EXPECT_EQ(handler_.closed, CloseReason::kLocal);
  EXPECT_EQ(handler_.data, "");
}

TEST(TcpTransport, CloseHasADeadline) {
  ManualClock clock;
  runtime::Loop loop(clock);
  RecordingHandler handler;
  SocketPair pair = tcp_pair();
  TcpTransport transport(std::move(pair.ours), {});
  transport.attach(loop, handler);
  transport.send("bye");
  transport.close();
  loop.turn(0ms);
  clock.advance(TcpTransport::kCloseDeadline - 1ms);
  loop.turn(0ms);
  EXPECT_FALSE(handler.closed.has_value());
  clock.advance(1ms);
  loop.turn(0ms);
  EXPECT_EQ(handler.closed, CloseReason::kLocal);
  EXPECT_EQ(receive_now(pair.theirs.get()).data, "bye");
}

TEST_F(TcpTransportTest, AbortDropsWhatIsQueuedAndTellsAtTheTurnsEnd) {
  make();
  transport_->send("never seen");
  transport_->abort();
  EXPECT_FALSE(handler_.closed.has_value()) << "not from inside the call";
  transport_->abort();
  loop_.turn(0ms);
  EXPECT_EQ(handler_.closed, CloseReason::kLocal);
  EXPECT_EQ(receive_now(peer_.get()).data, "");
}

TEST_F(TcpTransportTest, MayBeDestroyedInAnyCallback) {
  make();
  handler_.then = [&](std::string_view) { transport_.reset(); };
  ASSERT_TRUE(send_now(peer_.get(), "x"));
  ASSERT_TRUE(until([&] { return transport_ == nullptr; }));
  loop_.turn(0ms);
  EXPECT_FALSE(handler_.closed.has_value());
  make();
  handler_.then = nullptr;
  handler_.at_close = [&] { transport_.reset(); };
  peer_.reset();
  ASSERT_TRUE(until([&] { return transport_ == nullptr; }));
}

TEST_F(TcpTransportTest, Case32AReaderThatStopsReadingIsClosedAtItsLimit) {
  make();
  transport_->set_output_limit(256 * 1024);
  const std::string piece(10 * 1000, 'y');
  std::size_t sent = 0;
  while (!handler_.closed.has_value() && sent < (64u << 20)) {
    transport_->send(piece);
    sent += piece.size();
    EXPECT_LE(transport_->queued_bytes(), 256u * 1024);
    EXPECT_LE(transport_->memory_bytes(), 3 * 256u * 1024);
    loop_.turn(0ms);
  }
  EXPECT_EQ(handler_.closed, CloseReason::kOutputLimit);
  EXPECT_EQ(transport_->queued_bytes(), 0u);
}

TEST_F(TcpTransportTest, ALargeTurnForAPeerThatReadsIsNoReasonToClose) {
  make();
  transport_->set_output_limit(100 * 1000);
  std::string expected;
  for (int i = 0; i < 30; ++i) { // 300 kB in one turn fit into an empty socket
    transport_->send(std::string(10 * 1000, static_cast<char>('a' + i % 26)));
    expected += std::string(10 * 1000, static_cast<char>('a' + i % 26));
  }
  std::string got;
  ASSERT_TRUE(until([&] {
    got += receive_now(peer_.get()).data;
    return got.size() >= expected.size();
  }));
  EXPECT_EQ(got, expected);
  EXPECT_FALSE(handler_.closed.has_value());
}

TEST_F(TcpTransportTest, WithReadingOffThePeerIsSlowedAndNothingIsLost) {
  make();
  transport_->set_reading(false);
  std::size_t sent = 0;
  const std::string piece(64 * 1024, 'z');
  for (;;) {
    const auto some = ::send(peer_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (some <= 0)
      break;
    sent += static_cast<std::size_t>(some);
    loop_.turn(0ms);
  }
  EXPECT_EQ(handler_.data.size(), 0u);
  ASSERT_EQ(::shutdown(peer_.get(), SHUT_WR), 0);
  loop_.turn(0ms);
  EXPECT_FALSE(handler_.closed.has_value());
  transport_->set_reading(true);
  ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
  EXPECT_EQ(handler_.data.size(), sent);
  EXPECT_EQ(handler_.closed, CloseReason::kPeer);
}

TEST_F(TcpTransportTest, OneFloodLeavesOthersTheirTurn) {
  make();
  SocketPair other = tcp_pair();
  RecordingHandler other_handler;
  TcpTransport other_transport(std::move(other.ours), {});
  other_transport.attach(loop_, other_handler);
  loop_.turn(0ms);
  handler_.then = [&](std::string_view) { // as much again arrives with each read
    const std::string more(128 * 1024, 'f');
    (void)::send(peer_.get(), more.data(), more.size(), MSG_DONTWAIT);
  };
  ASSERT_TRUE(send_now(peer_.get(), std::string(128 * 1024, 'f')));
  ASSERT_TRUE(send_now(other.theirs.get(), "me too"));
  loop_.turn(1s);
  loop_.turn(0ms);
  EXPECT_EQ(other_handler.data, "me too");
  EXPECT_LE(handler_.data.size(), 2 * TcpTransport::kReadsPerTurnMax * TcpTransport::kReadBytesMax);
  const std::size_t before = handler_.data.size();
  loop_.turn(1h);
  EXPECT_GT(handler_.data.size(), before);
}

TEST_F(TcpTransportTest, OutputQueuedWhileDetachedGoesOutAfterAttach) {
  make();
  transport_->send("one ");
  transport_->detach();
  transport_->send("two");
  ASSERT_TRUE(send_now(peer_.get(), "meanwhile"));
  loop_.turn(0ms);
  EXPECT_EQ(handler_.data, "");
  runtime::Loop other(clock_);
  RecordingHandler other_handler;
  transport_->attach(other, other_handler);
  ASSERT_TRUE(turn_until(other, [&] { return other_handler.data == "meanwhile"; }));
  EXPECT_EQ(receive_now(peer_.get()).data, "one two");
  transport_.reset();
}

TEST_F(TcpTransportTest, AnEndWhileDetachedIsToldAfterAttach) {
  make();
  transport_->detach();
  transport_->abort();
  loop_.turn(0ms);
  EXPECT_FALSE(handler_.closed.has_value());
  transport_->attach(loop_, handler_);
  ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
}

/// Hops to the other loop with every tenth piece of input, under traffic; all bytes must arrive in
/// order.
struct Hopper final : TransportHandler {
  void on_data(std::string_view piece) override {
    ASSERT_TRUE(transport->loop().in_loop_thread());
    total += piece.size();
    for (const char byte : piece)
      ASSERT_EQ(byte, static_cast<char>('a' + next++ % 26));
    transport->send("k");
    runtime::Loop& to = *loops[++hops % 2];
    transport->detach();
    to.post([this, &to] { transport->attach(to, *this); });
  }
  void on_closed(CloseReason reason) override {
    transport.reset();
    closed.set_value(reason);
  }
  std::unique_ptr<Transport> transport;
  runtime::Loop* loops[2];
  std::size_t total = 0;
  std::size_t next = 0;
  std::size_t hops = 0;
  std::promise<CloseReason> closed;
};

TEST(TcpTransport, MovesBetweenThreadsUnderTraffic) {
  SystemClock clock;
  runtime::LoopThread a(clock);
  runtime::LoopThread b(clock);
  SocketPair pair = tcp_pair();
  Hopper hopper;
  hopper.loops[0] = &a.loop();
  hopper.loops[1] = &b.loop();
  hopper.transport = std::make_unique<TcpTransport>(std::move(pair.ours), TcpTransport::Options{});
  a.loop().post([&] { hopper.transport->attach(a.loop(), hopper); });
  constexpr std::size_t kBytes = 2 * 1000 * 1000;
  ASSERT_EQ(::fcntl(pair.theirs.get(), F_SETFL, 0), 0); // blocking: the kernel paces this thread
  std::string piece;
  for (std::size_t sent = 0; sent < kBytes; sent += piece.size()) {
    piece.clear();
    for (std::size_t i = 0; i < 1000; ++i)
      piece += static_cast<char>('a' + (sent + i) % 26);
    ASSERT_EQ(::send(pair.theirs.get(), piece.data(), piece.size(), 0), 1000);
    std::string acks(1000, '\0');
    (void)::recv(pair.theirs.get(), acks.data(), acks.size(), MSG_DONTWAIT);
  }
  ASSERT_EQ(::shutdown(pair.theirs.get(), SHUT_WR), 0);
  EXPECT_EQ(hopper.closed.get_future().get(), CloseReason::kPeer);
  EXPECT_EQ(hopper.total, kBytes);
  EXPECT_GE(hopper.hops, kBytes / TcpTransport::kReadBytesMax);
  a.stop();
  b.stop();
}

} // namespace
} // namespace rookery::net

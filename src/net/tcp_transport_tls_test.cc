// TcpTransport with TLS: STARTTLS, bytes, ends, moves and memory.
#include <gtest/gtest.h>
#include <malloc.h>

#include <future>

#include "net/tls_test_support.h"
#include "runtime/loop_thread.h"

namespace rookery::net {
namespace {

using namespace std::chrono_literals;

class TcpTransportTlsTest : public ::testing::Test {
protected:
  TcpTransportTlsTest() {
    auto made = TlsContext::create({make_files(folder_, "one", {"example.org"})}, clock_, random_);
    EXPECT_TRUE(made);
    context_ = std::move(*made);
  }
  void make(bool direct) {
    SocketPair pair = tcp_pair();
    socket_ = std::move(pair.theirs);
    transport_ = std::make_unique<TcpTransport>(
        std::move(pair.ours), TcpTransport::Options{.tls = context_.get(), .direct_tls = direct});
    transport_->attach(loop_, handler_);
    client_ = std::make_unique<TlsClient>(socket_.get());
    if (direct) {
      ASSERT_TRUE(client_->handshake(loop_)) << client_->failure;
    }
  }
  bool until(const std::function<bool()>& done) { return turn_until(loop_, done); }

  TemporaryFolder folder_;
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<TlsContext> context_;
  runtime::Loop loop_{clock_};
  RecordingHandler handler_;
  runtime::Descriptor socket_;
  std::unique_ptr<TcpTransport> transport_;
  std::unique_ptr<TlsClient> client_;
};

TEST_F(TcpTransportTlsTest, StartTlsUpgradesAConnection) {
  make(false);
  EXPECT_TRUE(transport_->can_start_tls());
  handler_.then = [&](std::string_view piece) {
    if (piece != "<starttls/>")
      return;
    transport_->send("<proceed/>");
    transport_->start_tls();
    transport_->send("held back until it is secure");
  };
  ASSERT_TRUE(send_now(socket_.get(), "<starttls/>"));
  std::string clear;
  ASSERT_TRUE(until([&] { return !(clear += receive_now(socket_.get()).data).empty(); }));
  for (int i = 0; i < 3; ++i) // case 22: nothing of the server's follows in clear
    loop_.turn(0ms);
  clear += receive_now(socket_.get()).data;
  EXPECT_EQ(clear, "<proceed/>");
  EXPECT_FALSE(transport_->can_start_tls());
  ASSERT_TRUE(client_->handshake(loop_)) << client_->failure;
  ASSERT_TRUE(client_->write("secret"));
  ASSERT_TRUE(until([&] { return handler_.data == "<starttls/>secret"; }));
  EXPECT_EQ(handler_.secured, 1);
  ASSERT_TRUE(until([&] { return client_->pump() && !client_->received.empty(); }));
  EXPECT_EQ(client_->received, "held back until it is secure");
  const TlsInfo info = transport_->tls();
  EXPECT_TRUE(info.active);
  EXPECT_EQ(info.version, "TLSv1.3");
  EXPECT_FALSE(info.resumed);
}

TEST_F(TcpTransportTlsTest, Case22WhatFollowsStartTlsInClearIsNeverProcessed) {
  for (const bool in_one_segment : {true, false}) {
    handler_ = RecordingHandler();
    make(false);
    handler_.then = [&](std::string_view piece) {
      if (!piece.starts_with("<starttls/>"))
        return;
      // The stream above drops what is behind the request in this piece; what comes later is the
      // transport's matter.
      if (!in_one_segment) {
        ASSERT_TRUE(send_now(socket_.get(), "<injected/>"));
      }
      transport_->send("<proceed/>");
      transport_->start_tls();
    };
    ASSERT_TRUE(send_now(socket_.get(), in_one_segment ? "<starttls/><injected/>" : "<starttls/>"));
    if (in_one_segment) {
      ASSERT_TRUE(until([&] { return !receive_now(socket_.get()).data.empty(); }));
      ASSERT_TRUE(client_->handshake(loop_));
      ASSERT_TRUE(client_->write("after"));
      ASSERT_TRUE(until([&] { return handler_.last == "after"; }));
      EXPECT_EQ(handler_.pieces, 2);
    } else {
      ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
      EXPECT_EQ(handler_.closed, CloseReason::kError);
      EXPECT_EQ(handler_.data, "<starttls/>");
      EXPECT_EQ(handler_.secured, 0);
    }
  }
}

TEST_F(TcpTransportTlsTest, CarriesMuchBothWays) {
  make(true);
  std::string much;
  for (int i = 0; i < 400 * 1000; ++i)
    much += std::to_string(i % 10);
  std::size_t written = 0;
  transport_->send(much);
  ASSERT_TRUE(until([&] {
    if (written < much.size() && client_->write(std::string_view(much).substr(written, 10000)))
      written += 10000;
    return client_->pump() && client_->received.size() == much.size() &&
           handler_.data.size() == much.size();
  }));
  EXPECT_EQ(client_->received, much);
  EXPECT_EQ(handler_.data, much);
  EXPECT_EQ(transport_->queued_bytes(), 0u);
}

TEST_F(TcpTransportTlsTest, OutputPastAFullSocketGoesOutWhenThePeerReads) {
  make(true);
  transport_->set_output_limit(64 << 20);
  std::string expected;
  while (transport_->queued_bytes() < 512 * 1024) {
    const std::string piece(50 * 1000, static_cast<char>('a' + expected.size() / 50000 % 26));
    expected += piece;
    transport_->send(piece);
    loop_.turn(0ms);
  }
  ASSERT_TRUE(
      until([&] { return client_->pump() && client_->received.size() == expected.size(); }));
  EXPECT_EQ(client_->received, expected);
}

TEST_F(TcpTransportTlsTest, Case32TheOutputLimitHoldsForTlsToo) {
  make(true);
  transport_->set_output_limit(100 * 1000);
  for (std::size_t sent = 0; !handler_.closed && sent < (64u << 20); sent += 10 * 1000) {
    transport_->send(std::string(10 * 1000, 'x'));
    loop_.turn(0ms);
  }
  EXPECT_EQ(handler_.closed, CloseReason::kOutputLimit);
}

TEST_F(TcpTransportTlsTest, ClosesWithCloseNotifyAfterTheLastWords) {
  make(true);
  ASSERT_TRUE(until([&] { return transport_->tls().active; }));
  transport_->send("last words");
  transport_->close();
  ASSERT_TRUE(until([&] { return !client_->pump(); }));
  EXPECT_EQ(client_->received, "last words");
  EXPECT_TRUE(client_->closed);
  socket_.reset();
  ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
  EXPECT_EQ(handler_.closed, CloseReason::kLocal);
}

TEST_F(TcpTransportTlsTest, TellsCloseNotifyFromACutConnection) {
  make(true);
  ASSERT_EQ(SSL_shutdown(client_->ssl()), 0);
  ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
  EXPECT_EQ(handler_.closed, CloseReason::kPeer);
  handler_ = RecordingHandler();
  make(true);
  ASSERT_TRUE(until([&] { return transport_->tls().active; }));
  ASSERT_EQ(::shutdown(socket_.get(), SHUT_WR), 0);
  ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
  EXPECT_EQ(handler_.closed, CloseReason::kError);
}

TEST_F(TcpTransportTlsTest, InputThatWaitsInsideOpensslIsNotForgotten) {
  make(true);
  handler_.then = [&](std::string_view) { transport_->set_reading(false); };
  // More records than one round of reads takes.
  std::size_t sent = 0;
  while (sent < 300 * 1000 && client_->write(std::string(10 * 1000, 'r')))
    sent += 10 * 1000;
  ASSERT_TRUE(until([&] { return handler_.pieces == 1; }));
  while (handler_.data.size() < sent) {
    const int before = handler_.pieces;
    transport_->set_reading(true);
    ASSERT_TRUE(until([&] { return handler_.pieces > before; }));
  }
  EXPECT_EQ(handler_.data.size(), sent);
}

TEST_F(TcpTransportTlsTest, MovesBetweenLoopsWithItsTls) {
  make(true);
  ASSERT_TRUE(until([&] { return transport_->tls().active; }));
  ASSERT_TRUE(client_->write("before"));
  handler_.then = [&](std::string_view) { transport_->detach(); };
  ASSERT_TRUE(until([&] { return handler_.data == "before"; }));
  ASSERT_TRUE(client_->write("meanwhile"));
  runtime::LoopThread other(clock_);
  RecordingHandler other_handler;
  std::promise<void> got;
  other_handler.then = [&](std::string_view) {
    transport_->send("answer");
    got.set_value();
  };
  other.loop().post([&] { transport_->attach(other.loop(), other_handler); });
  got.get_future().wait();
  EXPECT_EQ(other_handler.data, "meanwhile");
  ASSERT_TRUE(until([&] { return client_->pump() && client_->received == "answer"; }));
  other.stop();
  transport_.reset(); // before its loop
}

TEST_F(TcpTransportTlsTest, GarbageInsteadOfTlsIsRefused) {
  SocketPair pair = tcp_pair();
  TcpTransport transport(std::move(pair.ours), {.tls = context_.get(), .direct_tls = true});
  transport.attach(loop_, handler_);
  loop_.turn(0ms);
  EXPECT_EQ(transport.memory_bytes(), sizeof transport) << "case 7: no SSL object before a byte";
  ASSERT_TRUE(send_now(pair.theirs.get(), "GET / HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(until([&] { return handler_.closed.has_value(); }));
  EXPECT_EQ(handler_.closed, CloseReason::kError);
}

TEST_F(TcpTransportTlsTest, MemoryOfAnIdleTlsConnection) {
  constexpr std::size_t kCount = 50;
  std::vector<std::unique_ptr<TcpTransport>> servers;
  std::vector<SocketPair> pairs;
  std::vector<std::unique_ptr<TlsClient>> clients;
  make(true); // whatever OpenSSL makes once
  for (std::size_t i = 0; i < kCount; ++i) {
    pairs.push_back(tcp_pair());
    clients.push_back(std::make_unique<TlsClient>(pairs[i].theirs.get()));
    ASSERT_FALSE(clients[i]->step());
  }
  // Only what the servers' side keeps is counted: the clients are halted while it works, and read
  // their tickets later.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::size_t before = ::mallinfo2().uordblks;
    servers.push_back(std::make_unique<TcpTransport>(
        std::move(pairs[i].ours),
        TcpTransport::Options{.tls = context_.get(), .direct_tls = true}));
    servers[i]->attach(loop_, handler_);
    while (loop_.counters().events == 0 || servers[i]->memory_bytes() == sizeof(TcpTransport))
      loop_.turn(10ms);
    const std::size_t begun = ::mallinfo2().uordblks;
    ASSERT_TRUE(turn_until(loop_, [&] { return clients[i]->step(); }));
    const std::size_t client_done = ::mallinfo2().uordblks;
    while (!servers[i]->tls().active)
      loop_.turn(10ms);
    const std::size_t after = ::mallinfo2().uordblks;
    kept += begun - before + after - client_done;
  }
  const std::size_t each = kept / kCount;
  RecordProperty("bytes_per_idle_tls_connection", static_cast<int>(each));
  EXPECT_LE(each, 16u * 1024);
}

} // namespace
} // namespace rookery::net

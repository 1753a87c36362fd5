#include "net/tls_session.h"

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "net/tls_test_support.h"

namespace rookery::net {
namespace {

class TlsSessionTest : public ::testing::Test {
protected:
  TlsSessionTest() {
    const int one = 1; // what the client writes is there when it has written it
    EXPECT_EQ(::setsockopt(sockets_.theirs.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), 0);
    auto made = TlsContext::create({make_files(folder_, "one", {"example.org"})}, clock_, random_);
    EXPECT_TRUE(made) << made.error().text();
    context_ = std::move(*made);
    session_ = TlsSession(context_->new_session(TlsProtocol::kXmppDirect), sockets_.ours.get());
    while (!session_.established() || SSL_is_init_finished(client_.ssl()) != 1) {
      SSL_do_handshake(client_.ssl());
      session_.readable(false);
      EXPECT_NE(session_.handshake(), TlsOutcome::kFailed);
    }
    session_.readable(false);
    EXPECT_EQ(read(), std::nullopt);
  }

  void client_says(std::string_view text) {
    ASSERT_EQ(SSL_write(client_.ssl(), text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
  }
  /// nullopt: nothing has come, as far as is known.
  std::optional<std::string> read() {
    std::string text(100, '\0');
    const TlsSession::Transfer got = session_.read(text.data(), text.size());
    last_ = got.outcome;
    if (got.outcome != TlsOutcome::kDone)
      return std::nullopt;
    text.resize(got.bytes);
    return text;
  }
  int bytes_in_socket() {
    int bytes = -1;
    EXPECT_EQ(::ioctl(sockets_.ours.get(), FIONREAD, &bytes), 0);
    return bytes;
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  SystemRandom random_;
  std::unique_ptr<TlsContext> context_;
  SocketPair sockets_ = tcp_pair();
  TlsClient client_{sockets_.theirs.get()};
  TlsSession session_;
  TlsOutcome last_{};
};

TEST_F(TlsSessionTest, OneReadOfTheSocketTakesAllThatHasCome) {
  client_says("one");
  client_says("two");
  session_.readable(false);
  EXPECT_EQ(read(), "one");
  EXPECT_EQ(bytes_in_socket(), 0);
  EXPECT_EQ(read(), "two");
  EXPECT_EQ(read(), std::nullopt);
  EXPECT_EQ(last_, TlsOutcome::kWouldBlock);
}

TEST_F(TlsSessionTest, ASocketThatHasGivenAllIsAskedWhenMoreIsTold) {
  client_says("one");
  session_.readable(false);
  EXPECT_EQ(read(), "one");
  client_says("two");
  EXPECT_EQ(read(), std::nullopt) << "of which an edge will tell";
  session_.readable(false);
  EXPECT_EQ(read(), "two");
}

TEST_F(TlsSessionTest, AnEndThatIsNotToldAgainIsFound) {
  client_says("last");
  SSL_shutdown(client_.ssl());
  ::shutdown(sockets_.theirs.get(), SHUT_WR);
  session_.readable(true);
  EXPECT_EQ(read(), "last");
  EXPECT_EQ(read(), std::nullopt);
  EXPECT_EQ(last_, TlsOutcome::kClosed);
}

TEST_F(TlsSessionTest, SoIsABrokenOne) {
  client_says("last");
  ::shutdown(sockets_.theirs.get(), SHUT_WR);
  session_.readable(true);
  EXPECT_EQ(read(), "last");
  EXPECT_EQ(read(), std::nullopt);
  EXPECT_EQ(last_, TlsOutcome::kFailed);
}

} // namespace
} // namespace rookery::net

#include "net/http_server.h"

#include <gtest/gtest.h>

#include "net/tcp_transport.h"
#include "net/test_support.h"

namespace rookery::net {
namespace {

using namespace std::chrono_literals;

HttpResponse text(std::string body) {
  return {.status = 200, .content_type = "text/plain", .headers = {}, .body = std::move(body)};
}

class HttpServerTest : public ::testing::Test {
protected:
  HttpServerTest() : server_(HttpServer::create(config(), {&loop_}, log_)) {
    server_->add_route(
        "/echo",
        [](const HttpRequest& request, HttpResponder responder) {
          responder.respond(text(request.body + "|" + request.query));
        },
        1000);
    server_->add_route("/later", [this](const HttpRequest&, HttpResponder responder) {
      waiting_.push_back(std::move(responder));
    });
    server_->add_route("/forgotten", [](const HttpRequest&, HttpResponder) {});
    server_->add_route("/split", [](const HttpRequest&, HttpResponder responder) {
      HttpResponse response = text("x");
      response.headers = {{"X-Good", "1"}, {"X-Bad", "1\r\nX-Injected: 1"}};
      responder.respond(response);
    });
    server_->add_prefix_route("/files/", [](const HttpRequest& request, HttpResponder responder) {
      responder.respond(text("file " + request.path));
    });
    server_->add_prefix_route("/", [](const HttpRequest& request, HttpResponder responder) {
      responder.respond(text("root " + request.path + " " + request.peer.text() +
                             (request.secure ? " secure" : "")));
    });
  }
  ~HttpServerTest() override { server_->close_connections(loop_); }

  static HttpServerConfig config() {
    return {.header_bytes_max = 2000,
            .trusted_proxies = {*IpNetwork::parse("127.0.0.1")},
            .common_headers = {{"X-Common", "yes"}}};
  }

  runtime::Descriptor connect() {
    SocketPair pair = tcp_pair();
    const IpAddress peer = *IpAddress::parse("127.0.0.1");
    server_->accept(
        loop_,
        std::make_unique<TcpTransport>(std::move(pair.ours), TcpTransport::Options{.peer = peer}),
        peer);
    return std::move(pair.theirs);
  }
  void turns(int count = 5) {
    for (int i = 0; i < count; ++i)
      loop_.turn(1ms);
  }
  /// Sends and gives what came back once it has `wanted` in it, or the connection ended.
  Received ask(int socket, std::string_view request, std::string_view wanted = "\r\n\r\n") {
    EXPECT_TRUE(send_now(socket, request));
    Received all;
    EXPECT_TRUE(turn_until(real_, [&] {
      loop_.turn(0ms);
      Received some = receive_now(socket);
      all.data += some.data;
      all.ended = some.ended;
      return some.ended || some.reset || all.data.find(wanted) != std::string::npos;
    })) << all.data;
    return all;
  }
  Received ask_once(std::string_view request, std::string_view wanted = "\r\n\r\n") {
    const auto socket = connect();
    return ask(socket.get(), request, wanted);
  }
  int status_of(std::string_view request) {
    const Received received = ask_once(request);
    return received.data.size() > 12 ? std::stoi(received.data.substr(9, 3)) : 0;
  }

  ManualClock clock_;
  SystemClock system_;
  NullLog log_;
  runtime::Loop loop_{clock_};
  runtime::Loop real_{system_};
  std::vector<HttpResponder> waiting_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  const auto socket = connect();
  const Received first = ask(socket.get(), "GET /echo?a=b HTTP/1.1\r\nHost: h\r\n\r\n", "|a=b");
  EXPECT_TRUE(first.data.starts_with("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"));
  EXPECT_NE(first.data.find("\r\nContent-Length: 4\r\n"), std::string::npos);
  EXPECT_NE(first.data.find("\r\nX-Common: yes\r\n"), std::string::npos);
  EXPECT_EQ(first.data.find("Connection"), std::string::npos);
  const Received second =
      ask(socket.get(), "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz", "xyz|");
  EXPECT_FALSE(second.ended);
  const Received third =
      ask(socket.get(), "GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "\r\n\r\n|");
  EXPECT_NE(third.data.find("Connection: close\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, HeadHasTheLengthButNoBody) {
  const Received head =
      ask_once("HEAD /files/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "never");
  EXPECT_NE(head.data.find("Content-Length: 13\r\n"), std::string::npos);
  EXPECT_TRUE(head.data.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, RoutesByExactPathThenLongestPrefix) {
  EXPECT_NE(ask_once("GET /files/a/b HTTP/1.1\r\nHost: h\r\n\r\n", "file /files/a/b").data, "");
  EXPECT_NE(ask_once("GET /files HTTP/1.1\r\nHost: h\r\n\r\n", "root /files 127.0.0.1").data, "");
  EXPECT_NE(ask_once("GET /echo/x HTTP/1.1\r\nHost: h\r\n\r\n", "root /echo/x").data, "");
}

TEST_F(HttpServerTest, ProxiesAreBelievedWhereConfigured) {
  (void)ask_once("GET /x HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: "
                 "https\r\n\r\n",
                 "root /x 203.0.113.5 secure");
}

TEST_F(HttpServerTest, OneByteAtATimeIsTheSame) {
  const auto socket = connect();
  const std::string_view request = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                                   "chunked\r\n\r\n5;ext=1\r\nhello\r\n3\r\n wo\r\n0\r\n\r\n";
  for (const char byte : request.substr(0, request.size() - 1)) {
    ASSERT_TRUE(send_now(socket.get(), {&byte, 1}));
    turns(1);
  }
  (void)ask(socket.get(), "\n", "hello wo|");
}

TEST_F(HttpServerTest, ChunkedBodiesMayBeCutAnywhere) {
  for (const std::string_view body : {"0\r\n\r\n", "1\r\nx\r\n0\r\n\r\n", "0\r\nA: b\r\n\r\n"}) {
    for (std::size_t cut = 1; cut < body.size(); ++cut) {
      const auto socket = connect();
      ASSERT_TRUE(send_now(socket.get(),
                           "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
      turns(1);
      ASSERT_TRUE(send_now(socket.get(), body.substr(0, cut)));
      turns(1);
      for (const char byte : body.substr(cut, body.size() - cut - 1)) {
        ASSERT_TRUE(send_now(socket.get(), {&byte, 1}));
        turns(1);
      }
      (void)ask(socket.get(), "\n", body.starts_with('1') ? "\r\n\r\nx|" : "\r\n\r\n|");
    }
  }
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  const auto socket = connect();
  ASSERT_TRUE(send_now(
      socket.get(), "GET /later HTTP/1.1\r\nHost: h\r\n\r\nGET /echo?2 HTTP/1.1\r\nHost: h\r\n\r\n"
                    "GET /echo?3 HTTP/1.1\r\nHost: h\r\n\r\n"));
  turns();
  ASSERT_EQ(waiting_.size(), 1u);
  EXPECT_EQ(receive_now(socket.get()).data, "");
  ASSERT_TRUE(send_now(socket.get(), "GET /echo?4 HTTP/1.1\r\nHost: h\r\n\r\n"));
  turns();
  waiting_[0].respond(text("first"));
  EXPECT_FALSE(waiting_[0].alive());
  const std::string all = ask(socket.get(), "", "|4").data;
  EXPECT_LT(all.find("first"), all.find("|2"));
  EXPECT_LT(all.find("|2"), all.find("|3"));
  EXPECT_LT(all.find("|3"), all.find("|4"));
}

TEST_F(HttpServerTest, ALateAnswerToNobodyIsDropped) {
  {
    const auto socket = connect();
    ASSERT_TRUE(send_now(socket.get(), "GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
    turns();
    ASSERT_EQ(waiting_.size(), 1u);
    EXPECT_TRUE(waiting_[0].alive());
  }
  turns();
  EXPECT_FALSE(waiting_[0].alive());
  waiting_[0].respond(text("nobody hears"));
}

TEST_F(HttpServerTest, AForgottenAnswerIs500) {
  EXPECT_EQ(status_of("GET /forgotten HTTP/1.1\r\nHost: h\r\n\r\n"), 500);
}

TEST_F(HttpServerTest, BadRequestsHaveTheirStatus) {
  EXPECT_EQ(status_of("GET /../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n"), 400) << "case 50";
  EXPECT_EQ(status_of("GET /files/%2e%2e/x HTTP/1.1\r\nHost: h\r\n\r\n"), 400) << "case 50";
  EXPECT_EQ(status_of("GET /files/a%00 HTTP/1.1\r\nHost: h\r\n\r\n"), 400) << "case 50";
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400) << "no Host";
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(status_of("BREW / HTTP/1.1\r\nHost: h\r\n\r\n"), 501);
  EXPECT_EQ(status_of("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n"), 501);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(3000, 'x') + "\r\n\r\n"),
            431);
  EXPECT_EQ(status_of("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"), 413);
  EXPECT_EQ(status_of("POST /files/x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n"), 413);
  EXPECT_EQ(
      status_of("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" +
                std::string(0xfff, 'x') + "\r\n0\r\n\r\n"),
      413);
  EXPECT_EQ(status_of("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n"),
            400)
      << "smuggling";
  EXPECT_EQ(
      status_of("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
      400);
  EXPECT_EQ(status_of("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: "
                      "3\r\n\r\nabc"),
            415)
      << "case 26";
  EXPECT_EQ(status_of("GET / HTTP/9.9\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(status_of("\x16\x03\x01 this is TLS\r\n\r\n"), 400);
}

TEST_F(HttpServerTest, ContinueIsSentWhereItIsWaitedFor) {
  const auto socket = connect();
  (void)ask(socket.get(),
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n");
  (void)ask(socket.get(), "ok", "ok|");
}

TEST_F(HttpServerTest, HeadersCannotBeInjectedByValues) {
  const std::string data = ask_once("GET /split HTTP/1.1\r\nHost: h\r\n\r\n").data;
  EXPECT_NE(data.find("X-Good: 1"), std::string::npos);
  EXPECT_EQ(data.find("X-Injected"), std::string::npos);
}

TEST_F(HttpServerTest, Case7SlowRequestsMeetTheirDeadline) {
  const auto silent = connect();
  const auto slow = connect();
  ASSERT_TRUE(send_now(slow.get(), "GET / HTTP/1.1\r\n"));
  for (int i = 0; i < 20; ++i) {
    (void)send_now(slow.get(), "X: y\r\n");
    turns(1);
    clock_.advance(1s);
  }
  turns();
  EXPECT_TRUE(receive_now(silent.get()).ended);
  const Received told = receive_now(slow.get());
  EXPECT_TRUE(told.data.starts_with("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, IdleConnectionsEnd) {
  const auto socket = connect();
  (void)ask(socket.get(), "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", "|");
  clock_.advance(59s);
  turns();
  EXPECT_FALSE(receive_now(socket.get()).ended);
  clock_.advance(2s);
  turns();
  EXPECT_TRUE(receive_now(socket.get()).ended);
}

} // namespace
} // namespace rookery::net

// Crowds at the door: connections that come and go anywhere, and thousands that stay and say
// little.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "base/encoding.h"
#include "server/testing/test_server.h"

namespace rookery::server {
namespace {

using testing::Peer;
using testing::Pipe;
using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kHeader =
    "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams'>";

constexpr std::string_view kEnd = "</stream:stream>";

std::size_t bytes_in_use() { return ::mallinfo2().uordblks; }

/// Connections whose memory goes when this goes, unlike those of TestServer::connect(). Each comes
/// from an address of its own: one could not fill the door.
class Crowd {
public:
  Crowd(TestServer& server, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      Pipe& pipe = *pipes_.emplace_back(std::make_unique<Pipe>(
          Peer{.address = fmt::format("198.18.{}.{}", i / 256, i % 256), .loopback = false}));
      const std::size_t thread = i % server.server().thread_count();
      server.server().loop(thread).post([&server, thread,
                                         transport = pipe.make_transport()]() mutable {
        server.server().accept(thread, std::move(transport), {.websocket = false, .secure = true});
      });
    }
  }
  ~Crowd() {
    for (const auto& pipe : pipes_)
      pipe->cut();
    for (const auto& pipe : pipes_)
      pipe->wait_until_gone();
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  [[nodiscard]] Pipe& operator[](std::size_t i) { return *pipes_[i]; }
  [[nodiscard]] std::size_t size() const { return pipes_.size(); }

private:
  std::vector<std::unique_ptr<Pipe>> pipes_;
};

Server::Totals totals(TestServer& server) {
  std::promise<Server::Totals> all;
  server.server().collect([&](const Server::Totals& found) { all.set_value(found); });
  return all.get_future().get();
}

// In clear; tests/program/bad_days.py has fewer, with TLS, and looks at the whole process.
TEST(Crowd, Case06AHundredThousandThatEndAnywhereLeaveNothingBehind) {
  constexpr std::size_t kAtOnce = 500, kRounds = 200, kFirst = 4;
  TestSettings settings;
  settings.threads = 2;
  TestServer server{std::move(settings)};
  server.add_account("romeo@localhost");
  const std::string half_stanza =
      fmt::format("{}<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{}", kHeader,
                  std::string(1000, 'A'));
  const std::string half_login =
      fmt::format("{}<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>{}"
                  "</auth>",
                  kHeader, base64_encode("n,,n=romeo,r=0123456789abcdef"));
  const std::string_view endings[]{"", kHeader.substr(0, 40), half_stanza, half_login};
  std::size_t base = 0;
  for (std::size_t round = 0; round < kRounds; ++round) {
    if (round == kFirst)
      base = bytes_in_use();
    Crowd crowd(server, kAtOnce);
    for (std::size_t i = 0; i < crowd.size(); ++i)
      crowd[i].send(endings[i % std::size(endings)]);
    if (round % 2 == 0) // else they are gone before all of it is read
      server.settle();
  }
  EXPECT_EQ(totals(server).streams, 0U);
  // A leak of the smallest piece of memory there is would be three megabytes.
  EXPECT_LT(bytes_in_use(), base + 512 * 1024);
}

// Slowloris. Every byte comes long before the next is due, and no byte puts the deadline off.
TEST(Crowd, Case07FiveThousandThatSayLittleMeetTheDeadlineAndHoldNobodyUp) {
  constexpr std::size_t kCrowd = 5'000, kBytesEachMax = 4 * 1024;
  TestSettings settings;
  settings.threads = 2;
  settings.options.limits.auth_deadline = Seconds(2);
  TestServer server{std::move(settings)};
  TestClient romeo = server.login("romeo@localhost/orchard");
  const std::size_t before = bytes_in_use();
  Crowd crowd(server, kCrowd);
  server.settle();
  EXPECT_EQ(totals(server).counters.streams_opened, kCrowd + 1);
  EXPECT_LT((bytes_in_use() - before) / kCrowd, kBytesEachMax);

  std::vector<std::string> heard(kCrowd);
  std::vector<bool> told(kCrowd);
  std::size_t open = kCrowd, turn = 0;
  const auto patience = std::chrono::steady_clock::now() + TestClient::kPatience;
  for (; open != 0 && std::chrono::steady_clock::now() < patience; ++turn) {
    // Those that are told go with the first of them.
    const auto now = std::chrono::steady_clock::now();
    heard[0] += crowd[0].take(now + Milliseconds(20)).value_or(Pipe::Taken{}).data;
    for (std::size_t i = 0; i < kCrowd; ++i) {
      if (told[i])
        continue;
      heard[i] += crowd[i].take({}).value_or(Pipe::Taken{}).data;
      told[i] = heard[i].ends_with(kEnd);
      open -= told[i] ? 1 : 0;
      if (i % 10 != 0) // these have said nothing
        crowd[i].send(turn < kHeader.size() ? kHeader.substr(turn, 1) : " ");
    }
    romeo.send("<message to='romeo@localhost/orchard' type='chat' id='1'/>");
    romeo.expect("<message id='1'/>");
  }
  EXPECT_EQ(open, 0U) << "after " << turn << " bytes each";
  for (const std::string& said : heard)
    ASSERT_TRUE(said.contains("<connection-timeout")) << said;
  server.settle();
  EXPECT_EQ(totals(server).streams, 1U);
}

} // namespace
} // namespace rookery::server

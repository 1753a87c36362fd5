// What /metrics is told of the queues: each fills here, and is empty again.
#include "server/queues.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>

#include "server/account.h"
#include "server/accounts.h"
#include "server/testing/test_server.h"
#include "storage/blocking.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

TestSettings manual() {
  TestSettings settings;
  settings.threads = 2;
  settings.store = storage::MemoryMode::kManual;
  return settings;
}

class QueuesTest : public ::testing::Test {
protected:
  Server::Totals collect() {
    server_.settle();
    std::promise<Server::Totals> promise;
    server_.server().collect([&](const Server::Totals& totals) { promise.set_value(totals); });
    return promise.get_future().get();
  }

  TestServer server_{manual()};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
  TestClient juliet_ = server_.login("juliet@localhost/balcony");
};

constexpr std::string_view kLogged =
    "<message to='juliet@localhost/balcony' type='chat'><body>hello</body></message>";
constexpr std::string_view kUnlogged =
    "<message to='juliet@localhost/balcony' type='chat'><composing "
    "xmlns='http://jabber.org/protocol/chatstates'/></message>";

TEST_F(QueuesTest, NothingWaitsWhereNothingHappens) {
  const Queues queues = collect().queues;
  EXPECT_EQ(queues.output_bytes, 0U);
  EXPECT_EQ(queues.unacked_stanzas, 0U);
  EXPECT_EQ(queues.pipeline_stanzas, 0U);
  EXPECT_EQ(queues.jobs, 0U);
}

TEST_F(QueuesTest, ThePipelineWhileTheDiskHasNotAnswered) {
  romeo_.send(std::string(kLogged) + std::string(kLogged) + std::string(kUnlogged));
  const Queues waiting = collect().queues;
  EXPECT_EQ(waiting.pipeline_stanzas, 3U);
  EXPECT_EQ(waiting.pipeline_bytes, 2 * kLogged.size() + kUnlogged.size());
  server_.store().complete_all();
  const Queues done = collect().queues;
  EXPECT_EQ(done.pipeline_stanzas, 0U);
  EXPECT_EQ(done.pipeline_bytes, 0U);
}

TEST_F(QueuesTest, WhatAClientHasNotAcknowledged) {
  juliet_.send("<enable xmlns='urn:xmpp:sm:3'/>");
  juliet_.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
  romeo_.send(std::string(kUnlogged) + std::string(kUnlogged));
  const Queues waiting = collect().queues;
  EXPECT_EQ(waiting.unacked_stanzas, 2U);
  EXPECT_GT(waiting.unacked_bytes, 2 * kUnlogged.size());
  juliet_.send("<a xmlns='urn:xmpp:sm:3' h='2'/>");
  const Queues done = collect().queues;
  EXPECT_EQ(done.unacked_stanzas, 0U);
  EXPECT_EQ(done.unacked_bytes, 0U);
}

TEST_F(QueuesTest, WhatAClientDoesNotTake) {
  juliet_.stop_taking();
  romeo_.send(std::string(kUnlogged));
  EXPECT_GT(collect().queues.output_bytes, kUnlogged.size());
}

TEST_F(QueuesTest, PasswordsAndMails) {
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  std::size_t jobs = 0;
  // As many as there are threads are begun, the others wait; how many threads there are is not
  // known here.
  while (server_.server().workers().waiting() < 3) {
    ASSERT_TRUE(server_.server().workers().run([gone] { gone.wait(); }));
    ASSERT_LT(++jobs, 1'000U);
  }
  EXPECT_GE(collect().queues.jobs, 1U);
  std::promise<void> held;
  server_.server().loop(0).post([&] {
    held.set_value();
    gone.wait();
  });
  held.get_future().wait();
  std::promise<Server::Totals> promise;
  server_.server().collect([&](const Server::Totals& totals) { promise.set_value(totals); });
  std::promise<void> last;
  for (int i = 0; i < 5; ++i)
    server_.server().loop(0).post([&, i] {
      if (i == 4)
        last.set_value();
    });
  go.set_value();
  EXPECT_EQ(promise.get_future().get().queues.mails, 5U);
  last.get_future().wait();
}

TEST_F(QueuesTest, StanzasSentAreCountedByKind) {
  const Counters before = collect().counters;
  romeo_.iq("get", "localhost", "<x xmlns='x'/>");
  romeo_.send(std::string(kUnlogged) + std::string(kUnlogged) + std::string(kUnlogged) +
              "<presence to='juliet@localhost/balcony'/>"
              "<presence to='juliet@localhost/balcony' type='unavailable'/>");
  const Counters after = collect().counters;
  const auto grown = [&](xmpp::StanzaKind kind) {
    const auto index = static_cast<std::size_t>(kind);
    return after.stanzas_sent[index] - before.stanzas_sent[index];
  };
  EXPECT_EQ(grown(xmpp::StanzaKind::kMessage), 3U);
  EXPECT_EQ(grown(xmpp::StanzaKind::kPresence), 2U);
  EXPECT_EQ(grown(xmpp::StanzaKind::kIq), 1U);
}

// More than is looked at in one go: others have their turn in between, and nothing is forgotten.
TEST(QueueWalk, ALongWalkIsMadeInStages) {
  TestServer server{TestSettings{}};
  const SystemClock clock;
  SystemRandom random;
  storage::Batch accounts;
  for (std::size_t i = 0; i < QueueWalk::kBucketsAtOnce + 1; ++i)
    put_new_account(accounts, xmpp::BareJid::from_trusted(fmt::format("nobody{}@localhost", i)), {},
                    clock.wall(), random);
  ASSERT_TRUE(storage::BlockingStore(server.store()).commit(std::move(accounts)));
  TestClient juliet = server.login("juliet@localhost/balcony");
  juliet.send("<enable xmlns='urn:xmpp:sm:3'/>");
  juliet.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
  juliet.iq("get", "localhost", "<x xmlns='x'/>");
  server.on_home("juliet@localhost", [](Homes& homes) {
    for (std::size_t i = 0; i < QueueWalk::kBucketsAtOnce + 1; ++i)
      homes.with_account(fmt::format("nobody{}@localhost", i), [](Account*) {});
  });
  server.settle();
  std::promise<Queues> first, second;
  bool done = false;
  server.on_home("juliet@localhost", [&](Homes& homes) {
    ASSERT_GT(homes.account_count(), QueueWalk::kBucketsAtOnce);
    homes.queues().ask([&](const Queues& queues) {
      done = true;
      first.set_value(queues);
    });
    EXPECT_FALSE(done) << "all of it in one go";
    homes.queues().ask([&](const Queues& queues) { second.set_value(queues); });
  });
  EXPECT_EQ(first.get_future().get().unacked_stanzas, 1U);
  EXPECT_EQ(second.get_future().get().unacked_stanzas, 1U);
}

} // namespace
} // namespace rookery::server

// The order of a client's stanzas, and what is acknowledged of them, while the disk has not
// answered yet.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/account.h"
#include "server/testing/test_server.h"
#include "storage/blocking.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kTo = "to='juliet@localhost/balcony'";

std::string logged(int number) {
  return fmt::format("<message {} type='chat' id='m{}'><body>{}</body></message>", kTo, number,
                     number);
}
std::string unlogged(int number) {
  return fmt::format("<message {} type='chat' id='m{}'><composing "
                     "xmlns='http://jabber.org/protocol/chatstates'/></message>",
                     kTo, number);
}

TestSettings manual() {
  TestSettings settings;
  settings.store = storage::MemoryMode::kManual;
  return settings;
}

class PipelineTest : public ::testing::Test {
protected:
  void enable_sm() {
    romeo_.send("<enable xmlns='urn:xmpp:sm:3'/>");
    romeo_.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
  }
  void expect_ack(int h) {
    const xml::Document ack = romeo_.next();
    EXPECT_EQ(ack.root().raw(), fmt::format("<a xmlns='urn:xmpp:sm:3' h='{}'/>", h));
  }
  /// What the client still has to say has been read.
  void settle() { server_.settle(); }

  TestServer server_{manual()};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
  TestClient juliet_ = server_.login("juliet@localhost/balcony");
};

TEST_F(PipelineTest, NothingIsDeliveredBeforeItIsDurable) {
  romeo_.send(logged(1));
  juliet_.expect_nothing();
  ASSERT_TRUE(server_.store().complete_one());
  EXPECT_EQ(juliet_.next().root().attribute("id"), "m1");
}

TEST_F(PipelineTest, Rfc6120Section10_1AnUnloggedStanzaWaitsBehindALoggedOne) {
  romeo_.send(logged(1) + unlogged(2) +
              fmt::format("<iq {} type='get' id='m3'><x xmlns='x'/></iq>", kTo) + logged(4) +
              unlogged(5));
  juliet_.expect_nothing();
  ASSERT_TRUE(server_.store().complete_one());
  for (int i = 1; i <= 3; ++i)
    EXPECT_EQ(juliet_.next().root().attribute("id"), fmt::format("m{}", i));
  juliet_.expect_nothing();
  ASSERT_TRUE(server_.store().complete_one());
  for (int i = 4; i <= 5; ++i)
    EXPECT_EQ(juliet_.next().root().attribute("id"), fmt::format("m{}", i));
}

TEST_F(PipelineTest, AnUnloggedStanzaInFrontDoesNotWait) {
  romeo_.send(unlogged(1) + logged(2));
  EXPECT_EQ(juliet_.next().root().attribute("id"), "m1");
  juliet_.expect_nothing();
}

TEST_F(PipelineTest, MessagesOfATurnShareACommit) {
  std::string all;
  for (int i = 0; i <= 50; ++i)
    all += logged(i);
  romeo_.send(all);
  settle();
  EXPECT_EQ(server_.store().waiting(), 1U);
  ASSERT_TRUE(server_.store().complete_one());
  for (int i = 0; i <= 50; ++i)
    EXPECT_EQ(juliet_.next().root().attribute("id"), fmt::format("m{}", i));
}

TEST_F(PipelineTest, CommitsThatWaitTogetherAreDeliveredInOrder) {
  for (int i = 0; i <= 50; ++i) {
    romeo_.send(logged(i));
    settle();
  }
  EXPECT_EQ(server_.store().waiting(), 51U);
  server_.store().complete_all();
  for (int i = 0; i <= 50; ++i)
    EXPECT_EQ(juliet_.next().root().attribute("id"), fmt::format("m{}", i));
}

TEST_F(PipelineTest, Xep0198AcksCountWhatIsDurableOnly) {
  enable_sm();
  romeo_.send(logged(1) + "<r xmlns='urn:xmpp:sm:3'/>");
  expect_ack(0);
  romeo_.send("<iq type='get' id='2' to='localhost'><x xmlns='x'/></iq>" + logged(3) +
              "<r xmlns='urn:xmpp:sm:3'/>");
  expect_ack(0);
  romeo_.expect_nothing(); // not even the answer, which would overtake
  ASSERT_TRUE(server_.store().complete_one());
  EXPECT_EQ(romeo_.next().root().attribute("id"), "2");
  expect_ack(2);
  romeo_.expect_nothing();
  ASSERT_TRUE(server_.store().complete_one());
  expect_ack(3);
  EXPECT_FALSE(server_.store().complete_one());
}

TEST_F(PipelineTest, AnAnswerToARequestIsOwedOnce) {
  enable_sm();
  romeo_.send(logged(1) + "<r xmlns='urn:xmpp:sm:3'/>");
  expect_ack(0);
  settle();
  server_.store().complete_all();
  expect_ack(1);
  romeo_.send(logged(2));
  settle();
  server_.store().complete_all();
  romeo_.expect_nothing();
}

TEST_F(PipelineTest, Case57WhatTheDiskRefusesIsNeverAcknowledgedAndTheStreamEnds) {
  enable_sm();
  romeo_.send(logged(1) + unlogged(2) + "<r xmlns='urn:xmpp:sm:3'/>");
  expect_ack(0);
  settle();
  server_.store().refuse_writes();
  server_.store().complete_all();
  // Nothing but the error: no further <a/>.
  const xml::Document end = romeo_.next();
  EXPECT_EQ(end.root().first_child().name(), "internal-server-error");
  romeo_.expect_closed();
  juliet_.expect_nothing();
}

TEST_F(PipelineTest, AfterAFailureSigningInStillWorksAndMessagesAreRefused) {
  server_.store().refuse_writes();
  romeo_.send(logged(1));
  settle();
  server_.store().complete_all();
  romeo_.expect_stream_error("internal-server-error");
  TestClient again = server_.login("romeo@localhost/orchard");
  again.send(unlogged(2));
  EXPECT_EQ(juliet_.next().root().attribute("id"), "m2");
}

TEST_F(PipelineTest, ASenderThatIsGoneBeforeTheCommitHasSent) {
  romeo_.send(logged(1));
  settle();
  romeo_.cut();
  settle();
  server_.store().complete_all();
  EXPECT_EQ(juliet_.next().root().attribute("id"), "m1");
}

/// Two accounts of different threads.
class TwoThreadsTest : public ::testing::Test {
protected:
  static TestSettings settings() {
    TestSettings made;
    made.threads = 2;
    return made;
  }
  std::string name_on(std::size_t thread) {
    for (char c = 'a';; ++c) {
      std::string jid = fmt::format("{}@localhost", c);
      if (&server_.server().homes_of(jid) == &server_.server().homes(thread))
        return jid;
    }
  }

  TestServer server_{settings()};
};

TEST_F(TwoThreadsTest, OrderIsKeptBetweenThreads) {
  TestClient sender = server_.login(name_on(0) + "/s");
  TestClient receiver = server_.login(name_on(1) + "/r");
  std::string all;
  constexpr int kCount = 400;
  for (int i = 0; i < kCount; ++i)
    all += fmt::format("<message to='{}' type='chat' id='{}'>{}</message>", receiver.jid(), i,
                       i % 3 == 0 ? "<body>b</body>" : "");
  sender.send(all);
  for (int i = 0; i < kCount; ++i)
    ASSERT_EQ(receiver.next().root().attribute("id"), std::to_string(i));
}

TEST_F(TwoThreadsTest, BothLogsHaveTheMessageWithOneId) {
  const std::string from = name_on(0), to = name_on(1);
  TestClient sender = server_.login(from + "/s");
  TestClient receiver = server_.login(to + "/r");
  sender.send(fmt::format("<message to='{}' type='chat'><body>b</body></message>", receiver.jid()));
  const xml::Document message = receiver.next();
  const xml::Element stanza_id = message.root().child("stanza-id", "urn:xmpp:sid:0");
  EXPECT_EQ(stanza_id.attribute("by"), to);
  const EntryId id(std::stoull(std::string(stanza_id.attribute_or_empty("id"))));
  storage::BlockingStore store(server_.store());
  for (const std::string& jid : {from, to}) {
    const Owner owner =
        server_.on_home(jid, [&](Homes& homes) { return homes.find_account(jid)->owner(); });
    const auto page = store.read({.log = owner});
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(page->entries.size(), 1U);
    EXPECT_EQ(page->entries.front().id, id);
  }
}

} // namespace
} // namespace rookery::server

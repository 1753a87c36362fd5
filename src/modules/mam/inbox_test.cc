#include "modules/mam/inbox.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "modules/mam/mam.h"
#include "modules/mam/page.h"
#include "server/account.h"
#include "server/homes.h"
#include "server/testing/test_server.h"
#include "storage/blocking.h"

namespace rookery::modules::mam {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;
using server::testing::TestSettings;

std::string_view error_of(const xml::Document& answer) {
  return answer.root().child("error", "jabber:client").first_child().name();
}

class InboxTest : public testing::Test {
protected:
  explicit InboxTest(server::HistoryKept history = server::HistoryKept::kAll)
      : server_(settings(history)) {}
  static TestSettings settings(server::HistoryKept history) {
    TestSettings settings;
    settings.modules = {&descriptor()};
    settings.options.history = history;
    return settings;
  }

  void say(std::string_view from, std::string_view id) {
    const std::string bare = std::string(from) + "@localhost";
    TestClient client = server_.login(bare + "/home");
    client.send("<message to='romeo@localhost' type='chat' id='" + std::string(id) +
                "'><body>x</body></message>");
    client.iq("get", "", "<metadata xmlns='urn:xmpp:mam:2'/>"); // the message is in the log then
  }

  struct Inbox {
    std::vector<std::string> conversations; // as "JID:unread:id of the message given with it"
    std::vector<std::string> ids;
    xml::Document answer; // the IQ
    [[nodiscard]] xml::Element fin() const { return answer.root().first_child(); }
    [[nodiscard]] std::string fin(std::string_view name) const {
      return std::string(fin().attribute_or_empty(name));
    }
    [[nodiscard]] std::string rsm(std::string_view name) const {
      return fin().first_child().child(name, "http://jabber.org/protocol/rsm").text();
    }
  };
  Inbox inbox(std::string_view attributes = {}, std::string_view page = {}) {
    romeo_.send(
        "<iq type='get' id='q'><inbox xmlns='urn:xmpp:inbox:1' " + std::string(attributes) + ">" +
        (page.empty()
             ? std::string()
             : "<set xmlns='http://jabber.org/protocol/rsm'>" + std::string(page) + "</set>") +
        "</inbox></iq>");
    Inbox result;
    for (;;) {
      xml::Document next = romeo_.next();
      const xml::Element entry = next.root().child("entry", "urn:xmpp:inbox:1");
      if (!entry && next.root().name() == "message")
        continue; // one that has just come
      if (!entry) {
        result.answer = std::move(next);
        return result;
      }
      const xml::Element found = next.root().child("result", "urn:xmpp:mam:2");
      EXPECT_TRUE(!found || found.attribute("queryid") == "q");
      const xml::Element message =
          found.child("forwarded", "urn:xmpp:forward:0").child("message", "jabber:client");
      result.conversations.push_back(std::string(entry.attribute_or_empty("jid")) + ":" +
                                     std::string(entry.attribute_or_empty("unread")) + ":" +
                                     std::string(message.attribute_or_empty("id")));
      result.ids.emplace_back(entry.attribute_or_empty("id"));
    }
  }
  using List = std::vector<std::string>;

  void SetUp() override {
    for (const char* name : {"juliet", "nurse", "paris"})
      server_.add_account(std::string(name) + "@localhost");
  }
  TestServer server_;
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(InboxTest, AnEmptyInbox) {
  const Inbox empty = inbox();
  EXPECT_EQ(empty.conversations, List{});
  EXPECT_EQ(empty.fin("total"), "0");
  EXPECT_EQ(empty.fin("unread"), "0");
  EXPECT_EQ(empty.fin("all-unread"), "0");
  EXPECT_EQ(empty.rsm("count"), "0");
}

TEST_F(InboxTest, Xep0430Section3_1ConversationsWithTheirLatestMessages) {
  say("juliet", "j1");
  say("nurse", "n1");
  say("juliet", "j2");
  romeo_.send("<message to='paris@localhost' type='chat' id='p1'><body>x</body></message>");
  const Inbox all = inbox();
  EXPECT_EQ(all.conversations,
            (List{"paris@localhost:0:p1", "juliet@localhost:2:j2", "nurse@localhost:1:n1"}));
  EXPECT_EQ(all.fin("total"), "3");
  EXPECT_EQ(all.fin("unread"), "2");
  EXPECT_EQ(all.fin("all-unread"), "3");
  EXPECT_EQ(all.rsm("first"), all.ids.front());
  EXPECT_EQ(all.rsm("last"), all.ids.back());
}

TEST_F(InboxTest, Xep0430Section3_1UnreadOnly) {
  say("juliet", "j1");
  say("nurse", "n1");
  say("paris", "p1");
  romeo_.send("<message to='nurse@localhost' type='chat' id='n2'><body>x</body></message>");
  EXPECT_EQ(inbox("unread-only='true'").conversations,
            (List{"paris@localhost:1:p1", "juliet@localhost:1:j1"}));
  Inbox page = inbox("unread-only='true'", "<max>1</max>");
  EXPECT_EQ(page.conversations, (List{"paris@localhost:1:p1"}));
  EXPECT_FALSE(page.fin().attribute("unread")) << "not all of it was looked at";
  EXPECT_EQ(page.fin("total"), "3");
  page = inbox("unread-only='true'", "<max>1</max><after>" + page.ids[0] + "</after>");
  EXPECT_EQ(page.conversations, (List{"juliet@localhost:1:j1"}));
}

TEST_F(InboxTest, Xep0430Section3_1WithoutMessages) {
  say("juliet", "j1");
  EXPECT_EQ(inbox("messages='false'").conversations, (List{"juliet@localhost:1:"}));
}

TEST_F(InboxTest, Xep0430Section3_1TheIdIsTheNewestOfTheConversationInTheArchive) {
  say("juliet", "j1");
  romeo_.send("<message to='juliet@localhost' type='chat' id='m'>"
              "<received xmlns='urn:xmpp:receipts' id='j1'/></message>");
  const Inbox all = inbox();
  EXPECT_EQ(all.conversations, (List{"juliet@localhost:1:j1"}));
  romeo_.send(
      "<iq type='set' id='a'><query xmlns='urn:xmpp:mam:2'>"
      "<set xmlns='http://jabber.org/protocol/rsm'><max>1</max><before/></set></query></iq>");
  const xml::Document newest = romeo_.next();
  EXPECT_EQ(newest.root().first_child().attribute("id"), all.ids.front());
}

TEST_F(InboxTest, Xep0059PagesInBothDirections) {
  for (const char* name : {"juliet", "nurse", "paris"})
    say(name, "1");
  Inbox page = inbox("", "<max>2</max>");
  EXPECT_EQ(page.conversations, (List{"paris@localhost:1:1", "nurse@localhost:1:1"}));
  EXPECT_EQ(page.rsm("count"), "3");
  page = inbox("", "<max>2</max><after>" + page.rsm("last") + "</after>");
  EXPECT_EQ(page.conversations, (List{"juliet@localhost:1:1"}));
  EXPECT_EQ(page.fin().first_child().first_child().attribute("index"), "2");
  page = inbox("", "<max>2</max><after>" + page.rsm("last") + "</after>");
  EXPECT_EQ(page.conversations, List{});
  page = inbox("", "<max>2</max><before/>");
  EXPECT_EQ(page.conversations, (List{"nurse@localhost:1:1", "juliet@localhost:1:1"}));
  page = inbox("", "<max>2</max><before>" + page.rsm("first") + "</before>");
  EXPECT_EQ(page.conversations, (List{"paris@localhost:1:1"}));
}

TEST_F(InboxTest, APlaceThatNoConversationHasAnyMoreIsStillAPlace) {
  for (const char* name : {"juliet", "nurse", "paris"})
    say(name, "1");
  const std::string last = inbox("", "<max>2</max>").rsm("last");
  say("nurse", "2");
  EXPECT_EQ(inbox("", "<after>" + last + "</after>").conversations, (List{"juliet@localhost:1:1"}));
}

TEST_F(InboxTest, Xep0059Section2_7OnlyTheCounts) {
  say("juliet", "j1");
  say("juliet", "j2");
  say("nurse", "n1");
  const Inbox counts = inbox("", "<max>0</max>");
  EXPECT_EQ(counts.conversations, List{});
  EXPECT_EQ(counts.fin("total"), "2");
  EXPECT_EQ(counts.fin("unread"), "2");
  EXPECT_EQ(counts.fin("all-unread"), "3");
  EXPECT_EQ(counts.rsm("count"), "2");
}

TEST_F(InboxTest, Xep0430Section4AMarkerOfAnotherDeviceCounts) {
  say("juliet", "j1");
  say("juliet", "j2");
  TestClient phone = server_.login("romeo@localhost/phone");
  phone.send("<message to='juliet@localhost' type='chat'>"
             "<displayed xmlns='urn:xmpp:chat-markers:0' id='j1'/></message>");
  phone.iq("get", "", "<metadata xmlns='urn:xmpp:mam:2'/>");
  EXPECT_EQ(inbox().conversations, (List{"juliet@localhost:1:j2"}));
}

TEST_F(InboxTest, LongConversationsAreLookedAtAsFarAsTheBound) {
  for (std::uint32_t i = 0; i < kLookedAtMax + 10; ++i)
    romeo_.send("<message to='juliet@localhost' type='chat' id='m" + std::to_string(i) +
                "'><received xmlns='urn:xmpp:receipts' id='1'/></message>");
  EXPECT_EQ(inbox().conversations, (List{"juliet@localhost:0:"}));
  romeo_.send("<message to='juliet@localhost' type='chat' id='w'><body>x</body></message>");
  for (std::uint32_t i = 0; i < kLookedAtMax - 1; ++i)
    romeo_.send("<message to='juliet@localhost' type='chat' id='n" + std::to_string(i) +
                "'><received xmlns='urn:xmpp:receipts' id='1'/></message>");
  EXPECT_EQ(inbox().conversations, (List{"juliet@localhost:0:w"}));
}

TEST_F(InboxTest, APageIsBoundedInBytes) {
  const std::string large(kPageBytesMax / 2, 'x');
  for (const char* to : {"juliet", "nurse", "paris"})
    romeo_.send("<message to='" + std::string(to) + "@localhost' type='chat' id='1'><body>" +
                large + "</body></message>");
  const Inbox page = inbox();
  EXPECT_EQ(page.conversations, (List{"paris@localhost:0:1"}));
  EXPECT_EQ(inbox("", "<after>" + page.rsm("last") + "</after>").conversations,
            (List{"nurse@localhost:0:1"}));
  EXPECT_EQ(inbox("messages='false'").conversations.size(), 3U);
}

TEST_F(InboxTest, UnreadIsCountedAndConversationsAreListedAsFarAsTheBounds) {
  const auto fill = [&](std::uint64_t from, std::uint64_t to) {
    const Owner log = server_.on_home("romeo@localhost", [](server::Homes& homes) {
      return homes.find_account("romeo@localhost")->owner();
    });
    storage::Batch batch;
    for (std::uint64_t tag = from; tag < to; ++tag) {
      const storage::LogTarget target{
          log, tag, static_cast<std::uint8_t>(server::kEntryReceived | server::kEntryHistory)};
      batch.append(std::span(&target, 1),
                   "<message from='a" + std::to_string(tag) +
                       "@localhost/x' to='romeo@localhost'><body>x</body></message>");
    }
    ASSERT_TRUE(storage::BlockingStore(server_.store()).commit(std::move(batch)));
  };
  fill(0, kCountedMax);
  EXPECT_EQ(inbox("", "<max>0</max>").fin("all-unread"), std::to_string(kCountedMax));
  fill(kCountedMax, kCountedMax + 1);
  const Inbox counts = inbox("", "<max>0</max>");
  EXPECT_EQ(counts.fin("total"), std::to_string(kCountedMax + 1));
  EXPECT_FALSE(counts.fin().attribute("all-unread"));
  fill(kCountedMax + 1, kConversationsMax);
  EXPECT_EQ(inbox("", "<max>1</max>").fin("total"), std::to_string(kConversationsMax));
  fill(kConversationsMax, kConversationsMax + 1);
  EXPECT_EQ(error_of(inbox("", "<max>1</max>").answer), "resource-constraint");
}

TEST_F(InboxTest, Case39NobodyReadsTheInboxOfAnother) {
  for (const std::string_view to : {"juliet@localhost", "nobody@localhost"})
    EXPECT_EQ(error_of(romeo_.iq("get", to, "<inbox xmlns='urn:xmpp:inbox:1'/>")),
              "service-unavailable")
        << to;
}

TEST_F(InboxTest, QueriesOfOneDeviceAreAnsweredInTheirOrderThoseOfTheArchiveToo) {
  say("juliet", "j1");
  inbox();
  for (int i = 0; i < 6; ++i)
    romeo_.send("<iq type='" + std::string(i % 2 == 0 ? "get" : "set") + "' id='" +
                std::to_string(i) + "'>" +
                (i % 2 == 0
                     ? "<inbox xmlns='urn:xmpp:inbox:1'/>"
                     : "<query xmlns='urn:xmpp:mam:2' queryid='" + std::to_string(i) + "'/>") +
                "</iq>");
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(romeo_.next().root().child("result", "urn:xmpp:mam:2").attribute("queryid"),
              std::to_string(i));
    EXPECT_EQ(romeo_.next().root().attribute("id"), std::to_string(i));
  }
}

TEST_F(InboxTest, ADeviceThatIsFarBehindWaitsForItsAnswers) {
  const std::string large(kPageBytesMax / 2, 'x');
  for (const char* to : {"juliet", "nurse"})
    romeo_.send("<message to='" + std::string(to) + "@localhost' type='chat' id='1'><body>" +
                large + "</body></message>");
  romeo_.send("<enable xmlns='urn:xmpp:sm:3'/>");
  romeo_.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
  const auto ask = [&](const std::string& id, std::string_view attributes) {
    romeo_.send("<iq type='get' id='" + id + "'><inbox xmlns='urn:xmpp:inbox:1' " +
                std::string(attributes) + "/></iq>");
  };
  // It acknowledges nothing: each answer adds half a page.
  constexpr std::size_t kAnswers = 2 * kBacklogBytesMax / kPageBytesMax;
  for (std::size_t i = 0; i < kAnswers; ++i) {
    ask("a", "");
    romeo_.expect("<message><entry xmlns='urn:xmpp:inbox:1'/></message>");
    romeo_.expect("<iq type='result' id='a'/>");
  }
  for (std::size_t i = 0; i <= kWaitingQueriesMax; ++i)
    ask("w" + std::to_string(i), "messages='false'");
  romeo_.expect("<iq type='error' id='w" + std::to_string(kWaitingQueriesMax) +
                "'><error type='wait'>"
                "<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
  romeo_.expect_nothing();
  romeo_.send("<a xmlns='urn:xmpp:sm:3' h='" + std::to_string(2 * kAnswers + 1) + "'/>");
  for (std::size_t i = 0; i < kWaitingQueriesMax; ++i)
    romeo_.expect("<iq type='result' id='w" + std::to_string(i) + "'/>");
}

TEST_F(InboxTest, WhatIsNoQueryIsRefused) {
  EXPECT_EQ(error_of(inbox("messages='maybe'").answer), "bad-request");
}

class InboxWithoutHistoryTest : public InboxTest {
protected:
  InboxWithoutHistoryTest() : InboxTest(server::HistoryKept::kUndelivered) {}
};

TEST_F(InboxWithoutHistoryTest, AnInboxIsOfTheArchive) {
  say("juliet", "j1");
  EXPECT_EQ(inbox().fin("total"), "0");
}

} // namespace
} // namespace rookery::modules::mam

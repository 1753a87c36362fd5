#include "modules/mam/mam.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/testing/test_server.h"

namespace rookery::modules::mam {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;

std::string_view error_of(const xml::Document& answer) {
  return answer.root().child("error", "jabber:client").first_child().name();
}

class MamTest : public testing::Test {
protected:
  void say(int count) {
    for (int i = 0; i < count; ++i)
      romeo_.send("<message to='juliet@localhost' type='chat' id='m" + std::to_string(said_++) +
                  "'><body>x</body></message>");
  }

  struct Result {
    std::vector<std::string> ids;      // of the archive, in the order they came
    std::vector<std::string> messages; // their own
    xml::Document answer;              // the IQ
    [[nodiscard]] xml::Element fin() const { return answer.root().first_child(); }
    [[nodiscard]] bool complete() const { return fin().attribute("complete") == "true"; }
    [[nodiscard]] std::string rsm(std::string_view name) const {
      return fin().first_child().child(name, "http://jabber.org/protocol/rsm").text();
    }
  };
  Result query(std::string_view inner, std::string_view page = {}) {
    romeo_.send("<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2'>" + std::string(inner) +
                (page.empty() ? std::string()
                              : "<set xmlns='http://jabber.org/protocol/rsm'>" + std::string(page) +
                                    "</set>") +
                "</query></iq>");
    Result result;
    for (;;) {
      xml::Document next = romeo_.next();
      const xml::Element found = next.root().child("result", "urn:xmpp:mam:2");
      if (!found) {
        result.answer = std::move(next);
        return result;
      }
      result.ids.emplace_back(found.attribute_or_empty("id"));
      result.messages.emplace_back(
          found.first_child().child("message", "jabber:client").attribute_or_empty("id"));
    }
  }
  static std::string form(std::string_view var, std::string_view value) {
    return "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>"
           "<value>urn:xmpp:mam:2</value></field><field var='" +
           std::string(var) + "'><value>" + std::string(value) + "</value></field></x>";
  }
  using Ids = std::vector<std::string>;

  TestServer server_{{&descriptor()}};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
  int said_ = 0;

  void SetUp() override { server_.add_account("juliet@localhost"); }
};

TEST_F(MamTest, Xep0313Section4AnEmptyArchive) {
  const Result result = query("");
  EXPECT_TRUE(result.complete());
  EXPECT_EQ(result.rsm("count"), "0");
  EXPECT_TRUE(result.ids.empty());
}

TEST_F(MamTest, Xep0313Section4_3ForwardsPageByPage) {
  say(5);
  Result page = query("", "<max>2</max>");
  EXPECT_EQ(page.messages, (Ids{"m0", "m1"}));
  EXPECT_FALSE(page.complete());
  EXPECT_EQ(page.rsm("first"), page.ids.front());
  page = query("", "<max>2</max><after>" + page.rsm("last") + "</after>");
  EXPECT_EQ(page.messages, (Ids{"m2", "m3"}));
  EXPECT_FALSE(page.complete());
  page = query("", "<max>2</max><after>" + page.rsm("last") + "</after>");
  EXPECT_EQ(page.messages, (Ids{"m4"}));
  EXPECT_TRUE(page.complete());
}

TEST_F(MamTest, Xep0313Section4_3_3BackwardsPageByPage) {
  say(3);
  Result page = query("", "<max>2</max><before/>");
  EXPECT_EQ(page.messages, (Ids{"m1", "m2"}));
  EXPECT_FALSE(page.complete());
  page = query("", "<max>2</max><before>" + page.rsm("first") + "</before>");
  EXPECT_EQ(page.messages, (Ids{"m0"}));
  EXPECT_TRUE(page.complete());
}

TEST_F(MamTest, APageThatIsJustFullIsComplete) {
  say(2);
  EXPECT_TRUE(query("", "<max>2</max>").complete());
  EXPECT_TRUE(query("", "<max>2</max><before/>").complete());
  EXPECT_TRUE(query(form("with", "juliet@localhost"), "<max>2</max>").complete());
}

TEST_F(MamTest, Xep0313Section4_3_4AFlippedPageIsTheSamePage) {
  say(3);
  const Result page = query("<flip-page/>", "<max>2</max>");
  EXPECT_EQ(page.messages, (Ids{"m1", "m0"}));
  EXPECT_EQ(page.rsm("first"), page.ids.back());
}

TEST_F(MamTest, Xep0313Section4_1_1WithOneContact) {
  server_.add_account("nurse@localhost");
  say(1);
  romeo_.send("<message to='nurse@localhost/room' type='chat' id='n'><body>x</body></message>");
  EXPECT_EQ(query(form("with", "nurse@localhost")).messages, (Ids{"n"}));
  EXPECT_EQ(query(form("with", "nurse@localhost/room")).messages, (Ids{"n"}));
  EXPECT_EQ(query(form("with", "nurse@localhost/hall")).messages, Ids{});
  EXPECT_EQ(query(form("with", "romeo@localhost")).messages, Ids{});
}

TEST_F(MamTest, Xep0313Section4_1_3SingleMessagesById) {
  say(3);
  const Ids ids = query("").ids;
  Result result = query(form("ids", ids[1]));
  EXPECT_EQ(result.messages, (Ids{"m1"}));
  EXPECT_TRUE(result.complete());
  result = query(form("ids", "12345"));
  EXPECT_EQ(error_of(result.answer), "item-not-found");
}

TEST_F(MamTest, Xep0313Section4_3_2AnIdThatIsNotThereIsNotFound) {
  say(1);
  EXPECT_EQ(error_of(query("", "<after>12345</after>").answer), "item-not-found");
  EXPECT_EQ(error_of(query(form("before-id", "12345")).answer), "item-not-found");
}

TEST_F(MamTest, Xep0059Section2_7OnlyTheCount) {
  say(3);
  const Result result = query("", "<max>0</max>");
  EXPECT_TRUE(result.ids.empty());
  EXPECT_EQ(result.rsm("count"), "3");
  EXPECT_FALSE(result.complete());
}

TEST_F(MamTest, Xep0313Section5TheEndsOfTheArchive) {
  constexpr std::string_view kMetadata = "<metadata xmlns='urn:xmpp:mam:2'/>";
  EXPECT_FALSE(romeo_.iq("get", "", kMetadata).root().first_child().first_child());
  say(2);
  const Ids ids = query("").ids;
  const xml::Document answer = romeo_.iq("get", "", kMetadata);
  const xml::Element start = answer.root().first_child().first_child();
  EXPECT_EQ(start.attribute("id"), ids.front());
  EXPECT_EQ(start.next().attribute("id"), ids.back());
}

TEST_F(MamTest, Case39NobodyReadsTheArchiveOfAnother) {
  for (const std::string_view to : {"juliet@localhost", "nobody@localhost"}) {
    const xml::Document answer = romeo_.iq("set", to, "<query xmlns='urn:xmpp:mam:2'/>");
    EXPECT_EQ(error_of(answer), "service-unavailable") << to;
    EXPECT_EQ(error_of(romeo_.iq("get", to, "<metadata xmlns='urn:xmpp:mam:2'/>")),
              "service-unavailable");
    EXPECT_EQ(error_of(romeo_.iq("get", to, "<prefs xmlns='urn:xmpp:mam:2'/>")),
              "service-unavailable");
  }
}

TEST_F(MamTest, QueriesOfOneDeviceAreAnsweredInTheirOrder) {
  say(3);
  for (int i = 0; i < 5; ++i)
    romeo_.send("<iq type='set' id='" + std::to_string(i) +
                "'><query xmlns='urn:xmpp:mam:2' queryid='" + std::to_string(i) + "'/></iq>");
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 3; ++j)
      EXPECT_EQ(romeo_.next().root().first_child().attribute("queryid"), std::to_string(i));
    EXPECT_EQ(romeo_.next().root().attribute("id"), std::to_string(i));
  }
}

TEST_F(MamTest, Xep0441WhatIsNotWantedIsNotKept) {
  romeo_.iq("set", "",
            "<prefs xmlns='urn:xmpp:mam:2' default='always'><never><jid>juliet@localhost</jid>"
            "</never></prefs>");
  say(1);
  romeo_.send("<message to='romeo@localhost' type='chat' id='note'><body>x</body></message>");
  EXPECT_EQ(query("").messages, (Ids{"note"}));
}

TEST_F(MamTest, Xep0441WithoutARosterTheDefaultCannotBeTheRoster) {
  const xml::Document answer =
      romeo_.iq("set", "", "<prefs xmlns='urn:xmpp:mam:2' default='roster'/>");
  EXPECT_EQ(answer.root().first_child().attribute("default"), "always");
}

TEST_F(MamTest, Xep0313Section6_1_1WhoReadsHistoryGetsNoOfflineMessages) {
  say(1);
  TestClient juliet = server_.login("juliet@localhost/balcony");
  juliet.iq("set", "", "<query xmlns='urn:xmpp:mam:2'/>");
  juliet.expect("<message><result xmlns='urn:xmpp:mam:2'/></message>");
  EXPECT_TRUE(server_.on_home("juliet@localhost", [](server::Homes& homes) {
    return homes.find_account("juliet@localhost")->sessions().front()->reads_history();
  }));
}

// XEP-0386 §4.
TEST_F(MamTest, BindingTellsWhereTheArchiveBeginsAndEnds) {
  const auto metadata = [&] {
    TestClient device = server_.connect();
    const xml::Document success = device.login_sasl2("romeo@localhost", TestServer::kPassword);
    const xml::Element found =
        success.root().child("bound", "urn:xmpp:bind:0").child("metadata", "urn:xmpp:mam:2");
    EXPECT_TRUE(found) << success.root().raw();
    const auto end = [&](std::string_view name) {
      return std::string(found.child(name, "urn:xmpp:mam:2").attribute_or_empty("id"));
    };
    return std::pair{end("start"), end("end")};
  };
  EXPECT_EQ(metadata(), (std::pair{std::string(), std::string()}));
  say(3);
  const Result all = query("");
  ASSERT_EQ(all.ids.size(), 3U);
  EXPECT_EQ(metadata(), (std::pair{all.ids.front(), all.ids.back()}));
}

} // namespace
} // namespace rookery::modules::mam

#include "modules/blocking/blocking.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/testing/test_server.h"

namespace rookery::modules::blocking {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;

constexpr std::string_view kList = "<blocklist xmlns='urn:xmpp:blocking'/>";

std::string block(std::string_view jid) {
  return "<block xmlns='urn:xmpp:blocking'><item jid='" + std::string(jid) + "'/></block>";
}
std::string unblock(std::string_view jid) {
  return "<unblock xmlns='urn:xmpp:blocking'><item jid='" + std::string(jid) + "'/></unblock>";
}
std::string_view type_of(const xml::Document& answer) {
  return answer.root().attribute_or_empty("type");
}
std::string_view error_of(const xml::Document& answer) {
  return answer.root().child("error", "jabber:client").first_child().name();
}

class BlockingTest : public testing::Test {
protected:
  TestServer server_{{&descriptor()}};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
  TestClient juliet_ = server_.login("juliet@localhost/balcony");
};

TEST_F(BlockingTest, Xep0191Section3_2AnEmptyListIsEmpty) {
  const xml::Document answer = romeo_.iq("get", "", kList);
  EXPECT_TRUE(answer.root().first_child().is("blocklist", "urn:xmpp:blocking"));
  EXPECT_FALSE(answer.root().first_child().first_child());
}

TEST_F(BlockingTest, Xep0191Section3_3BlockingNobodyIsABadRequest) {
  EXPECT_EQ(error_of(romeo_.iq("set", "", "<block xmlns='urn:xmpp:blocking'/>")), "bad-request");
}

TEST_F(BlockingTest, Xep0191Section3_3OnlyDevicesThatHaveAskedForTheListAreTold) {
  TestClient phone = server_.login("romeo@localhost/phone");
  phone.iq("get", "", kList);
  EXPECT_EQ(type_of(romeo_.iq("set", "", block("tybalt@localhost"))), "result");
  phone.expect("<iq type='set'><block xmlns='urn:xmpp:blocking'><item jid='tybalt@localhost'/>"
               "</block></iq>");
  EXPECT_EQ(type_of(romeo_.iq("set", "", "<unblock xmlns='urn:xmpp:blocking'/>")), "result");
  const xml::Document push =
      phone.expect("<iq type='set'><unblock xmlns='urn:xmpp:blocking'/></iq>");
  EXPECT_FALSE(push.root().first_child().first_child());
  romeo_.expect_nothing();
}

TEST_F(BlockingTest, Xep0191Section3_3RequestsAreServiceUnavailable) {
  romeo_.iq("set", "", block("juliet@localhost"));
  for (const std::string_view to : {"romeo@localhost", "romeo@localhost/orchard"}) {
    const xml::Document answer = juliet_.iq("get", to, "<query xmlns='jabber:iq:version'/>");
    EXPECT_EQ(error_of(answer), "service-unavailable") << to;
  }
  romeo_.expect_nothing();
}

// Whatever is sent, what comes back is the same: from one who blocks, and from an address that
// nobody has.
TEST_F(BlockingTest, Case43WhoIsBlockedMeetsNobody) {
  romeo_.iq("set", "", block("juliet@localhost"));
  std::vector<std::string> stanzas;
  for (const std::string_view type : {"normal", "chat", "groupchat", "headline", "error"})
    stanzas.push_back("<message type='" + std::string(type) +
                      "' id='1' to='TO'><body>x</body></message>");
  for (const std::string_view type : {"get", "set", "result", "error"})
    stanzas.push_back("<iq type='" + std::string(type) + "' id='1' to='TO'><x xmlns='x:y'/></iq>");
  for (const std::string_view type :
       {"unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed", "error"})
    stanzas.push_back("<presence type='" + std::string(type) + "' id='1' to='TO'/>");
  stanzas.emplace_back("<presence to='TO'/>");
  for (const std::string_view resource : {"", "/orchard", "/elsewhere"}) {
    for (const std::string& stanza : stanzas) {
      std::vector<std::string> answers;
      for (const std::string_view name : {"romeo", "nobody"}) {
        std::string text = stanza;
        text.replace(text.find("TO"), 2, std::string(name) + "@localhost" + std::string(resource));
        juliet_.send(text);
        server_.settle(); // an account that is not there is looked for first
        juliet_.send("<message id='end' to='juliet@localhost/balcony'/>");
        std::string& came = answers.emplace_back();
        for (xml::Document next = juliet_.next(); next.root().attribute("id") != "end";
             next = juliet_.next()) {
          came += next.root().raw();
          if (const auto at = came.find(name); at != std::string::npos)
            came.replace(at, name.size(), "NAME");
        }
      }
      EXPECT_EQ(answers[0], answers[1]) << stanza << resource;
    }
  }
  romeo_.expect_nothing();
}

TEST_F(BlockingTest, Xep0191Section3_3PresenceIsDroppedWithoutAWord) {
  romeo_.iq("set", "", block("juliet@localhost"));
  juliet_.send("<presence to='romeo@localhost/orchard'/>");
  juliet_.expect_nothing();
  romeo_.expect_nothing();
}

TEST_F(BlockingTest, Xep0191Section3_3WhatTheUserSendsIsNotAcceptable) {
  romeo_.iq("set", "", block("juliet@localhost"));
  romeo_.send("<message id='1' to='juliet@localhost/balcony'><body>x</body></message>");
  romeo_.expect("<message type='error' id='1'><error type='cancel'>"
                "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                "<blocked xmlns='urn:xmpp:blocking:errors'/></error></message>");
  juliet_.expect_nothing();
}

TEST_F(BlockingTest, Xep0191Section3_4WhatComesAfterUnblockingIsDelivered) {
  romeo_.iq("set", "", block("juliet@localhost"));
  romeo_.iq("set", "", unblock("juliet@localhost"));
  juliet_.send("<message id='1' to='romeo@localhost/orchard'><body>x</body></message>");
  romeo_.expect("<message id='1'/>");
}

TEST_F(BlockingTest, Xep0191Section6OwnDevicesAreNeverCutOff) {
  TestClient phone = server_.login("romeo@localhost/phone");
  romeo_.iq("set", "", block("romeo@localhost"));
  romeo_.iq("set", "", block("localhost"));
  phone.send("<message id='1' to='romeo@localhost/orchard'><body>x</body></message>");
  romeo_.expect("<message id='1'/>");
}

TEST_F(BlockingTest, TheListOfAnotherIsNotThere) {
  EXPECT_EQ(error_of(juliet_.iq("get", "romeo@localhost", kList)), "service-unavailable");
  EXPECT_EQ(error_of(juliet_.iq("set", "romeo@localhost", block("a@b"))), "service-unavailable");
}

TEST(BlockingDurability, IsAnsweredWhenItIsDurable) {
  TestServer server({.store = storage::MemoryMode::kManual,
                     .modules = {&descriptor()},
                     .module_options = {},
                     .options = {}});
  TestClient romeo = server.login("romeo@localhost/orchard");
  server.settle();
  romeo.send("<iq type='set' id='1'>" + block("juliet@localhost") + "</iq>");
  romeo.expect_nothing();
  server.store().complete_all();
  romeo.expect("<iq type='result' id='1'/>");
}

TEST(BlockingDurability, IsThereWhenTheAccountIsLoadedAgain) {
  TestServer server({&descriptor()});
  {
    TestClient romeo = server.login("romeo@localhost/orchard");
    romeo.iq("set", "", block("juliet@localhost"));
    romeo.close();
  }
  server.on_home("romeo@localhost", [](server::Homes& homes) {
    if (server::Account* account = homes.find_account("romeo@localhost"))
      homes.unload(*account);
  });
  TestClient romeo = server.login("romeo@localhost/orchard");
  const xml::Document list = romeo.iq("get", "", kList);
  EXPECT_EQ(list.root().first_child().first_child().attribute("jid"), "juliet@localhost");
}

} // namespace
} // namespace rookery::modules::blocking

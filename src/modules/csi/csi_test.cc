#include "modules/csi/csi.h"

#include <gtest/gtest.h>

#include "server/account.h"
#include "server/homes.h"
#include "server/session.h"
#include "server/testing/test_server.h"

namespace rookery::modules::csi {
namespace {

using server::Session;
using server::testing::TestClient;
using server::testing::TestServer;

constexpr std::string_view kInactive = "<inactive xmlns='urn:xmpp:csi:0'/>";
constexpr std::string_view kActive = "<active xmlns='urn:xmpp:csi:0'/>";
constexpr std::string_view kUnknown = "<query xmlns='urn:example:unknown'/>";

std::string state(std::string_view what, std::string_view id) {
  return "<message to='juliet@localhost/phone' type='chat' id='" + std::string(id) + "'><" +
         std::string(what) + " xmlns='http://jabber.org/protocol/chatstates'/></message>";
}

class CsiTest : public testing::Test {
protected:
  /// The phone is inactive when this returns.
  void go_inactive() {
    phone_.send(kInactive);
    server_.settle();
  }

  TestServer server_{{&descriptor()}};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
  TestClient phone_ = server_.login("juliet@localhost/phone");
};

TEST_F(CsiTest, Xep0352Section3_1IsOfferedOnceTheClientHasAuthenticated) {
  TestClient client = server_.connect();
  EXPECT_FALSE(client.open_stream().root().child("csi", "urn:xmpp:csi:0"));
  const xml::Document features = client.authenticate("romeo@localhost", TestServer::kPassword);
  EXPECT_TRUE(features.root().child("csi", "urn:xmpp:csi:0"));
}

TEST_F(CsiTest, Xep0352Section5AStreamBeginsActive) {
  romeo_.send(state("composing", "1"));
  phone_.expect("<message id='1'/>");
}

TEST_F(CsiTest, ChatStatesWaitAndTheLatestComesBeforeWhatMatters) {
  go_inactive();
  romeo_.send(state("composing", "1"));
  romeo_.send(state("paused", "2"));
  romeo_.send("<message to='juliet@localhost/phone' type='chat' id='3'><body>hi</body></message>");
  EXPECT_EQ(phone_.next().root().attribute("id"), "2");
  EXPECT_EQ(phone_.next().root().attribute("id"), "3");
  phone_.expect_nothing();
}

// The first chat state is replaced by the second only where all of it has waited.
TEST_F(CsiTest, Xep0184ReceiptsWaitInOrderAndEachOfThemComes) {
  go_inactive();
  romeo_.send(state("composing", "1"));
  for (const std::string_view id : {"2", "3", "4"})
    romeo_.send("<message to='juliet@localhost/phone' id='" + std::string(id) +
                "'><received xmlns='urn:xmpp:receipts' id='x'/></message>");
  romeo_.send(state("paused", "5"));
  server_.settle();
  phone_.send(kActive);
  for (const std::string_view id : {"2", "3", "4", "5"})
    EXPECT_EQ(phone_.next().root().attribute("id"), id);
}

TEST_F(CsiTest, Xep0352Section5_1WhatWasHeldComesBeforeTheAnswerToALaterRequest) {
  go_inactive();
  romeo_.send(state("composing", "1"));
  romeo_.send(state("paused", "2"));
  server_.settle();
  phone_.send(std::string(kActive) +
              "<iq type='get' id='3' to='localhost'><query xmlns='urn:example:unknown'/></iq>");
  EXPECT_EQ(phone_.next().root().attribute("id"), "2");
  EXPECT_EQ(phone_.next().root().attribute("id"), "3");
  romeo_.send(state("composing", "4"));
  romeo_.send(state("paused", "5"));
  EXPECT_EQ(phone_.next().root().attribute("id"), "4");
}

TEST_F(CsiTest, AnAnswerWakesTheDeviceToo) {
  go_inactive();
  romeo_.send(state("composing", "1"));
  server_.settle();
  phone_.iq("get", "localhost", kUnknown);
  phone_.expect("<message id='1'/>");
}

TEST_F(CsiTest, Xep0386BeginsInactiveWhereAsked) {
  TestClient device = server_.connect();
  device.login_sasl2("juliet@localhost", TestServer::kPassword,
                     "<bind xmlns='urn:xmpp:bind:0'><inactive xmlns='urn:xmpp:csi:0'/></bind>");
  const auto send = [&](std::string_view what, std::string_view id) {
    romeo_.send("<message to='" + device.jid() + "' type='chat' id='" + std::string(id) + "'><" +
                std::string(what) + " xmlns='http://jabber.org/protocol/chatstates'/></message>");
  };
  send("composing", "1");
  send("paused", "2");
  server_.settle();
  device.send(kActive);
  EXPECT_EQ(device.next().root().attribute("id"), "2");
}

// XEP-0352 §5.2, XEP-0198 §5: what waited is not lost with the connection.
TEST_F(CsiTest, AResumedStreamIsActiveAndGetsWhatWaited) {
  const xml::Document enabled = [&] {
    phone_.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    return phone_.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
  }();
  go_inactive();
  romeo_.send(state("composing", "1"));
  romeo_.send("<message to='juliet@localhost/phone' id='2'>"
              "<received xmlns='urn:xmpp:receipts' id='x'/></message>");
  server_.settle();
  phone_.cut();
  server_.settle();
  romeo_.send(state("paused", "3"));
  server_.settle();
  TestClient again = server_.connect();
  again.open_stream();
  again.authenticate("juliet@localhost", TestServer::kPassword);
  again.send("<resume xmlns='urn:xmpp:sm:3' h='0' previd='" +
             std::string(enabled.root().attribute_or_empty("id")) + "'/>");
  again.expect("<resumed xmlns='urn:xmpp:sm:3'/>");
  EXPECT_EQ(again.expect("<message/>").root().attribute("id"), "2");
  EXPECT_EQ(again.expect("<message/>").root().attribute("id"), "3");
  romeo_.send(state("composing", "4"));
  again.expect("<message id='4'/>");
}

// It would be written into the history a second time if the device went with it.
TEST_F(CsiTest, WhatIsHeldKeepsItsPlaceInTheLog) {
  constexpr EntryId kEntry{17};
  phone_.send("<enable xmlns='urn:xmpp:sm:3'/>");
  go_inactive();
  server_.on_home("juliet@localhost", [&](server::Homes& homes) {
    Session& session = *homes.find_account("juliet@localhost")->sessions().front();
    // As what had to wait for the log to be read is sent.
    session.send("<message from='romeo@localhost/orchard' to='juliet@localhost' id='1'>"
                 "<received xmlns='urn:xmpp:receipts' id='x'/></message>",
                 nullptr, kEntry);
    EXPECT_TRUE(session.sm()->unacked().empty());
  });
  phone_.send(kActive);
  phone_.expect("<message id='1'/>");
  server_.on_home("juliet@localhost", [&](server::Homes& homes) {
    Session& session = *homes.find_account("juliet@localhost")->sessions().front();
    EXPECT_EQ(session.sm()->unacked().back().id, kEntry);
  });
}

TEST_F(CsiTest, WhatIsReadFromTheLogDoesNotOvertakeWhatIsHeld) {
  go_inactive();
  romeo_.send("<message to='juliet@localhost' type='chat' id='2'><body>kept: nobody is "
              "available</body></message>");
  romeo_.send(state("composing", "1"));
  server_.settle();
  server_.on_home("juliet@localhost", [](server::Homes& homes) {
    Session& session = *homes.find_account("juliet@localhost")->sessions().front();
    session.set_available(0, "<presence/>");
    homes.deliver_offline(session);
  });
  EXPECT_EQ(phone_.next().root().attribute("id"), "1");
  EXPECT_EQ(phone_.next().root().attribute("id"), "2");
}

TEST(CsiBounds, MoreThanMayBeHeldIsSent) {
  TestServer server({.modules = {&descriptor()},
                     .module_options = {{"csi", {{"held-bytes-max", "300"}}}},
                     .options = {}});
  TestClient romeo = server.login("romeo@localhost/orchard");
  TestClient phone = server.login("juliet@localhost/phone");
  phone.send(kInactive);
  server.settle();
  for (int i = 0; i < 4; ++i)
    romeo.send("<message to='juliet@localhost/phone' id='" + std::to_string(i) +
               "'><received xmlns='urn:xmpp:receipts' id='x'/></message>");
  EXPECT_EQ(phone.next().root().attribute("id"), "0");
  EXPECT_EQ(phone.next().root().attribute("id"), "1");
}

} // namespace
} // namespace rookery::modules::csi

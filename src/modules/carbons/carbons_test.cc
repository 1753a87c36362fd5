#include "modules/carbons/carbons.h"

#include <gtest/gtest.h>

#include "server/account.h"
#include "server/testing/test_server.h"
#include "storage/blocking.h"
#include "xmpp/messages.h"

namespace rookery::modules::carbons {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;
using xmpp::Direction;

constexpr std::string_view kEnable = "<enable xmlns='urn:xmpp:carbons:2'/>";
constexpr std::string_view kDisable = "<disable xmlns='urn:xmpp:carbons:2'/>";

// --- which and how: pure ---

struct Message {
  explicit Message(std::string_view text) : packet(server::make_packet(text)) {}
  [[nodiscard]] Passing past(Direction direction, std::string_view device) const {
    return {.packet = *packet,
            .direction = direction,
            .own_bare = "romeo@localhost",
            .own_device = device};
  }
  server::PacketPtr packet;
};

TEST(CarbonsRules, Xep0280Section6AChatMessageIsCopiedBothWays) {
  const Message sent("<message from='romeo@localhost/a' to='juliet@localhost' type='chat'/>");
  EXPECT_TRUE(should_copy(sent.past(Direction::kSent, "romeo@localhost/b")).copy);
  const Message received("<message from='juliet@localhost/x' to='romeo@localhost/a' type='chat'/>");
  EXPECT_TRUE(should_copy(received.past(Direction::kReceived, "romeo@localhost/b")).copy);
}

TEST(CarbonsRules, Xep0280Section9PrivateIsNot) {
  const Message message("<message from='romeo@localhost/a' to='juliet@localhost' type='chat'>"
                        "<body>x</body><private xmlns='urn:xmpp:carbons:2'/></message>");
  const auto verdict = should_copy(message.past(Direction::kSent, "romeo@localhost/b"));
  EXPECT_FALSE(verdict.copy);
  EXPECT_EQ(verdict.reason, "private");
}

TEST(CarbonsRules, ANoteToOneselfIsCopiedOnceToEachOtherDevice) {
  const Message note("<message from='romeo@localhost/a' to='romeo@localhost/b' type='chat'>"
                     "<body>milk</body></message>");
  EXPECT_EQ(should_copy(note.past(Direction::kSent, "romeo@localhost/c")).reason, "note-to-self");
  EXPECT_TRUE(should_copy(note.past(Direction::kReceived, "romeo@localhost/c")).copy);
  EXPECT_EQ(should_copy(note.past(Direction::kReceived, "romeo@localhost/a")).reason, "own-note");
}

TEST(CarbonsCopy, Xep0280Section8WrapsWithTheAccountAsSender) {
  const Message message("<message from='romeo@localhost/a' to='juliet@localhost' type='chat' "
                        "id='1'><body>x</body></message>");
  std::string out;
  write_copy(out, message.past(Direction::kSent, "romeo@localhost/b"), kBeforeAll);
  EXPECT_EQ(out, "<message from='romeo@localhost' to='romeo@localhost/b' type='chat'>"
                 "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
                 "<message xmlns='jabber:client' from='romeo@localhost/a' to='juliet@localhost' "
                 "type='chat' id='1'><body>x</body></message></forwarded></sent></message>");
}

TEST(CarbonsCopy, Xep0313Section3_3CarriesTheIdInTheOwnArchive) {
  const Message message("<message from='juliet@localhost/x' to='romeo@localhost/a' type='chat'>"
                        "<body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='romeo@localhost' "
                        "id='forged'/></message>");
  std::string out;
  write_copy(out, message.past(Direction::kReceived, "romeo@localhost/b"), EntryId(7));
  EXPECT_TRUE(out.contains("<stanza-id xmlns='urn:xmpp:sid:0' id='7' by='romeo@localhost'/>"));
  EXPECT_FALSE(out.contains("forged"));
}

// --- on a server ---

class CarbonsTest : public testing::Test {
protected:
  TestServer server_{{&descriptor()}};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
  TestClient balcony_ = server_.login("juliet@localhost/balcony");
  TestClient phone_ = server_.login("juliet@localhost/phone");
};

TEST_F(CarbonsTest, Xep0280Section10_1EnablingTwiceIsNoError) {
  EXPECT_EQ(phone_.iq("set", "", kEnable).root().attribute("type"), "result");
  EXPECT_EQ(phone_.iq("set", "", kEnable).root().attribute("type"), "result");
  EXPECT_EQ(phone_.iq("set", "", kDisable).root().attribute("type"), "result");
  EXPECT_EQ(phone_.iq("set", "", kDisable).root().attribute("type"), "result");
}

TEST_F(CarbonsTest, NobodyEnablesThemForAnother) {
  const xml::Document answer = romeo_.iq("set", "juliet@localhost", kEnable);
  EXPECT_EQ(answer.root().first_child().first_child().name(), "service-unavailable");
}

TEST_F(CarbonsTest, Xep0280Section7TheOtherDeviceGetsACopyOfWhatIsReceived) {
  phone_.iq("set", "", kEnable);
  romeo_.send("<message to='juliet@localhost/balcony' type='chat'><body>hi</body></message>");
  balcony_.expect("<message><body>hi</body></message>");
  phone_.expect("<message from='juliet@localhost'><received xmlns='urn:xmpp:carbons:2'>"
                "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' "
                "from='romeo@localhost/orchard'><body>hi</body><stanza-id xmlns='urn:xmpp:sid:0' "
                "by='juliet@localhost' id='*'/></message></forwarded></received></message>");
  balcony_.expect_nothing();
  phone_.expect_nothing();
}

TEST_F(CarbonsTest, Xep0280Section8AndOfWhatIsSentNotToTheOneThatSentIt) {
  phone_.iq("set", "", kEnable);
  balcony_.iq("set", "", kEnable);
  balcony_.send("<message to='romeo@localhost/orchard' type='chat'><body>hi</body></message>");
  romeo_.expect("<message><body>hi</body></message>");
  phone_.expect("<message from='juliet@localhost'><sent xmlns='urn:xmpp:carbons:2'>"
                "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' "
                "to='romeo@localhost/orchard'><body>hi</body></message></forwarded></sent>"
                "</message>");
  balcony_.expect_nothing();
}

TEST_F(CarbonsTest, ANoteToOneselfReachesEachDeviceOnce) {
  phone_.iq("set", "", kEnable);
  balcony_.iq("set", "", kEnable);
  TestClient desk = server_.login("juliet@localhost/desk");
  desk.iq("set", "", kEnable);
  balcony_.send("<message to='juliet@localhost/phone' type='chat'><body>milk</body></message>");
  phone_.expect("<message from='juliet@localhost/balcony'><body>milk</body></message>");
  desk.expect("<message><received xmlns='urn:xmpp:carbons:2'/></message>");
  phone_.expect_nothing();
  desk.expect_nothing();
  balcony_.expect_nothing();
}

TEST_F(CarbonsTest, Case38WhatLooksLikeACopyIsDeliveredOnceAndNotCopied) {
  phone_.iq("set", "", kEnable);
  romeo_.send(
      "<message to='juliet@localhost/balcony' type='chat'><received xmlns='urn:xmpp:carbons:2'>"
      "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='nurse@localhost'"
      "><body>Marry Paris</body></message></forwarded></received></message>");
  const xml::Document arrived = balcony_.expect("<message from='romeo@localhost/orchard'/>");
  EXPECT_FALSE(xmpp::looks_like_carbon(arrived.root()));
  phone_.expect_nothing();
}

TEST_F(CarbonsTest, Xep0386EnabledWhileBinding) {
  server_.add_account("nurse@localhost");
  TestClient old = server_.login("nurse@localhost/old");
  TestClient fresh = server_.connect();
  fresh.login_sasl2("nurse@localhost", TestServer::kPassword,
                    "<bind xmlns='urn:xmpp:bind:0'><enable xmlns='urn:xmpp:carbons:2'/></bind>");
  old.send("<message to='romeo@localhost/orchard' type='chat'><body>hi</body></message>");
  romeo_.expect("<message><body>hi</body></message>");
  fresh.expect("<message><sent xmlns='urn:xmpp:carbons:2'/></message>");
}

// The log is read for it, and what another device has just sent is among it.
TEST_F(CarbonsTest, ACopyThatComesWhileOfflineMessagesAreReadIsNotLost) {
  balcony_.send("<message to='romeo@localhost' type='chat' id='m1'><body>x</body></message>");
  server_.settle();
  TestClient late = server_.login("juliet@localhost/late");
  late.iq("set", "", kEnable);
  server_.on_home("juliet@localhost", [&](server::Homes& homes) {
    server::Account& account = *homes.find_account("juliet@localhost");
    storage::BlockingStore store(server_.store());
    const EntryId sent = store.read({.log = account.owner()}).value().entries.back().id;
    server::Session& session = *account.find_session("late");
    session.set_available(0, "<presence/>");
    homes.deliver_offline(session);
    session.send("<message/>", nullptr, sent); // as if it were copied just now
  });
  late.expect("<message from='juliet@localhost'><sent xmlns='urn:xmpp:carbons:2'/></message>");
  late.expect_nothing();
}

// The message is in its receiver's log alone: its id says nothing of the sender's own.
TEST(CarbonsWithoutHistory, ACopyOfWhatIsSentHasNoPlaceInTheSendersLog) {
  server::testing::TestSettings settings;
  settings.modules = {&descriptor()};
  settings.options.history = server::HistoryKept::kUndelivered;
  TestServer server{std::move(settings)};
  server.add_account("juliet@localhost");
  TestClient phone = server.login("romeo@localhost/phone");
  TestClient desk = server.login("romeo@localhost/desk");
  desk.iq("set", "", kEnable);
  const Owner owner = server.on_home("romeo@localhost", [](server::Homes& homes) {
    server::Account& account = *homes.find_account("romeo@localhost");
    account.find_session("desk")->set_available(0, "<presence/>");
    return account.owner();
  });
  phone.send("<message to='juliet@localhost' type='chat'><body>hi</body></message>");
  const xml::Document copy = desk.expect("<message><sent xmlns='urn:xmpp:carbons:2'/></message>");
  EXPECT_FALSE(copy.root().raw().contains("stanza-id"));
  server.on_home("romeo@localhost", [](server::Homes& homes) {
    homes.commit({}, [](const Status&) {}); // with what has moved
  });
  server.settle();
  storage::BlockingStore store(server.store());
  EXPECT_FALSE(store.get(owner, server::kMailboxRecords, "").value())
      << "nothing has been delivered to him";
}

} // namespace
} // namespace rookery::modules::carbons

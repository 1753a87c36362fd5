// What is sent to a device while the log is read for it: each once, in order, and none of it lost.
#include "server/testing/offline_fixture.h"

namespace rookery::server {
namespace {

using testing::kJuliet;
using testing::offline_settings;
using testing::OfflineTest;
using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

/// Two are read at once, and more than two that are not acknowledged are waited for.
TestSettings slow_device(HistoryKept history) {
  TestSettings made = offline_settings(history);
  made.options.limits.unacked_stanzas_max = 8;
  return made;
}

/// The session of this device.
Session& session_of(Homes& homes, std::string_view resource) {
  return *homes.find_account(kJuliet)->find_session(resource);
}

/// The device comes online, and reads what it missed from now on.
void begin_replay(Session& session) {
  session.set_available(0, "<presence/>");
  session.homes().deliver_offline(session);
}

/// Presence of a contact, which is not kept.
void send_presence(Session& session, std::string_view id) {
  const PacketPtr presence =
      make_packet(fmt::format("<presence from='romeo@localhost/orchard' id='{}'/>", id));
  std::string xml;
  write_packet(xml, *presence);
  session.send(xml, presence.get());
}

/// An entry of the log comes live, as if it had been written just now.
void send_logged(Session& session, EntryId id) { session.send("<message/>", nullptr, id); }

class OfflineOrderTest : public OfflineTest {
protected:
  explicit OfflineOrderTest(HistoryKept history = HistoryKept::kAll)
      : OfflineTest(slow_device(history)) {}

  void expect_in_order(TestClient& client, std::initializer_list<std::string_view> ids) {
    for (const std::string_view id : ids) {
      xml::Document got = client.next();
      while (got.root().name() == "r") // XEP-0198
        got = client.next();
      EXPECT_EQ(got.root().attribute("id"), id);
    }
  }
  void acknowledge(TestClient& client, int count) {
    client.send(fmt::format("<a xmlns='urn:xmpp:sm:3' h='{}'/>", count));
    server_.settle();
  }
};

// The log is not read on before the device has taken what it was sent: what came behind the last
// entry that was read does not wait as long.
TEST_F(OfflineOrderTest, Rfc6120Section10_1WhatWaitedBehindTheLastOfAPageGoesFirst) {
  for (int i = 1; i <= 3; ++i)
    say(i);
  TestClient device = juliet("phone", true);
  server_.on_home(kJuliet, [log = log_of_juliet()](Homes& homes) {
    Session& session = session_of(homes, "phone");
    send_presence(session, "p0");
    begin_replay(session);
    send_logged(session, log[1].id);
    send_presence(session, "p1");
  });
  server_.settle();
  server_.on_home(kJuliet, [](Homes& homes) {
    ASSERT_TRUE(session_of(homes, "phone").replay->waits);
    send_presence(session_of(homes, "phone"), "p2");
  });
  acknowledge(device, 3);
  expect_in_order(device, {"p0", "m1", "m2", "p1", "p2", "m3"});
}

// A message that nobody has acknowledged is handed on by a device that goes while it is read for
// another.
TEST_F(OfflineOrderTest, WhatIsReadAndHandedOnAtOnceComesOnce) {
  TestClient lost = juliet("lost", true);
  say(1, "juliet@localhost/lost");
  {
    TestClient other = juliet("other", false);
    other.send("<presence/>");
    say(2);
    expect_message(other, 2);
    other.close();
  }
  lost.cut();
  TestClient desk = juliet("desk", true);
  desk.send("<presence/>");
  expect_message(desk, 1);
  say(3);
  TestClient phone = juliet("phone", true);
  server_.on_home(kJuliet, [last = log_of_juliet().back().id](Homes& homes) {
    Session& session = session_of(homes, "phone");
    begin_replay(session);
    send_logged(session, last);
    homes.end_session(session_of(homes, "desk"), SessionEnd::kTimedOut);
    ASSERT_EQ(session.replay->behind.size(), 1U);
  });
  expect_in_order(phone, {"m1", "m3"});
  phone.expect_nothing();
}

// The same of one that is kept until delivered only, to a device that reads the history itself.
TEST_F(OfflineOrderTest, WhatIsNoHistoryAndHandedOnIsLeftToTheLog) {
  TestClient desk = juliet("desk", true);
  desk.send("<presence/>");
  server_.settle();
  romeo_.send("<message to='juliet@localhost/desk' type='chat' id='m1'><body>1</body>"
              "<no-permanent-store xmlns='urn:xmpp:hints'/></message>");
  expect_message(desk, 1);
  TestClient phone = juliet("phone", false);
  server_.on_home(kJuliet, [](Homes& homes) {
    Session& session = session_of(homes, "phone");
    session.set_reads_history();
    begin_replay(session);
    homes.end_session(session_of(homes, "desk"), SessionEnd::kTimedOut);
  });
  expect_in_order(phone, {"m1"});
  phone.expect_nothing();
}

TEST_F(OfflineOrderTest, MuchThatWaitedIsSentAsTheDeviceTakesIt) {
  say(1);
  say(2);
  TestClient device = juliet("phone", true);
  server_.on_home(kJuliet, [last = log_of_juliet().back().id](Homes& homes) {
    Session& session = session_of(homes, "phone");
    begin_replay(session);
    send_logged(session, last);
    for (int i = 1; i <= 7; ++i) // as much again as may be unacknowledged
      send_presence(session, fmt::format("p{}", i));
  });
  expect_in_order(device, {"m1", "m2", "p1"});
  const bool there = server_.on_home(kJuliet, [](Homes& homes) {
    Session* session = homes.find_account(kJuliet)->find_session("phone");
    if (session != nullptr)
      send_presence(*session, "p8");
    return session != nullptr;
  });
  ASSERT_TRUE(there) << "it takes what it is sent";
  acknowledge(device, 3);
  expect_in_order(device, {"p2", "p3", "p4"});
  acknowledge(device, 6);
  expect_in_order(device, {"p5", "p6", "p7"});
  acknowledge(device, 9);
  expect_in_order(device, {"p8"});
  device.expect_nothing();
  server_.on_home(kJuliet,
                  [](Homes& homes) { EXPECT_EQ(session_of(homes, "phone").replay, nullptr); });
}

// Until it acknowledges, its connection is looked at now and then; afterwards no longer: the log
// would be read twice at once.
TEST_F(OfflineOrderTest, OneThatBeginsToAcknowledgeIsNotLookedAtBesides) {
  say(1);
  TestClient device = juliet("phone", false);
  server_.on_home(kJuliet, [](Homes& homes) {
    Session& session = session_of(homes, "phone");
    begin_replay(session);
    session.replay->waits = true; // as if its connection were full
    homes.loop().arm(*session.replay, Milliseconds(50));
    (void)homes.enable_sm(session, false, {});
    ASSERT_TRUE(homes.acknowledged(session, 0));
    EXPECT_FALSE(session.replay->armed());
  });
  device.expect("<message id='m1'/>");
}

class UndeliveredOrderTest : public OfflineOrderTest {
protected:
  UndeliveredOrderTest() : OfflineOrderTest(HistoryKept::kUndelivered) {}
};

TEST_F(UndeliveredOrderTest, WhatIsStillToBeReadForOneIsNotErasedForAnother) {
  for (int i = 1; i <= 5; ++i)
    say(i);
  TestClient phone = server_.login("juliet@localhost/phone");
  phone.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/><presence/>");
  const std::string id(
      phone.expect("<enabled xmlns='urn:xmpp:sm:3'/>").root().attribute_or_empty("id"));
  expect_in_order(phone, {"m1", "m2", "m3", "m4"}); // and waits
  phone.cut();
  server_.settle();
  TestClient desk = juliet("desk", false);
  desk.send("<presence/>");
  expect_in_order(desk, {"m1", "m2", "m3", "m4", "m5"});
  say(6);
  expect_in_order(desk, {"m6"});
  (void)has_undelivered(); // writes what has moved, and erases
  TestClient back = server_.connect();
  back.login_sasl2(kJuliet, TestServer::kPassword,
                   fmt::format("<resume xmlns='urn:xmpp:sm:3' previd='{}' h='4'/>", id));
  expect_message(back, 5);
  expect_message(back, 6);
  acknowledge(back, 6);
  (void)has_undelivered();
  EXPECT_TRUE(log_of_juliet().empty()) << "all have all of it";
}

// It would be in memory only for as long as the device takes to catch up.
TEST_F(UndeliveredOrderTest, WhatComesForADeviceThatIsBehindIsInTheLog) {
  for (int i = 1; i <= 5; ++i)
    say(i);
  TestClient phone = juliet("phone", true);
  phone.send("<presence/>");
  expect_in_order(phone, {"m1", "m2", "m3", "m4"}); // and waits
  say(6);
  say(7, "juliet@localhost/phone");
  EXPECT_EQ(log_of_juliet().size(), 7U);
  acknowledge(phone, 4);
  expect_in_order(phone, {"m5", "m6", "m7"});
  acknowledge(phone, 7);
  (void)has_undelivered();
  EXPECT_TRUE(log_of_juliet().empty()) << "it has arrived";
}

// Of a message that was admitted before the device began to read.
TEST_F(UndeliveredOrderTest, WhatWaitsBehindTheLogAndIsNotInItIsKeptWhenTheDeviceGoes) {
  say(1);
  TestClient phone = juliet("phone", false);
  server_.on_home(kJuliet, [last = log_of_juliet().back().id](Homes& homes) {
    Session& session = session_of(homes, "phone");
    begin_replay(session);
    send_logged(session, last);
    const std::string_view xml = "<message from='romeo@localhost/orchard' to='juliet@localhost' "
                                 "type='chat' id='m2'><body>2</body></message>";
    session.send(xml, make_packet(xml).get());
    homes.end_session(session, SessionEnd::kTimedOut);
  });
  server_.settle();
  TestClient desk = juliet("desk", false);
  desk.send("<presence/>");
  expect_in_order(desk, {"m1", "m2"});
}

} // namespace
} // namespace rookery::server

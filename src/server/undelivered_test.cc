// The same where no history is kept (HistoryKept::kUndelivered): the log holds what waits, and no
// more.
#include "server/testing/offline_fixture.h"

namespace rookery::server {
namespace {

using testing::kJuliet;
using testing::offline_settings;
using testing::OfflineTest;
using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

class UndeliveredOnlyTest : public OfflineTest {
protected:
  UndeliveredOnlyTest() : OfflineTest(HistoryKept::kUndelivered) {}
};

TEST_F(UndeliveredOnlyTest, WhatOneDeviceStillWaitsForIsNotErasedForAnother) {
  say(1);
  say(2);
  TestClient managed = juliet("phone", true);
  managed.send("<presence/>");
  expect_message(managed, 1);
  expect_message(managed, 2);
  TestClient other = juliet("desk", false);
  other.send("<presence/>");
  expect_message(other, 1);
  expect_message(other, 2);
  server_.settle();
  (void)has_undelivered(); // writes what has moved, and erases
  EXPECT_EQ(log_of_juliet().size(), 2U) << "the phone has not acknowledged them";
}

// No history has the rest: offline_messages_max, which is 3, does not hold.
TEST_F(UndeliveredOnlyTest, HoweverManyWaitAllOfThemCome) {
  for (int i = 1; i <= 5; ++i)
    say(i);
  TestClient device = juliet("phone", false);
  device.send("<presence/>");
  for (int i = 1; i <= 5; ++i)
    expect_message(device, i);
}

// The entry of a note to one's own device is in one's own log, which what one sends goes on in.
TEST_F(UndeliveredOnlyTest, WhatOnesOwnOtherDeviceHasNotGotIsKept) {
  TestClient phone = juliet("phone", true);
  phone.send("<presence/>");
  TestClient desk = server_.login("juliet@localhost/desk");
  desk.send("<enable xmlns='urn:xmpp:sm:3' resume='true' max='1'/>");
  desk.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
  desk.cut();
  server_.settle();
  phone.send("<message to='juliet@localhost/desk' type='chat' id='m1'><body>b</body></message>");
  expect_message(phone, 1); // once the desk has gone
  say(2);
  expect_message(phone, 2);
  EXPECT_FALSE(log_of_juliet().empty()) << "nobody has acknowledged it";
  phone.send("<a xmlns='urn:xmpp:sm:3' h='2'/>");
  server_.settle();
  (void)has_undelivered();
  EXPECT_TRUE(log_of_juliet().empty()) << "it has arrived";
}

// Its session is there still, but only in memory.
TEST_F(UndeliveredOnlyTest, WhatIsForADeviceThatIsAwayIsInTheLog) {
  TestClient away = server_.login("juliet@localhost/phone");
  away.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/><presence/>");
  const std::string id(
      away.expect("<enabled xmlns='urn:xmpp:sm:3'/>").root().attribute_or_empty("id"));
  away.cut();
  server_.settle();
  say(1);
  EXPECT_EQ(log_of_juliet().size(), 1U);
  say(2, "juliet@localhost/phone");
  EXPECT_EQ(log_of_juliet().size(), 2U);
  TestClient back = server_.connect();
  back.login_sasl2(kJuliet, TestServer::kPassword,
                   fmt::format("<resume xmlns='urn:xmpp:sm:3' previd='{}' h='0'/>", id));
  expect_message(back, 1);
  expect_message(back, 2);
  back.send("<a xmlns='urn:xmpp:sm:3' h='2'/>");
  server_.settle();
  (void)has_undelivered();
  EXPECT_TRUE(log_of_juliet().empty()) << "it has arrived";
}

// Its connection is gone, and what it has sent waits for the disk: what comes for it meanwhile has
// come to nobody.
TEST(UndeliveredOnly, AMessageToASessionThatIsBeingFinishedIsKept) {
  TestSettings made = offline_settings(HistoryKept::kUndelivered);
  made.store = storage::MemoryMode::kManual;
  TestServer server{std::move(made)};
  server.add_account("tybalt@localhost");
  TestClient romeo = server.login("romeo@localhost/orchard");
  TestClient juliet = server.login("juliet@localhost/phone");
  juliet.send("<presence/><message to='tybalt@localhost' type='chat'><body>b</body></message>");
  server.settle();
  ASSERT_EQ(server.store().waiting(), 1U);
  juliet.cut();
  server.settle();
  romeo.send("<message to='juliet@localhost' type='chat' id='m1'><body>b</body></message>");
  server.settle();
  while (server.store().waiting() != 0) {
    server.store().complete_all();
    server.settle();
  }
  TestClient again = server.login("juliet@localhost/again");
  again.send("<presence/>");
  again.expect("<message id='m1'/>");
}

// Two threads: between the receiver's word that a device is there and the message, the device goes.
TEST(UndeliveredOnly, AMessageWhoseDeviceGoesMeanwhileIsKept) {
  TestSettings made = offline_settings(HistoryKept::kUndelivered);
  made.threads = 2;
  TestServer server{std::move(made)};
  const auto name_on = [&](std::size_t thread) {
    char c = 'a';
    while (&server.server().homes_of(fmt::format("{}@localhost", c)) !=
           &server.server().homes(thread))
      ++c;
    return fmt::format("{}@localhost", c);
  };
  const std::string from = name_on(0), to = name_on(1);
  TestClient sender = server.login(from + "/s"), receiver = server.login(to + "/r");
  receiver.send("<presence/>");
  server.settle();
  // Her home is held up until it has been asked, and she goes right after it has said that she is
  // there.
  std::promise<void> held, go_on;
  Homes& home = server.server().homes(1);
  home.loop().post([&] {
    held.set_value();
    go_on.get_future().wait();
  });
  held.get_future().wait();
  sender.send(fmt::format("<message to='{}' type='chat' id='m1'><body>b</body></message>", to));
  for (int i = 0; i < 3; ++i)
    server.on_home(from, [](Homes&) {});
  home.loop().post(
      [&] { home.end_session(*home.find_account(to)->sessions().front(), SessionEnd::kClosed); });
  go_on.set_value();
  server.settle();
  TestClient again = server.login(to + "/again");
  again.send("<presence/>");
  again.expect("<message id='m1'/>");
}

} // namespace
} // namespace rookery::server

// Messages that no device has got yet, and devices that come, miss some, and go.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/account.h"
#include "server/testing/fake_presence.h"
#include "server/testing/test_server.h"
#include "storage/blocking.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kJuliet = "juliet@localhost";

TestSettings settings(HistoryKept history) {
  TestSettings made;
  made.modules = {&testing::fake_presence()};
  made.options.history = history;
  made.options.limits.offline_messages_max = 3;
  return made;
}

class OfflineTest : public ::testing::Test {
protected:
  explicit OfflineTest(HistoryKept history = HistoryKept::kAll) : server_(settings(history)) {
    server_.add_account(kJuliet);
  }

  TestClient juliet(std::string_view resource, bool managed) {
    TestClient client = server_.login(fmt::format("{}/{}", kJuliet, resource));
    if (managed) {
      client.send("<enable xmlns='urn:xmpp:sm:3'/>");
      client.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
    }
    return client;
  }
  void say(int number, std::string_view to = kJuliet) {
    romeo_.send(fmt::format("<message to='{}' type='chat' id='m{}'><body>{}</body></message>", to,
                            number, number));
    server_.settle();
  }
  static void expect_message(TestClient& client, int number) {
    EXPECT_EQ(client.expect("<message/>").root().attribute("id"), fmt::format("m{}", number));
  }
  Owner owner() {
    return server_.on_home(kJuliet,
                           [](Homes& homes) { return homes.find_account(kJuliet)->owner(); });
  }
  std::vector<storage::Entry> log_of_juliet() {
    storage::BlockingStore store(server_.store());
    return store.read({.log = owner()}).value().entries;
  }
  /// Something is kept there of which it is not known that it has arrived.
  bool has_undelivered() {
    // What has moved is written with the next commit.
    server_.on_home(kJuliet, [](Homes& homes) { homes.commit({}, [](const Status&) {}); });
    server_.settle();
    storage::BlockingStore store(server_.store());
    const auto record = store.get(owner(), kMailboxRecords, "").value();
    return record && record->find("undelivered") != std::string::npos;
  }

  TestServer server_;
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(OfflineTest, WhatWasSentAgainStaysKeptUntilItHasArrived) {
  {
    TestClient lost = juliet("phone", true);
    say(1, "juliet@localhost/phone");
    lost.cut();
    server_.settle();
  }
  EXPECT_TRUE(has_undelivered());
  TestClient second = juliet("desk", true);
  second.send("<presence/>");
  expect_message(second, 1);
  EXPECT_TRUE(has_undelivered()) << "a server that is killed now has to know of it";
  second.send("<a xmlns='urn:xmpp:sm:3' h='1'/>");
  server_.settle();
  EXPECT_FALSE(has_undelivered());
}

// So many wait that the older ones are left to the history; what comes while they are read is not.
TEST_F(OfflineTest, WhatComesWhileManyAreReadIsStillSent) {
  for (int i = 1; i <= 10; ++i)
    say(i);
  TestClient device = juliet("phone", false);
  const EntryId last = log_of_juliet().back().id;
  server_.on_home(kJuliet, [last](Homes& homes) {
    Session& session = *homes.find_account(kJuliet)->sessions().front();
    session.set_available(0, "<presence/>");
    homes.deliver_offline(session);
    session.send("<message id='m10'/>", nullptr, last); // as if it came just now
  });
  for (const int number : {1, 2, 3, 10})
    expect_message(device, number);
  device.expect_nothing();
}

// More than is read at once, and each of them once.
TEST_F(OfflineTest, HoweverManyComeMeanwhileEachIsSentOnce) {
  constexpr int kAll = 250, kOld = 5;
  for (int i = 1; i <= kAll; ++i)
    romeo_.send(
        fmt::format("<message to='{}' type='chat' id='m{}'><body>b</body></message>", kJuliet, i));
  server_.settle();
  TestClient device = juliet("phone", false);
  const std::vector<storage::Entry> log = [this] {
    storage::BlockingStore store(server_.store());
    return store.read({.log = owner(), .limit = kAll}).value().entries;
  }();
  ASSERT_EQ(log.size(), std::size_t{kAll});
  server_.on_home(kJuliet, [&log](Homes& homes) {
    Session& session = *homes.find_account(kJuliet)->sessions().front();
    session.set_available(0, "<presence/>");
    homes.deliver_offline(session);
    for (int i = kOld; i < kAll; ++i) // as if they came just now
      session.send("<message/>", nullptr, log[static_cast<std::size_t>(i)].id);
  });
  for (const int number : {1, 2, 3})
    expect_message(device, number);
  for (int number = kOld + 1; number <= kAll; ++number)
    EXPECT_EQ(device.next().root().attribute("id"), fmt::format("m{}", number));
  device.expect_nothing();
}

TEST_F(OfflineTest, Rfc6120Section10_1WhatIsNotKeptOvertakesNothingThatIsReadFromTheLog) {
  for (int i = 1; i <= 3; ++i)
    say(i);
  TestClient device = juliet("phone", false);
  server_.on_home(kJuliet, [log = log_of_juliet()](Homes& homes) {
    Session& session = *homes.find_account(kJuliet)->sessions().front();
    session.set_available(0, "<presence/>");
    const PacketPtr presence = make_packet("<presence from='romeo@localhost/orchard' id='p'/>");
    const auto say_that_it_is_there = [&] {
      std::string xml;
      write_packet(xml, *presence);
      session.send(xml, presence.get());
    };
    homes.deliver_offline(session);
    say_that_it_is_there(); // nothing older is on its way
    for (const storage::Entry& entry : log) {
      session.send("<message/>", nullptr, entry.id); // as if it came just now
      say_that_it_is_there();
    }
  });
  for (const std::string_view id : {"p", "m1", "p", "m2", "p", "m3", "p"})
    EXPECT_EQ(device.next().root().attribute("id"), id);
  device.expect_nothing();
}

TEST_F(OfflineTest, WhatWaitsBehindTheLogIsHandedOnWhenTheDeviceGoes) {
  say(1);
  TestClient device = juliet("phone", true);
  server_.on_home(kJuliet, [log = log_of_juliet()](Homes& homes) {
    Session& session = *homes.find_account(kJuliet)->sessions().front();
    session.set_available(0, "<presence/>");
    const std::string_view xml = "<iq from='romeo@localhost/orchard' to='juliet@localhost/phone' "
                                 "type='get' id='q'><query xmlns='urn:example:x'/></iq>";
    const PacketPtr request = make_packet(xml);
    homes.deliver_offline(session);
    session.send("<message/>", nullptr, log.front().id);
    session.send(xml, request.get());
    homes.sign_out(
        session.account(), [](const Session&) { return true; }, SessionEnd::kTimedOut);
  });
  EXPECT_EQ(romeo_.expect("<iq type='error'/>").root().attribute("id"), "q");
}

// It was kept until delivered only, and another device was quicker.
TEST_F(OfflineTest, WhatWasErasedMeanwhileIsNotWaitedFor) {
  say(1);
  TestClient device = juliet("phone", false);
  server_.on_home(kJuliet, [last = log_of_juliet().back().id](Homes& homes) {
    Session& session = *homes.find_account(kJuliet)->sessions().front();
    session.set_available(0, "<presence/>");
    homes.deliver_offline(session);
    session.send("<message/>", nullptr, EntryId(last.value + 1));
  });
  expect_message(device, 1);
  server_.settle();
  server_.on_home(kJuliet, [](Homes& homes) {
    EXPECT_EQ(homes.find_account(kJuliet)->sessions().front()->replay, nullptr);
  });
}

// One whose connection is gone and whose stanzas are still being finished is no receiver.
TEST_F(OfflineTest, WhatIsSentToAConnectionThatIsGoneIsNotDelivered) {
  TestClient device = juliet("phone", false);
  say(1);
  server_.on_home(kJuliet, [id = log_of_juliet().back().id](Homes& homes) {
    Session& session = *homes.find_account(kJuliet)->sessions().front();
    ClientStream* const stream = session.stream();
    session.set_stream(nullptr);
    session.send("<message/>", nullptr, id);
    session.set_stream(stream);
  });
  device.send("<presence/>");
  expect_message(device, 1);
}

// A device that takes no messages of the account's may get some that are for it alone: that says
// nothing of the others.
TEST_F(OfflineTest, Rfc6121Section8_5_2WhatNobodyGotIsNotDeliveredByWhatANegativeDeviceGot) {
  for (const bool managed : {true, false}) {
    TestClient deaf = juliet("deaf", managed);
    deaf.send("<presence><priority>-1</priority></presence>");
    server_.settle();
    say(1);
    say(2, "juliet@localhost/deaf");
    expect_message(deaf, 2);
    if (managed)
      deaf.send("<a xmlns='urn:xmpp:sm:3' h='1'/>");
    server_.settle();
    TestClient other = juliet("desk", false);
    other.send("<presence/>");
    expect_message(other, 1);
    other.close();
    deaf.close();
  }
}

TEST_F(OfflineTest, WhatADeviceHasAlreadyIsNotReadFromTheLogForIt) {
  TestClient device = juliet("phone", true);
  device.send("<presence><priority>-1</priority></presence>");
  server_.settle();
  say(1);
  say(2, "juliet@localhost/phone");
  expect_message(device, 2);
  device.send("<a xmlns='urn:xmpp:sm:3' h='1'/>");
  say(3, "juliet@localhost/phone"); // stays unacknowledged
  expect_message(device, 3);
  device.send("<presence type='unavailable'/><presence/>");
  expect_message(device, 1);
  device.expect_nothing();
}

// The store may let an entry be read before it has announced it.
TEST_F(OfflineTest, WhatWasReadFromTheLogIsNotSentAgainWhenItIsAnnounced) {
  TestClient device = juliet("phone", false);
  const storage::LogTarget target{owner(), 1, kEntryReceived | kEntryHistory};
  storage::Batch batch;
  batch.append(std::span(&target, 1), "<message from='romeo@localhost/orchard' "
                                      "to='juliet@localhost' id='m1'><body>1</body></message>");
  ASSERT_TRUE(storage::BlockingStore(server_.store()).commit(std::move(batch)));
  device.send("<presence/>");
  expect_message(device, 1);
  server_.on_home(kJuliet, [id = log_of_juliet().back().id](Homes& homes) {
    homes.find_account(kJuliet)->sessions().front()->send("<message id='m1'/>", nullptr, id);
  });
  device.expect_nothing();
}

// One device has gone without a word of it, another was given it and has not said anything yet: a
// server that is killed now has to know.
TEST_F(OfflineTest, WhatIsHandedOnToAnotherDeviceStaysKeptUntilItHasArrived) {
  TestClient desk = juliet("desk", true);
  desk.send("<presence/>");
  {
    TestClient lost = juliet("phone", true);
    say(1, "juliet@localhost/phone");
    lost.cut();
    server_.settle();
  }
  expect_message(desk, 1);
  EXPECT_TRUE(has_undelivered());
  desk.send("<a xmlns='urn:xmpp:sm:3' h='1'/>");
  server_.settle();
  EXPECT_FALSE(has_undelivered());
}

// One that is kept until delivered only, and has not arrived: another that has does not erase it.
TEST_F(OfflineTest, WhatHasNotArrivedIsNotErased) {
  {
    TestClient lost = juliet("phone", true);
    lost.send("<presence/>");
    server_.settle();
    romeo_.send("<message to='juliet@localhost' type='chat' id='m1'><body>1</body>"
                "<no-permanent-store xmlns='urn:xmpp:hints'/></message>");
    expect_message(lost, 1);
    lost.cut();
    server_.settle();
  }
  TestClient deaf = juliet("deaf", false);
  deaf.send("<presence><priority>-1</priority></presence>");
  say(2, "juliet@localhost/deaf");
  expect_message(deaf, 2);
  (void)has_undelivered(); // writes what has moved, and erases
  TestClient desk = juliet("desk", false);
  desk.send("<presence/>");
  expect_message(desk, 1);
}

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
  TestSettings made = settings(HistoryKept::kUndelivered);
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
  TestSettings made = settings(HistoryKept::kUndelivered);
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

// Messages that no device has got yet, and devices that come, miss some, and go.
#include "server/testing/offline_fixture.h"

namespace rookery::server {
namespace {

using testing::kJuliet;
using testing::OfflineTest;
using testing::TestClient;

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
  for (const bool managed : {true, false}) {
    TestClient device = juliet("phone", managed);
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

} // namespace
} // namespace rookery::server

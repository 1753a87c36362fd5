#include "base/clock.h"
#include "modules/roster/contacts_for_test.h"
#include "xmpp/datetime.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::roster {
namespace {

class PresenceTest : public ContactsTest, public testing::WithParamInterface<unsigned> {
protected:
  PresenceTest() : ContactsTest(on_threads(GetParam())) {}
};
INSTANTIATE_TEST_SUITE_P(Threads, PresenceTest, testing::Values(1U, 2U));

TEST_P(PresenceTest, Rfc6121Section4ContactsSeeEachOtherComeChangeAndGo) {
  TestClient romeo = online("romeo@localhost/orchard");
  TestClient juliet = online("juliet@localhost/balcony");
  subscribe(romeo, juliet);
  juliet.send("<presence><show>dnd</show><priority>5</priority></presence>");
  const xml::Document change = romeo.expect(
      "<presence "
      "from='juliet@localhost/balcony'><show>dnd</show><priority>5</priority></presence>");
  EXPECT_EQ(change.root().attribute("to"), "romeo@localhost");
  juliet.send("<presence type='unavailable'><status>bye</status></presence>");
  romeo.expect("<presence type='unavailable' "
               "from='juliet@localhost/balcony'><status>bye</status></presence>");
  juliet.close();
  romeo.expect_nothing();

  TestClient again = online("juliet@localhost/tower");
  romeo.expect("<presence from='juliet@localhost/tower'/>");
  again.cut();
  romeo.expect("<presence type='unavailable' from='juliet@localhost/tower'/>");
}

TEST_P(PresenceTest, Rfc6121Section4_3AProbeBringsTheLastPresenceOfEachDevice) {
  TestClient romeo = online("romeo@localhost/orchard");
  TestClient juliet = online("juliet@localhost/balcony");
  subscribe(romeo, juliet);
  romeo.close();
  juliet.send("<presence><show>xa</show></presence>");
  TestClient phone = server_.login("juliet@localhost/phone");
  phone.send("<presence><priority>-5</priority></presence>");
  server_.settle();
  TestClient again = online("romeo@localhost/orchard");
  const xml::Document answer =
      again.expect("<presence from='juliet@localhost/balcony'><show>xa</show></presence>");
  EXPECT_EQ(answer.root().attribute("to"), "romeo@localhost/orchard")
      << "the other devices know it already";
  again.expect("<presence from='juliet@localhost/phone'><priority>-5</priority></presence>");
}

// XEP-0203 §3: presence that is told later says since when it holds.
TEST_P(PresenceTest, Rfc6121Section4_3_2AnAnswerSaysSinceWhen) {
  TestClient romeo = online("romeo@localhost/orchard");
  TestClient juliet = online("juliet@localhost/balcony");
  subscribe(romeo, juliet);
  romeo.close();
  const WallTime before = SystemClock().wall();
  juliet.send("<presence><show>xa</show></presence>");
  server_.settle();
  const WallTime after = SystemClock().wall();
  TestClient again = online("romeo@localhost/orchard");
  const xml::Document answer =
      again.expect("<presence from='juliet@localhost/balcony'><show>xa</show>"
                   "<delay xmlns='urn:xmpp:delay' from='juliet@localhost/balcony'/></presence>");
  const auto stamp =
      xmpp::parse_time(answer.root().child("delay", xmpp::kNsDelay).attribute_or_empty("stamp"));
  ASSERT_TRUE(stamp);
  EXPECT_GE(*stamp, before);
  EXPECT_LE(*stamp, after);
  // What is told as it happens does not say so.
  juliet.send("<presence><show>away</show></presence>");
  const xml::Document change = again.expect("<presence><show>away</show></presence>");
  EXPECT_FALSE(change.root().child("delay", xmpp::kNsDelay));
}

TEST_P(PresenceTest, Xep0203Section3OnlyOneDelayAndTheClientsOwnStays) {
  TestClient romeo = server_.login("romeo@localhost/orchard");
  romeo.send("<presence><delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:41:07Z'/></presence>");
  server_.settle();
  TestClient phone = online("romeo@localhost/phone");
  const xml::Document other = phone.expect("<presence from='romeo@localhost/orchard'/>");
  std::size_t delays = 0;
  for (const xml::Element child : other.root().children())
    delays += child.is("delay", xmpp::kNsDelay) ? 1 : 0;
  EXPECT_EQ(delays, 1U);
  EXPECT_EQ(other.root().child("delay", xmpp::kNsDelay).attribute("stamp"), "2002-09-10T23:41:07Z");
}

TEST_P(PresenceTest, Rfc6121Section4_3_2AContactWhoIsOfflineIsSaidToBe) {
  TestClient romeo = online("romeo@localhost/orchard");
  TestClient juliet = online("juliet@localhost/balcony");
  subscribe(romeo, juliet);
  romeo.close();
  juliet.close();
  TestClient again = online("romeo@localhost/orchard");
  again.expect("<presence type='unavailable' from='juliet@localhost'/>");
}

// Case 43: the answer goes to the prober's account, which never asked to subscribe and so shows it
// to no one.
TEST_P(PresenceTest, Case43AStrangersProbeIsAnsweredAlikeForAnyoneAndNoOne) {
  TestClient juliet = online("juliet@localhost/balcony");
  server_.add_account("nurse@localhost");
  TestClient romeo = online("romeo@localhost/orchard");
  for (const std::string to :
       {"juliet@localhost", "juliet@localhost/balcony", "nurse@localhost", "nobody@localhost"}) {
    romeo.send("<presence type='probe' to='" + to + "'/>");
    romeo.expect_nothing();
    // One who believes to be subscribed is told that it is not, and by the same words.
    romeo.send("<presence type='subscribe' to='" + to + "'/>");
    romeo.expect("<iq type='set'/>");
    romeo.send("<presence type='probe' to='" + to + "'/>");
    const xml::Document told = romeo.expect("<presence type='unsubscribed'/>");
    EXPECT_EQ(told.root().attribute("from"), to.substr(0, to.find('/')));
    EXPECT_FALSE(told.root().first_child());
    romeo.expect("<iq type='set'/>");
    romeo.expect_nothing();
  }
}

TEST_P(PresenceTest, Rfc6121Section4_6DirectedPresenceIsTakenBack) {
  TestClient juliet = online("juliet@localhost/balcony");
  TestClient romeo = online("romeo@localhost/orchard");
  romeo.send("<presence to='juliet@localhost/balcony'><status>Only you</status></presence>");
  juliet.expect("<presence from='romeo@localhost/orchard'><status>Only you</status></presence>");
  romeo.send("<presence><show>away</show></presence>");
  romeo.expect("<presence><show>away</show></presence>");
  juliet.expect_nothing();
  romeo.send("<presence type='unavailable'/>");
  juliet.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
  romeo.close();
  juliet.expect_nothing();
}

TEST_P(PresenceTest, Rfc6121Section4_6_3DirectedPresenceWithoutPresenceOfOnesOwn) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  TestClient romeo = server_.login("romeo@localhost/orchard");
  romeo.send("<presence to='juliet@localhost/balcony'/>");
  juliet.expect("<presence from='romeo@localhost/orchard'/>");
  romeo.cut();
  juliet.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
}

TEST_P(PresenceTest, Rfc6121Section4_7_2_3APriorityThatIsNone) {
  TestClient romeo = server_.login("romeo@localhost/orchard");
  romeo.send("<presence id='p'><priority>128</priority></presence>");
  romeo.expect("<presence type='error' id='p'><error><bad-request "
               "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
  romeo.send("<presence type='subscribe' id='q'/>");
  romeo.expect("<presence type='error' id='q'><error><bad-request "
               "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
}

TEST_P(PresenceTest, Rfc6121Section4_2_2OnesOwnDevicesSeeEachOther) {
  TestClient romeo = online("romeo@localhost/orchard");
  TestClient phone = online("romeo@localhost/phone");
  phone.expect("<presence from='romeo@localhost/orchard'/>");
  romeo.expect("<presence from='romeo@localhost/phone'/>");
  phone.close();
  romeo.expect("<presence type='unavailable' from='romeo@localhost/phone'/>");
}

TEST_P(PresenceTest, Xep0160OfflineMessagesComeOnceWithTheFirstNonNegativePriority) {
  TestClient romeo = server_.login("romeo@localhost/orchard");
  server_.add_account("juliet@localhost");
  romeo.send("<message type='chat' to='juliet@localhost'><body>Hello</body></message>");
  server_.settle();
  TestClient juliet = server_.login("juliet@localhost/balcony");
  juliet.send("<presence><priority>-1</priority></presence>");
  juliet.expect("<presence/>");
  juliet.expect_nothing();
  juliet.send("<presence/>");
  juliet.expect("<message from='romeo@localhost/orchard'><body>Hello</body></message>");
  juliet.send("<presence><show>away</show></presence>");
  juliet.expect("<presence><show>away</show></presence>");
  juliet.expect("<presence/>");
  juliet.expect_nothing();
}

TEST(Directed, IsBounded) {
  TestSettings settings = on_threads(1);
  settings.module_options["roster"] = {{"directed_max", "1"}};
  TestServer server(std::move(settings));
  TestClient romeo = server.login("romeo@localhost/orchard");
  romeo.send("<presence to='a@localhost'/><presence to='b@localhost' id='b'/><presence "
             "type='unavailable' to='a@localhost'/><presence to='c@localhost'/>");
  romeo.expect("<presence type='error' id='b'><error><resource-constraint "
               "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
  romeo.expect_nothing();
}

// XEP-0198 §5: who waits to be resumed stays available; who does not come back becomes unavailable.
TEST(Detached, StaysAvailableUntilReplaced) {
  TestServer server(on_threads(1));
  TestClient juliet = server.login("juliet@localhost/balcony");
  juliet.send("<presence/>");
  juliet.expect("<presence/>");
  TestClient romeo = server.login("romeo@localhost/orchard");
  romeo.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  romeo.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
  romeo.send("<presence to='juliet@localhost/balcony'/>");
  juliet.expect("<presence from='romeo@localhost/orchard'/>");
  romeo.cut();
  server.settle();
  juliet.expect_nothing();
  TestClient again = server.login("romeo@localhost/orchard");
  juliet.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
}

} // namespace
// RFC 6121 §8.5.2.2: while no device takes them they are kept, also where one has taken some
// before.
TEST_P(PresenceTest, WhatWasKeptWhileThePriorityWasNegativeComesWhenItIsNoLonger) {
  TestClient romeo = online("romeo@localhost/orchard");
  TestClient juliet = online("juliet@localhost/balcony");
  const auto set_priority = [&](std::string_view value) {
    const std::string text = "<priority>" + std::string(value) + "</priority>";
    juliet.send("<presence>" + text + "</presence>");
    juliet.expect("<presence from='juliet@localhost/balcony'>" + text + "</presence>");
  };
  set_priority("-1");
  romeo.send("<message to='juliet@localhost' type='chat' id='m1'><body>x</body></message>");
  server_.settle();
  set_priority("1");
  juliet.expect("<message id='m1'/>");
  set_priority("2");
  juliet.expect_nothing();
}

} // namespace rookery::modules::roster

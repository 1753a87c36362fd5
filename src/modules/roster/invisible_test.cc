// XEP-0186, each rule by the number it has in §3.1.1. With a module that knows sessions only: what
// other modules answer is tested there and in the scenes.
#include "modules/roster/contacts_for_test.h"

namespace rookery::modules::roster {
namespace {

constexpr std::string_view kVisible = "<visible xmlns='urn:xmpp:invisible:1'/>";

class InvisibleTest : public ContactsTest, public testing::WithParamInterface<unsigned> {
protected:
  InvisibleTest() : ContactsTest(on_threads(GetParam())) {}

  static xml::Document hide(TestClient& client, std::string_view probe = "true") {
    return client.iq(
        "set", "", "<invisible probe='" + std::string(probe) + "' xmlns='urn:xmpp:invisible:1'/>");
  }
  static void expect_hidden(const xml::Document& answer) {
    EXPECT_EQ(answer.root().attribute("type"), "result");
  }
  /// Contacts of each other, both online.
  void befriend() {
    subscribe(romeo_, juliet_);
    subscribe(juliet_, romeo_);
  }
  /// Juliet has gone as far as she is concerned, and romeo cannot be told.
  void expect_juliet_is_offline() {
    juliet_.expect_nothing();
    juliet_.send("<presence type='probe' to='romeo@localhost'/>");
    juliet_.expect("<presence type='unavailable' from='romeo@localhost'/>");
    juliet_.send("<presence type='probe' to='romeo@localhost/orchard'/>");
    juliet_.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
    juliet_.expect_nothing();
  }

  TestClient juliet_ = online("juliet@localhost/balcony");
  TestClient romeo_ = online("romeo@localhost/orchard");
};
INSTANTIATE_TEST_SUITE_P(Threads, InvisibleTest, testing::Values(1U, 2U));

TEST_P(InvisibleTest, Xep0186Section3_1ContactsAndOwnDevicesSeeItGo) {
  befriend();
  TestClient phone = online("romeo@localhost/phone");
  phone.expect("<presence from='romeo@localhost/orchard'/>");
  phone.expect("<presence from='juliet@localhost/balcony'/>");
  juliet_.expect("<presence from='romeo@localhost/phone'/>");
  romeo_.expect("<presence from='romeo@localhost/phone'/>");
  expect_hidden(hide(romeo_));
  juliet_.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
  phone.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
  // Other devices are as they were.
  juliet_.send("<presence type='probe' to='romeo@localhost'/>");
  juliet_.expect("<presence from='romeo@localhost/phone'/>");
  juliet_.expect_nothing();
  phone.expect_nothing();
}

TEST_P(InvisibleTest, Xep0186Section3_1WhoWasSentDirectedPresenceSeesItGo) {
  romeo_.send("<presence to='juliet@localhost/balcony'/>");
  juliet_.expect("<presence from='romeo@localhost/orchard'/>");
  expect_hidden(hide(romeo_));
  juliet_.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
  romeo_.close();
  juliet_.expect_nothing();
}

TEST_P(InvisibleTest, Xep0186Section3_1_1Rule1PresenceIsNotBroadcast) {
  befriend();
  expect_hidden(hide(romeo_));
  juliet_.expect("<presence type='unavailable'/>");
  romeo_.expect("<presence from='juliet@localhost/balcony'/>"); // the answer to the probe
  romeo_.send("<presence><show>away</show></presence>");
  romeo_.expect_nothing();
  expect_juliet_is_offline();
  romeo_.close();
  juliet_.expect_nothing();
}

TEST_P(InvisibleTest, Xep0186Section3_1_1Rules2And9DirectedPresenceIsTakenBackFromThoseItWentTo) {
  befriend();
  expect_hidden(hide(romeo_, "false"));
  juliet_.expect("<presence type='unavailable'/>");
  romeo_.send("<presence type='unavailable'/>");
  romeo_.expect_nothing();
  juliet_.expect_nothing();
  romeo_.send("<presence/><presence to='juliet@localhost'><status>Only you</status></presence>");
  juliet_.expect("<presence from='romeo@localhost/orchard'><status>Only you</status></presence>");
  romeo_.send("<presence type='unavailable'><status>bye</status></presence>");
  juliet_.expect("<presence type='unavailable' from='romeo@localhost/orchard'><status>bye</status>"
                 "</presence>");
  romeo_.close();
  juliet_.expect_nothing();
}

TEST_P(InvisibleTest, Xep0186Section3_1_1Rule3ContactsAreProbedIfWanted) {
  befriend();
  romeo_.close();
  juliet_.expect("<presence type='unavailable'/>");
  TestClient again = server_.login("romeo@localhost/orchard");
  expect_hidden(hide(again, "0"));
  again.expect_nothing();
  again.send("<presence type='unavailable'/><presence/>");
  again.expect_nothing();
  expect_hidden(hide(again, "1"));
  again.expect("<presence from='juliet@localhost/balcony'/>");
  again.send("<presence/>");
  again.expect_nothing();
  again.send("<presence type='unavailable'/><presence/>");
  again.expect("<presence from='juliet@localhost/balcony'/>");
  juliet_.expect_nothing();
}

TEST_P(InvisibleTest, Xep0186Section3_1TheDefaultIsNotToProbe) {
  befriend();
  expect_hidden(romeo_.iq("set", "", "<invisible xmlns='urn:xmpp:invisible:1'/>"));
  romeo_.expect_nothing();
}

TEST_P(InvisibleTest, Xep0186Section3_1_1Rules4To7WhatIsSentToAndByItPasses) {
  befriend();
  expect_hidden(hide(romeo_, "false"));
  juliet_.expect("<presence type='unavailable'/>");
  juliet_.send(
      "<presence><show>dnd</show></presence>"
      "<message to='romeo@localhost' type='chat' id='bare'><body>x</body></message>"
      "<message to='romeo@localhost/orchard' id='full'><body>x</body></message>"
      "<iq to='romeo@localhost/orchard' type='get' id='q'><ping xmlns='urn:xmpp:ping'/></iq>");
  romeo_.expect("<presence from='juliet@localhost/balcony'><show>dnd</show></presence>");
  romeo_.expect("<message id='bare'/>");
  romeo_.expect("<message id='full'/>");
  romeo_.expect("<iq id='q'/>");
  romeo_.send("<iq to='juliet@localhost/balcony' type='result' id='q'/>"
              "<message to='juliet@localhost' type='chat' id='m'><body>x</body></message>");
  juliet_.expect("<iq id='q' type='result'/>");
  juliet_.expect("<message id='m'/>");
}

// §3.1.1, 5: "subject to standard stanza handling rules".
TEST_P(InvisibleTest, ThePriorityItGivesCountsAndWhatWasKeptComesOnce) {
  romeo_.close();
  juliet_.send("<message to='romeo@localhost' type='chat' id='m1'><body>x</body></message>");
  server_.settle();
  TestClient again = server_.login("romeo@localhost/orchard");
  expect_hidden(hide(again));
  again.expect("<message id='m1'/>");
  again.send("<presence><priority>-1</priority></presence>");
  server_.settle();
  juliet_.send("<message to='romeo@localhost' type='chat' id='m2'><body>x</body></message>");
  again.expect_nothing();
  again.send("<presence><priority>1</priority></presence>");
  again.expect("<message id='m2'/>");
  again.expect_nothing();
  again.send("<presence type='unavailable'/>");
  server_.settle();
  juliet_.send("<message to='romeo@localhost' type='chat' id='m3'><body>x</body></message>");
  again.expect_nothing();
  again.send("<presence/>");
  again.expect("<message id='m3'/>");
}

TEST_P(InvisibleTest, OwnDevicesAreSeenAndItIsNot) {
  TestClient phone = server_.login("romeo@localhost/phone");
  expect_hidden(hide(phone));
  phone.expect("<presence from='romeo@localhost/orchard'/>");
  TestClient tablet = online("romeo@localhost/tablet");
  phone.expect("<presence from='romeo@localhost/tablet'/>");
  romeo_.expect("<presence from='romeo@localhost/tablet'/>");
  tablet.expect("<presence from='romeo@localhost/orchard'/>");
  phone.close();
  tablet.expect_nothing();
  romeo_.expect_nothing();
}

TEST_P(InvisibleTest, Xep0186Section3_2VisibleIsAsBeforeTheFirstPresence) {
  befriend();
  expect_hidden(hide(romeo_, "false"));
  juliet_.expect("<presence type='unavailable'/>");
  romeo_.send("<presence to='nurse@localhost'/><presence to='juliet@localhost'/>");
  juliet_.expect("<presence from='romeo@localhost/orchard'/>");
  expect_hidden(romeo_.iq("set", "", kVisible));
  juliet_.send("<message to='romeo@localhost' type='chat' id='m1'><body>x</body></message>");
  romeo_.expect_nothing();
  juliet_.expect_nothing();
  romeo_.send("<presence><show>chat</show></presence>");
  juliet_.expect("<presence from='romeo@localhost/orchard'><show>chat</show></presence>");
  romeo_.expect("<presence from='romeo@localhost/orchard'/>");
  romeo_.expect("<presence from='juliet@localhost/balcony'/>");
  romeo_.expect("<message id='m1'/>");
  romeo_.send("<presence type='unavailable'/>");
  juliet_.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
  juliet_.expect_nothing();
}

TEST_P(InvisibleTest, Xep0186Section3_2WhoWasSentDirectedPresenceIsToldOfTheEnd) {
  expect_hidden(hide(romeo_, "false"));
  romeo_.send("<presence to='juliet@localhost'/>");
  juliet_.expect("<presence from='romeo@localhost/orchard'/>");
  expect_hidden(romeo_.iq("set", "", kVisible));
  juliet_.expect_nothing();
  romeo_.cut();
  juliet_.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
}

TEST_P(InvisibleTest, VisibleToOneWhoIsChangesNothing) {
  befriend();
  expect_hidden(romeo_.iq("set", "", kVisible));
  juliet_.expect_nothing();
  juliet_.send("<presence type='probe' to='romeo@localhost'/>");
  juliet_.expect("<presence from='romeo@localhost/orchard'/>");
}

// A request of before is asked again when its sender comes online, which is not to be told.
TEST_P(InvisibleTest, RequestsThatNobodyAnsweredAreNotAskedAgain) {
  romeo_.send("<presence type='subscribe' to='juliet@localhost'/>");
  juliet_.expect("<presence type='subscribe'/>");
  romeo_.expect("<iq type='set'/>");
  romeo_.close();
  TestClient again = server_.login("romeo@localhost/orchard");
  expect_hidden(hide(again));
  juliet_.expect_nothing();
  // Accepted now, the subscription shows nothing.
  juliet_.send("<presence type='subscribe' to='romeo@localhost'/>");
  again.expect("<presence type='subscribe' from='juliet@localhost'/>");
  juliet_.expect("<iq type='set'/>");
  again.send("<presence type='subscribed' to='juliet@localhost'/>");
  juliet_.expect("<presence type='subscribed'/>");
  juliet_.expect("<iq type='set'/>");
  juliet_.expect_nothing();
}

TEST_P(InvisibleTest, Case43AStrangersRequestMeetsWhatItMeetsWhereNobodyIs) {
  expect_hidden(hide(romeo_));
  const auto answer_of = [&](const std::string& to) {
    const xml::Document answer = juliet_.iq("get", to, "<ping xmlns='urn:xmpp:ping'/>");
    return std::string(answer.root().child("error", "jabber:client").raw());
  };
  EXPECT_EQ(answer_of("romeo@localhost/orchard"), answer_of("romeo@localhost/none"));
  EXPECT_EQ(answer_of("romeo@localhost/orchard"), answer_of("nobody@localhost/orchard"));
  romeo_.expect_nothing();
  // To whom it shows itself, it answers.
  romeo_.send("<presence to='juliet@localhost'/>");
  juliet_.expect("<presence from='romeo@localhost/orchard'/>");
  juliet_.send(
      "<iq type='get' id='q' to='romeo@localhost/orchard'><ping xmlns='urn:xmpp:ping'/></iq>");
  romeo_.expect("<iq id='q'/>");
}

TEST_P(InvisibleTest, WhatIsRefused) {
  EXPECT_EQ(condition(hide(romeo_, "maybe")), "bad-request");
  EXPECT_EQ(
      condition(romeo_.iq("set", "juliet@localhost", "<invisible xmlns='urn:xmpp:invisible:1'/>")),
      "service-unavailable");
  EXPECT_EQ(condition(romeo_.iq("set", "juliet@localhost", kVisible)), "service-unavailable");
  befriend();
  juliet_.expect_nothing();
}

// Req. 2: it does not carry over to another session, and is in force in a resumed one.
TEST_P(InvisibleTest, Xep0198Section5AResumedSessionIsStillInvisible) {
  befriend();
  romeo_.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  const std::string id(
      romeo_.expect("<enabled xmlns='urn:xmpp:sm:3'/>").root().attribute_or_empty("id"));
  expect_hidden(hide(romeo_, "false"));
  juliet_.expect("<presence type='unavailable'/>");
  romeo_.cut();
  server_.settle();
  expect_juliet_is_offline();
  TestClient again = server_.connect();
  again.open_stream();
  again.authenticate("romeo@localhost", TestServer::kPassword);
  again.send("<resume xmlns='urn:xmpp:sm:3' previd='" + id + "' h='1'/>");
  again.expect("<resumed xmlns='urn:xmpp:sm:3'/>");
  expect_juliet_is_offline();
  juliet_.send("<message to='romeo@localhost' type='chat' id='m'><body>x</body></message>");
  again.expect("<message id='m'/>");
  again.close();
  juliet_.expect_nothing();
  TestClient next = server_.login("romeo@localhost/orchard");
  next.send("<presence/>");
  juliet_.expect("<presence from='romeo@localhost/orchard'/>");
}

} // namespace
} // namespace rookery::modules::roster

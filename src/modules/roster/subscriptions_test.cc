#include "modules/roster/contacts_for_test.h"

namespace rookery::modules::roster {
namespace {

class SubscriptionsTest : public ContactsTest, public testing::WithParamInterface<unsigned> {
protected:
  SubscriptionsTest() : ContactsTest(on_threads(GetParam())) {}
};
INSTANTIATE_TEST_SUITE_P(Threads, SubscriptionsTest, testing::Values(1U, 2U));

TEST_P(SubscriptionsTest, Rfc6121Section3_1TheApprovalComesBeforeThePresence) {
  TestClient romeo = online("romeo@localhost/orchard");
  TestClient juliet = online("juliet@localhost/balcony");
  romeo.send("<presence type='subscribe' to='juliet@localhost/balcony' id='s1'/>");
  romeo.expect("<iq type='set'><query xmlns='jabber:iq:roster'><item jid='juliet@localhost' "
               "ask='subscribe' subscription='none'/></query></iq>");
  const xml::Document request = juliet.expect("<presence type='subscribe' id='s1'/>");
  EXPECT_EQ(request.root().attribute("from"), "romeo@localhost") << "stamped with the account";
  EXPECT_EQ(request.root().attribute("to"), "juliet@localhost");
  // All in one packet: each may be overtaken by none behind it.
  juliet.send(
      "<presence type='subscribed' to='romeo@localhost'/><presence><show>away</show></presence>");
  std::vector<std::string> order;
  for (int i = 0; i < 4; ++i) {
    const xml::Document stanza = romeo.next();
    order.push_back(std::string(stanza.root().name()) + ' ' +
                    std::string(stanza.root().attribute_or_empty("type")));
  }
  EXPECT_EQ(order,
            (std::vector<std::string>{"presence subscribed", "iq set", "presence ", "presence "}));
}

TEST_P(SubscriptionsTest, Rfc6121Section3_1_3ARequestIsGivenAtEachLoginUntilAnswered) {
  TestClient romeo = online("romeo@localhost/orchard");
  server_.add_account("juliet@localhost");
  romeo.send(
      "<presence type='subscribe' to='juliet@localhost'><status>It is me</status></presence>");
  server_.settle();
  for (int i = 0; i < 2; ++i) {
    TestClient juliet = online("juliet@localhost/balcony");
    juliet.expect(
        "<presence type='subscribe' from='romeo@localhost'><status>It is me</status></presence>");
    EXPECT_FALSE(juliet.iq("get", "", kRosterQuery).root().first_child().first_child())
        << "§2.1.2.2";
    juliet.close();
  }
  TestClient juliet = online("juliet@localhost/balcony");
  juliet.expect("<presence type='subscribe'/>");
  juliet.send("<presence type='unsubscribed' to='romeo@localhost'/>");
  romeo.expect("<presence type='unsubscribed' from='juliet@localhost'/>");
  juliet.close();
  TestClient again = online("juliet@localhost/balcony");
  again.expect_nothing();
}

TEST_P(SubscriptionsTest, Rfc6121Section3_1_2ARequestIsMadeAgainAtLoginButNotShownTwice) {
  TestClient juliet = online("juliet@localhost/balcony");
  TestClient romeo = online("romeo@localhost/orchard");
  romeo.send("<presence type='subscribe' to='juliet@localhost'/>");
  juliet.expect("<presence type='subscribe'/>");
  romeo.close();
  TestClient again = online("romeo@localhost/orchard");
  server_.settle();
  juliet.expect_nothing();
}

TEST_P(SubscriptionsTest, Case43ARequestToNobodyLooksLikeOneThatIsNotAnswered) {
  TestClient romeo = online("romeo@localhost/orchard");
  server_.add_account("juliet@localhost");
  for (const std::string to : {"juliet@localhost", "nobody@localhost"}) {
    romeo.send("<presence type='subscribe' to='" + to + "'/>");
    romeo.expect("<iq type='set'><query xmlns='jabber:iq:roster'><item jid='" + to +
                 "' ask='subscribe'/></query></iq>");
    romeo.expect_nothing();
  }
}

TEST_P(SubscriptionsTest, Rfc6121Section3_4PreApproval) {
  TestClient juliet = online("juliet@localhost/balcony");
  juliet.send("<presence type='subscribed' to='romeo@localhost'/>");
  juliet.expect("<iq type='set'><query xmlns='jabber:iq:roster'><item jid='romeo@localhost' "
                "approved='true' subscription='none'/></query></iq>");
  TestClient romeo = online("romeo@localhost/orchard");
  romeo.send("<presence type='subscribe' to='juliet@localhost'/>");
  romeo.expect("<presence type='subscribed' from='juliet@localhost'/>");
  romeo.expect("<presence from='juliet@localhost/balcony'/>");
  juliet.expect("<iq type='set'><query xmlns='jabber:iq:roster'><item jid='romeo@localhost' "
                "subscription='from'/></query></iq>");
  juliet.expect_nothing();
}

TEST_P(SubscriptionsTest, Rfc6121Section2_5RemovalEndsBothSubscriptions) {
  TestClient romeo = online("romeo@localhost/orchard");
  TestClient juliet = online("juliet@localhost/balcony");
  subscribe(romeo, juliet);
  subscribe(juliet, romeo);
  romeo.iq("set", "", item_set("<item jid='juliet@localhost' subscription='remove'/>"));
  juliet.expect("<presence type='unsubscribe' from='romeo@localhost'/>");
  juliet.expect("<presence type='unsubscribed' from='romeo@localhost'/>");
  juliet.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
  juliet.expect("<iq type='set'><query xmlns='jabber:iq:roster'><item jid='romeo@localhost' "
                "subscription='none'/></query></iq>");
  romeo.expect("<presence type='unavailable' from='juliet@localhost/balcony'/>");
}

TEST_P(SubscriptionsTest, OneCannotSubscribeToOneself) {
  TestClient romeo = online("romeo@localhost/orchard");
  romeo.send("<presence type='subscribe' to='romeo@localhost' id='s'/>");
  romeo.expect("<presence type='error' id='s'><error><not-allowed "
               "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
}

TEST(Requests, OfStrangersAreBounded) {
  TestSettings settings = on_threads(1);
  settings.module_options["roster"] = {{"requests_max", "2"}};
  TestServer server(std::move(settings));
  TestClient juliet = server.login("juliet@localhost/balcony");
  juliet.send("<presence/>");
  juliet.expect("<presence/>");
  for (int i = 0; i < 4; ++i) {
    TestClient stranger = server.login("stranger" + std::to_string(i) + "@localhost/x");
    stranger.send("<presence type='subscribe' to='juliet@localhost'/>");
    server.settle();
  }
  juliet.expect("<presence type='subscribe' from='stranger0@localhost'/>");
  juliet.expect("<presence type='subscribe' from='stranger1@localhost'/>");
  juliet.expect_nothing();
}

// Nothing is told, and nothing behind it is begun, before the change is on the disk.
TEST(Subscriptions, ChangesWaitForTheDisk) {
  TestSettings settings = on_threads(1);
  settings.store = storage::MemoryMode::kManual;
  TestServer server(std::move(settings));
  TestClient juliet = server.login("juliet@localhost/balcony");
  juliet.send("<presence/>");
  juliet.expect("<presence/>");
  TestClient romeo = server.login("romeo@localhost/orchard");
  romeo.send("<presence type='subscribe' to='juliet@localhost'/><presence to='juliet@localhost'/>");
  juliet.expect_nothing();
  do
    server.settle();
  while (server.store().complete_all() != 0);
  EXPECT_EQ(juliet.next().root().attribute("type"), "subscribe");
  EXPECT_EQ(juliet.next().root().attribute("from"), "romeo@localhost/orchard");
}

} // namespace
} // namespace rookery::modules::roster

#include "modules/roster/contacts_for_test.h"

namespace rookery::modules::roster {
namespace {

class QueriesTest : public ContactsTest {
protected:
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(QueriesTest, Rfc6121Section2_6_1And3_4_1FeaturesAreOfferedOnceSignedIn) {
  server_.add_account("nurse@localhost");
  TestClient nurse = server_.connect();
  const xml::Document before = nurse.open_stream();
  EXPECT_FALSE(before.root().child("ver", "urn:xmpp:features:rosterver"));
  const xml::Document after = nurse.authenticate("nurse@localhost", TestServer::kPassword);
  EXPECT_TRUE(after.root().child("ver", "urn:xmpp:features:rosterver"));
  EXPECT_TRUE(after.root().child("sub", "urn:xmpp:features:pre-approval"));
}

TEST_F(QueriesTest, Rfc6121Section2_1_3AnEmptyRoster) {
  const xml::Document answer = romeo_.iq("get", "", kRosterQuery);
  EXPECT_EQ(answer.root().attribute("type"), "result");
  EXPECT_TRUE(answer.root().first_child().is("query", "jabber:iq:roster"));
  EXPECT_FALSE(answer.root().first_child().first_child());
}

TEST_F(QueriesTest, Rfc6121Section2_1_6PushesGoToDevicesThatAskedForTheRoster) {
  TestClient phone = server_.login("romeo@localhost/phone");
  phone.iq("get", "", kRosterQuery);
  EXPECT_EQ(romeo_
                .iq("set", "",
                    item_set("<item jid='nurse@localhost' name='Nurse'><group>A</group></item>"))
                .root()
                .attribute("type"),
            "result");
  const xml::Document push = phone.expect(
      "<iq type='set' to='romeo@localhost/phone'><query xmlns='jabber:iq:roster' ver='*'>"
      "<item jid='nurse@localhost' name='Nurse' "
      "subscription='none'><group>A</group></item></query></iq>");
  EXPECT_EQ(push.root().attribute("from"), "romeo@localhost")
      << "case 41: from nobody but one's own account";
  romeo_.expect_nothing();
}

TEST_F(QueriesTest, Case43RostersOfOthersAnswerAsThoseOfNobody) {
  server_.add_account("juliet@localhost");
  for (const std::string_view to : {"juliet@localhost", "nobody@localhost"}) {
    const xml::Document got = romeo_.iq("get", to, kRosterQuery);
    EXPECT_EQ(condition(got), "service-unavailable") << to;
    const xml::Document set = romeo_.iq("set", to, item_set("<item jid='romeo@localhost'/>"));
    EXPECT_EQ(condition(set), "service-unavailable") << to;
  }
}

TEST_F(QueriesTest, Case41AnAnswerThatNobodyAskedForIsIgnored) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  juliet.send("<iq type='result' id='x' to='romeo@localhost'>" +
              item_set("<item jid='evil@localhost'/>") + "</iq>");
  juliet.send("<iq type='set' id='y' to='romeo@localhost'>" +
              item_set("<item jid='evil@localhost'/>") + "</iq>");
  juliet.expect("<iq type='error' id='y'/>");
  EXPECT_FALSE(romeo_.iq("get", "", kRosterQuery).root().first_child().first_child());
}

TEST_F(QueriesTest, Rfc6121Section2_6VersioningSurvivesTheSession) {
  romeo_.iq("set", "", item_set("<item jid='nurse@localhost'/>"));
  const auto version = [](const xml::Document& answer) {
    return std::string(answer.root().first_child().attribute_or_empty("ver"));
  };
  const auto get = [](TestClient& client, const std::string& since) {
    return client.iq("get", "", "<query xmlns='jabber:iq:roster' ver='" + since + "'/>");
  };
  const std::string first = version(get(romeo_, ""));
  EXPECT_FALSE(get(romeo_, first).root().first_child()) << "unchanged";

  romeo_.iq("set", "", item_set("<item jid='friar@localhost' name='Friar'/>"));
  romeo_.expect(
      "<iq type='set'><query xmlns='jabber:iq:roster'><item jid='friar@localhost'/></query></iq>");
  TestClient phone = server_.login("romeo@localhost/phone");
  EXPECT_FALSE(get(phone, first).root().first_child()) << "what it missed comes as pushes";
  const xml::Document push = phone.expect(
      "<iq type='set'><query xmlns='jabber:iq:roster'><item jid='friar@localhost'/></query></iq>");
  const std::string second = version(push);
  EXPECT_FALSE(get(phone, second).root().first_child());
  phone.expect_nothing();

  romeo_.iq("set", "", item_set("<item jid='nurse@localhost' subscription='remove'/>"));
  const xml::Document whole = get(romeo_, second);
  EXPECT_TRUE(whole.root().first_child()) << "a removal is not to be caught up with";
}

TEST_F(QueriesTest, ANewAccountOfTheSameNameHasOtherVersions) {
  romeo_.iq("set", "", item_set("<item jid='nurse@localhost'/>"));
  const xml::Document answer = romeo_.iq("get", "", "<query xmlns='jabber:iq:roster' ver=''/>");
  const std::string version(answer.root().first_child().attribute_or_empty("ver"));
  EXPECT_NE(version.find(':'), std::string::npos);
  TestClient other = server_.login("mercutio@localhost/x");
  other.iq("set", "", item_set("<item jid='nurse@localhost'/>"));
  EXPECT_TRUE(other.iq("get", "", "<query xmlns='jabber:iq:roster' ver='" + version + "'/>")
                  .root()
                  .first_child());
}

TEST_F(QueriesTest, Rfc6121Section2_5_3WhatIsNotThereCannotBeRemoved) {
  EXPECT_EQ(
      condition(romeo_.iq("set", "", item_set("<item jid='x@localhost' subscription='remove'/>"))),
      "item-not-found");
}

TEST(Limits, ARosterThatIsFullTakesNoMore) {
  TestSettings settings = on_threads(1);
  settings.module_options["roster"] = {{"contacts_max", "2"}};
  TestServer server(std::move(settings));
  TestClient romeo = server.login("romeo@localhost/a");
  for (const char* jid : {"a@localhost", "b@localhost", "a@localhost"})
    EXPECT_EQ(
        romeo
            .iq("set", "",
                std::string("<query xmlns='jabber:iq:roster'><item jid='") + jid + "'/></query>")
            .root()
            .attribute("type"),
        "result");
  romeo.send("<presence id='s' type='subscribe' to='c@localhost'/>");
  romeo.expect("<presence id='s' type='error'><error><policy-violation "
               "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
  const xml::Document refused =
      romeo.iq("set", "", "<query xmlns='jabber:iq:roster'><item jid='c@localhost'/></query>");
  EXPECT_EQ(refused.root().attribute("type"), "error");
}

TEST(Durability, NothingIsSaidOfAChangeBeforeItIsDurable) {
  TestSettings settings = on_threads(1);
  settings.store = storage::MemoryMode::kManual;
  TestServer server(std::move(settings));
  TestClient romeo = server.login("romeo@localhost/a");
  romeo.iq("get", "", kRosterQuery);
  romeo.send("<iq type='set' id='s'><query xmlns='jabber:iq:roster'><item "
             "jid='a@localhost'/></query></iq>");
  romeo.send("<iq type='get' id='g'><query xmlns='jabber:iq:roster' ver=''/></iq>");
  romeo.expect_nothing();
  do
    server.settle();
  while (server.store().complete_all() != 0);
  romeo.expect("<iq type='set'/>");
  romeo.expect("<iq type='result' id='s'/>");
  romeo.expect("<iq type='result' id='g'><query xmlns='jabber:iq:roster' ver='*'><item "
               "jid='a@localhost'/></query></iq>");
}

} // namespace
} // namespace rookery::modules::roster

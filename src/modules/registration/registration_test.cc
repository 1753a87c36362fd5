#include "modules/registration/registration.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>

#include "server/aliases.h"
#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::registration {
namespace {

using server::testing::OptionTexts;
using server::testing::Peer;
using server::testing::TestClient;
using server::testing::TestServer;
using server::testing::TestSettings;

constexpr std::string_view kPassword = TestServer::kPassword;
constexpr std::string_view kAsk = "<query xmlns='jabber:iq:register'/>";

TestSettings with(OptionTexts options, unsigned threads = 1) {
  TestSettings settings;
  settings.threads = threads;
  settings.modules = {&descriptor()};
  settings.module_options["registration"] = std::move(options);
  return settings;
}

std::string query(std::string_view inside) {
  return fmt::format("<query xmlns='jabber:iq:register'>{}</query>", inside);
}

std::string account(std::string_view name, std::string_view password) {
  return query(fmt::format("<username>{}</username><password>{}</password>", name, password));
}

std::string condition(const xml::Document& answer) {
  const xml::Element error = answer.root().child("error", xmpp::kNsClient);
  return error ? std::string(error.first_child().name()) : "";
}

// --- before login ---

class NewAccountTest : public testing::Test {
protected:
  std::string attempt(std::string_view name, std::string_view password) {
    TestClient client = server_.connect();
    client.open_stream();
    return condition(client.iq("set", "", account(name, password)));
  }

  TestServer server_{with({{"open", "true"}})};
};

TEST_F(NewAccountTest, Xep0077Section3_1AnAccountIsMadeAndCanBeUsed) {
  TestClient client = server_.connect();
  const xml::Document features = client.open_stream();
  EXPECT_TRUE(features.root().child("register", xmpp::kNsRegisterFeature));
  client.send("<iq type='get' id='1' to='localhost'><query xmlns='jabber:iq:register'/></iq>");
  client.expect(
      "<iq type='result' id='1' from='localhost'><query xmlns='jabber:iq:register'><instructions/>"
      "<username/><password/><x xmlns='jabber:x:data' type='form'>"
      "<field var='FORM_TYPE' type='hidden'><value>jabber:iq:register</value></field>"
      "<field var='username' type='text-single'><required/></field>"
      "<field var='password' type='text-private'><required/></field></x></query></iq>");
  EXPECT_EQ(condition(client.iq("set", "", account("bill", "Calliope"))), "");
  TestClient bill = server_.connect();
  bill.login("bill@localhost/globe", "Calliope");
  EXPECT_EQ(bill.jid(), "bill@localhost/globe");
  // On the stream that registered, too.
  client.authenticate("bill@localhost", "Calliope");
}

TEST_F(NewAccountTest, AFormDoesTheSame) {
  TestClient client = server_.connect();
  client.open_stream();
  EXPECT_EQ(
      condition(client.iq("set", "",
                          query("<x xmlns='jabber:x:data' type='submit'>"
                                "<field var='FORM_TYPE'><value>jabber:iq:register</value></field>"
                                "<field var='username'><value>bill</value></field>"
                                "<field var='password'><value>Calliope</value></field></x>"))),
      "");
  client.authenticate("bill@localhost", "Calliope");
}

TEST_F(NewAccountTest, Xep0077Section3_1Refusals) {
  server_.add_account("romeo@localhost");
  EXPECT_EQ(attempt("romeo", "long enough"), "conflict");
  EXPECT_EQ(attempt("ROMEO", "long enough"), "conflict");
  std::promise<Status> added;
  server::AliasAdmin(server_.server())
      .add(xmpp::BareJid::from_trusted("romeo@localhost"),
           xmpp::BareJid::from_trusted("bill@localhost"),
           [&](Status status) { added.set_value(std::move(status)); });
  ASSERT_TRUE(added.get_future().get());
  EXPECT_EQ(attempt("bill", "long enough"), "conflict") << "an alias takes a name too";
  EXPECT_EQ(attempt("paris", ""), "not-acceptable");
  EXPECT_EQ(attempt("", "long enough"), "not-acceptable");
  EXPECT_EQ(attempt("paris", "short"), "not-acceptable");
  EXPECT_EQ(attempt("bi ll", "long enough"), "not-acceptable");
}

TEST_F(NewAccountTest, Case49ReservedNamesAndLookalikes) {
  EXPECT_EQ(attempt("Admin", "long enough"), "not-acceptable");
  EXPECT_EQ(attempt("\u0430dmin", "long enough"), "not-acceptable");
  EXPECT_EQ(attempt("\u0441\u0441\u043E\u0440\u0435", "long enough"), "not-acceptable");
}

TEST_F(NewAccountTest, RemovingWithoutSigningInIsUnexpected) {
  TestClient client = server_.connect();
  client.open_stream();
  EXPECT_EQ(condition(client.iq("set", "", query("<remove/>"))), "unexpected-request");
}

TEST_F(NewAccountTest, AStoreThatFailsMakesNoAccount) {
  server_.store().refuse_writes();
  EXPECT_EQ(attempt("bill", "Calliope"), "internal-server-error");
}

TEST_F(NewAccountTest, OfTwoWhoWantANameAtOnceOneGetsIt) {
  TestClient one = server_.connect(), two = server_.connect();
  one.open_stream();
  two.open_stream();
  const std::string set = "<iq type='set' id='1'>" + account("bill", "Calliope") + "</iq>";
  one.send(set);
  two.send(set);
  const std::string first = condition(one.expect("<iq id='1'/>"));
  const std::string second = condition(two.expect("<iq id='1'/>"));
  EXPECT_TRUE((first.empty() && second == "conflict") || (second.empty() && first == "conflict"))
      << first << " " << second;
}

TEST(RegistrationTest, OnTwoThreadsToo) {
  TestServer server(with({{"open", "true"}}, 2));
  for (const std::string name : {"a1", "b2", "c3", "d4"}) {
    TestClient client = server.connect();
    client.open_stream();
    EXPECT_EQ(condition(client.iq("set", "", account(name, "long enough"))), "");
    client.authenticate(name + "@localhost", "long enough");
  }
}

TEST(RegistrationTest, ClosedUnlessTheOperatorOpensIt) {
  TestServer server(with({}));
  TestClient client = server.connect();
  const xml::Document features = client.open_stream();
  EXPECT_FALSE(features.root().child("register", xmpp::kNsRegisterFeature));
  EXPECT_EQ(condition(client.iq("get", "", kAsk)), "service-unavailable");
  EXPECT_EQ(condition(client.iq("set", "", account("bill", "Calliope"))), "service-unavailable");
}

TEST(RegistrationTest, OpenOnLoopbackIsClosedForOthers) {
  TestServer server(with({{"open_on_loopback", "true"}}));
  TestClient here = server.connect();
  here.open_stream();
  EXPECT_EQ(condition(here.iq("get", "", kAsk)), "");
  TestClient elsewhere =
      server.connect({.address = "192.0.2.1", .loopback = false, .secure = true});
  elsewhere.open_stream();
  EXPECT_EQ(condition(elsewhere.iq("get", "", kAsk)), "service-unavailable");
}

TEST(RegistrationTest, Case49SoManyAccountsFromOneAddress) {
  TestServer server(with({{"open", "true"}, {"accounts_per_address_per_hour_max", "2"}}, 2));
  const auto attempt = [&](const std::string& address, std::string_view name) {
    TestClient client = server.connect({.address = address, .loopback = false, .secure = true});
    client.open_stream();
    return condition(client.iq("set", "", account(name, "long enough")));
  };
  EXPECT_EQ(attempt("192.0.2.1", "one"), "");
  EXPECT_EQ(attempt("192.0.2.1", "two"), "");
  EXPECT_EQ(attempt("192.0.2.1", "three"), "resource-constraint");
  EXPECT_EQ(attempt("192.0.2.2", "three"), "");
}

TEST(RegistrationTest, Case23NotInClear) {
  TestServer server(with({{"open", "true"}}));
  TestClient client = server.connect({.address = "192.0.2.1", .loopback = false});
  const xml::Document features = client.open_stream();
  EXPECT_FALSE(features.root().child("register", xmpp::kNsRegisterFeature));
  client.send("<iq type='set' id='1'>" + account("bill", "Calliope") + "</iq>");
  client.expect_stream_error("policy-violation");
}

// --- after login ---

class OwnAccountTest : public testing::Test {
protected:
  TestServer server_{with({})};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(OwnAccountTest, Xep0077Section3_1WhoIsRegisteredIsToldSo) {
  for (const std::string_view to : {"", "localhost", "romeo@localhost"}) {
    const xml::Document answer = romeo_.iq("get", to, kAsk);
    const xml::Element query = answer.root().first_child();
    EXPECT_TRUE(query.child("registered", xmpp::kNsRegister)) << to;
    EXPECT_EQ(query.child("username", xmpp::kNsRegister).text(), "romeo") << to;
    EXPECT_EQ(query.child("password", xmpp::kNsRegister).text(), "") << to;
  }
}

TEST_F(OwnAccountTest, Xep0077Section3_3ANewPassword) {
  TestClient phone = server_.login("romeo@localhost/phone");
  EXPECT_EQ(condition(romeo_.iq("set", "localhost", account("romeo", "another one"))), "");
  phone.expect_stream_error("not-authorized");
  EXPECT_EQ(condition(romeo_.iq("get", "", kAsk)), ""); // still signed in
  TestClient again = server_.connect();
  again.login("romeo@localhost/phone", "another one");
}

TEST_F(OwnAccountTest, Xep0077Section3_3WhatIsMissing) {
  EXPECT_EQ(condition(romeo_.iq("set", "", query("<password>another one</password>"))),
            "bad-request");
  EXPECT_EQ(condition(romeo_.iq("set", "", query("<username>romeo</username><password/>"))),
            "bad-request");
  EXPECT_EQ(condition(romeo_.iq("set", "", query(""))), "bad-request");
  EXPECT_EQ(condition(romeo_.iq("set", "", account("romeo", "short"))), "not-acceptable");
  TestClient again = server_.connect();
  again.login("romeo@localhost/phone", kPassword);
}

TEST_F(OwnAccountTest, Case49NobodyTouchesAnothersAccount) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  EXPECT_EQ(condition(romeo_.iq("set", "localhost", account("juliet", "mine it is"))), "forbidden");
  for (const std::string_view to : {"juliet@localhost", "nobody@localhost"}) {
    EXPECT_EQ(condition(romeo_.iq("set", to, query("<remove/>"))), "service-unavailable");
    EXPECT_EQ(condition(romeo_.iq("set", to, account("juliet", "mine it is"))),
              "service-unavailable");
    EXPECT_EQ(condition(romeo_.iq("get", to, kAsk)), "service-unavailable");
  }
  juliet.expect_nothing();
  TestClient again = server_.connect();
  again.login("juliet@localhost/garden", kPassword);
}

TEST_F(OwnAccountTest, Xep0077Section3_2RemovalEndsAllSessions) {
  TestClient phone = server_.login("romeo@localhost/phone");
  EXPECT_EQ(condition(romeo_.iq("set", "", query("<remove/>"))), "");
  romeo_.expect_stream_error("not-authorized");
  phone.expect_stream_error("not-authorized");
  server_.settle();
  TestClient again = server_.connect();
  again.open_stream();
  again.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
             "mechanism='PLAIN'>AHJvbWVvAHBhc3Mgd29yZA==</auth>");
  again.expect("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
}

TEST(RemovalTest, Xep0077Section3_2IsAnsweredWhenItIsDurable) {
  TestSettings settings = with({});
  settings.store = storage::MemoryMode::kManual;
  TestServer server(std::move(settings));
  TestClient romeo = server.login("romeo@localhost/orchard");
  TestClient phone = server.login("romeo@localhost/phone");
  server.store().complete_all();
  romeo.send("<iq type='set' id='1'>" + query("<remove/>") + "</iq>");
  phone.expect_stream_error("not-authorized");
  romeo.expect_nothing();
  server.settle();
  server.store().complete_all();
  romeo.expect("<iq type='result' id='1'/>");
  romeo.expect_stream_error("not-authorized");
}

TEST_F(OwnAccountTest, Xep0077Section3_2ARemovalThatTheStoreRefusesIsNoRemoval) {
  server_.store().refuse_writes();
  EXPECT_EQ(condition(romeo_.iq("set", "", query("<remove/>"))), "internal-server-error");
}

TEST_F(OwnAccountTest, Xep0077Section3_2RemoveStandsAlone) {
  EXPECT_EQ(condition(romeo_.iq("set", "", query("<remove/><username>romeo</username>"))),
            "bad-request");
  EXPECT_EQ(condition(romeo_.iq("get", "", kAsk)), "");
}

TEST_F(OwnAccountTest, AStoreThatFailsChangesNoPassword) {
  server_.store().refuse_writes();
  EXPECT_EQ(condition(romeo_.iq("set", "", account("romeo", "another one"))),
            "internal-server-error");
}

TEST(RegistrationTest, AServerThatStopsMeanwhileTakesNoHarm) {
  TestServer server(with({{"open", "true"}}, 2));
  std::vector<TestClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(server.connect());
    clients.back().open_stream();
    clients.back().send("<iq type='set' id='1'>" + account(fmt::format("n{}", i), "long enough") +
                        "</iq>");
  }
  TestClient romeo = server.login("romeo@localhost");
  romeo.send("<iq type='set' id='1'>" + account("romeo", "another one") + "</iq>");
  server.stop();
}

} // namespace
} // namespace rookery::modules::registration

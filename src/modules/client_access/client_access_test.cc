#include "modules/client_access/client_access.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/accounts.h"
#include "server/testing/test_server.h"
#include "xmpp/datetime.h"

namespace rookery::modules::client_access {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;

constexpr std::string_view kNs = "urn:xmpp:cam:0";
constexpr std::string_view kList = "<list xmlns='urn:xmpp:cam:0'/>";
constexpr std::string_view kPhone = "d4565fa7-4d72-4749-b3d3-740edbf87770";

std::string signing_in(std::string_view agent, std::string_view more = {}) {
  return fmt::format("<user-agent id='{}'><software>Nest</software><device>Phone</device>"
                     "</user-agent><bind xmlns='urn:xmpp:bind:0'><tag>nest</tag>{}</bind>",
                     agent, more);
}

class ClientAccessTest : public testing::Test {
protected:
  ClientAccessTest() { server_.add_account("romeo@localhost"); }

  static std::string end_of_resource(const TestClient& client) {
    return client.jid().substr(client.jid().find('~') + 1);
  }
  TestClient phone() {
    TestClient client = server_.connect();
    client.login_sasl2("romeo@localhost", TestServer::kPassword, signing_in(kPhone));
    return client;
  }
  /// The <client/> of this id in the answer; empty where it is not there.
  static xml::Element client_in(const xml::Document& answer, std::string_view id) {
    for (const xml::Element client : answer.root().child("clients", kNs).children())
      if (client.attribute("id") == id)
        return client;
    return {};
  }
  static std::string revoke(std::string_view id) {
    return fmt::format("<revoke xmlns='urn:xmpp:cam:0' id='{}'/>", id);
  }

  TestServer server_{{&descriptor()}};
};

TEST_F(ClientAccessTest, Xep0494Section3_1TheListSaysWhatTheXepAsks) {
  TestClient client = phone();
  const xml::Document answer = client.iq("get", "", kList);
  const xml::Element found = client_in(answer, end_of_resource(client));
  ASSERT_TRUE(found) << answer.root().raw();
  EXPECT_EQ(found.attribute("connected"), "true");
  EXPECT_EQ(found.attribute("type"), "session");
  const auto first = xmpp::parse_time(found.child("first-seen", kNs).text());
  const auto last = xmpp::parse_time(found.child("last-seen", kNs).text());
  ASSERT_TRUE(first && last);
  EXPECT_LE(*first, *last);
  EXPECT_TRUE(found.child("auth", kNs).child("password", kNs));
  EXPECT_FALSE(found.child("auth", kNs).child("fast", kNs));
  EXPECT_EQ(found.child("permission", kNs).attribute("status"), "unrestricted");
  const xml::Element agent = found.child("user-agent", kNs);
  EXPECT_EQ(agent.child("software", kNs).text(), "Nest");
  EXPECT_EQ(agent.child("device", kNs).text(), "Phone");
}

TEST_F(ClientAccessTest, AClientThatNamesItselfNotIsListedWhileItIsThere) {
  TestClient desk = server_.login("romeo@localhost/desk");
  TestClient client = phone();
  const auto count = [&] {
    std::size_t n = 0;
    const xml::Document answer = client.iq("get", "", kList);
    for ([[maybe_unused]] const xml::Element each : answer.root().first_child().children())
      ++n;
    return n;
  };
  EXPECT_EQ(count(), 2U);
  desk.close();
  server_.settle();
  EXPECT_EQ(count(), 1U);
}

TEST_F(ClientAccessTest, Xep0494Section3_2AClientWithThePasswordIsSignedOutAndStaysListed) {
  TestClient desk = server_.login("romeo@localhost/desk");
  TestClient client = phone();
  const std::string id = end_of_resource(client);
  const xml::Document refused = desk.iq("set", "", revoke(id));
  const xml::Element error = refused.root().child("error", "jabber:client");
  EXPECT_EQ(error.attribute("type"), "cancel");
  EXPECT_TRUE(error.child("service-unavailable", "urn:ietf:params:xml:ns:xmpp-stanzas"));
  EXPECT_TRUE(error.child("password-reset-required", kNs));
  client.expect_stream_error("not-authorized");
  const xml::Document after = desk.iq("get", "", kList);
  EXPECT_EQ(client_in(after, id).attribute("connected"), "false") << after.root().raw();
}

TEST_F(ClientAccessTest, OneThatDoesNotKnowTheNewPasswordIsRevoked) {
  TestClient client = phone();
  TestClient desk = server_.login("romeo@localhost/desk");
  const std::string id = end_of_resource(client);
  std::promise<void> changed;
  server::AccountAdmin(server_.server())
      .set_password(*xmpp::BareJid::parse("romeo@localhost"), "new password",
                    client.jid().substr(client.jid().find('/') + 1), [&](const Status& status) {
                      EXPECT_TRUE(status.has_value());
                      changed.set_value();
                    });
  changed.get_future().wait();
  desk.expect_stream_error("not-authorized");
  TestClient other = server_.connect();
  other.login("romeo@localhost/other", "new password");
  const xml::Document before = other.iq("get", "", kList);
  EXPECT_FALSE(client_in(before, id).child("auth", kNs).first_child()) << before.root().raw();
  EXPECT_EQ(other.iq("set", "", revoke(id)).root().attribute("type"), "result");
  client.expect_stream_error("not-authorized");
  EXPECT_FALSE(client_in(other.iq("get", "", kList), id));
}

TEST_F(ClientAccessTest, AClientThatRevokesItselfIsAnsweredFirst) {
  TestClient client = phone();
  const xml::Document answer = client.iq("set", "", revoke(end_of_resource(client)));
  EXPECT_EQ(answer.root().attribute("type"), "error"); // it knows the password
  client.expect_stream_error("not-authorized");
}

TEST_F(ClientAccessTest, WhatIsNoClient) {
  TestClient client = phone();
  EXPECT_TRUE(client.iq("set", "", revoke("unheard-of"))
                  .root()
                  .child("error", "jabber:client")
                  .child("item-not-found", "urn:ietf:params:xml:ns:xmpp-stanzas"));
  EXPECT_TRUE(client.iq("set", "", "<revoke xmlns='urn:xmpp:cam:0'/>")
                  .root()
                  .child("error", "jabber:client")
                  .child("bad-request", "urn:ietf:params:xml:ns:xmpp-stanzas"));
}

// XEP-0494 §6.
TEST_F(ClientAccessTest, Case43OfAnotherIsAnsweredAsWhereThereIsNone) {
  TestClient client = phone();
  TestClient juliet = server_.login("juliet@localhost/balcony");
  for (const std::string_view to : {"romeo@localhost", "nobody@localhost"}) {
    for (const auto& [type, payload] :
         {std::pair{"get", std::string(kList)}, {"set", revoke(end_of_resource(client))}}) {
      const xml::Document answer = juliet.iq(type, to, payload);
      EXPECT_EQ(answer.root().attribute("type"), "error");
      EXPECT_EQ(answer.root().first_child().first_child().name(), "service-unavailable");
    }
  }
  client.expect_nothing();
}

} // namespace
} // namespace rookery::modules::client_access

// Two users and what tests make them do again and again.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "modules/roster/roster.h"
#include "server/testing/test_server.h"

namespace rookery::modules::roster {

using server::testing::TestClient;
using server::testing::TestServer;
using server::testing::TestSettings;

inline constexpr std::string_view kRosterQuery = "<query xmlns='jabber:iq:roster'/>";

inline TestSettings on_threads(unsigned threads) {
  TestSettings settings;
  settings.threads = threads;
  settings.modules = {&descriptor()};
  return settings;
}

/// Both on different threads, where the server has two, or on one.
class ContactsTest : public testing::Test {
protected:
  explicit ContactsTest(TestSettings settings = on_threads(2)) : server_(std::move(settings)) {}

  /// Signs in, asks for the roster, and becomes available.
  TestClient online(std::string_view jid) {
    TestClient client = server_.login(jid);
    client.iq("get", "", kRosterQuery);
    client.send("<presence/>");
    client.expect("<presence from='" + client.jid() + "'/>");
    return client;
  }

  /// `user` sees `contact` from now on; both are online.
  static void subscribe(TestClient& user, TestClient& contact) {
    user.send("<presence type='subscribe' to='" + bare(contact) + "'/>");
    user.expect(
        "<iq type='set'><query xmlns='jabber:iq:roster'><item ask='subscribe'/></query></iq>");
    contact.expect("<presence type='subscribe' from='" + bare(user) + "'/>");
    contact.send("<presence type='subscribed' to='" + bare(user) + "'/>");
    contact.expect("<iq type='set'><query xmlns='jabber:iq:roster'><item jid='" + bare(user) +
                   "'/></query></iq>");
    user.expect("<presence type='subscribed' from='" + bare(contact) + "'/>");
    user.expect("<iq type='set'><query xmlns='jabber:iq:roster'><item jid='" + bare(contact) +
                "'/></query></iq>");
    user.expect("<presence from='" + contact.jid() + "'/>");
  }

  static std::string bare(const TestClient& client) {
    return client.jid().substr(0, client.jid().find('/'));
  }
  static std::string item_set(std::string_view item) {
    return "<query xmlns='jabber:iq:roster'>" + std::string(item) + "</query>";
  }
  static std::string_view condition(const xml::Document& answer) {
    return answer.root().child("error", "jabber:client").first_child().name();
  }

  TestServer server_;
};

} // namespace rookery::modules::roster

#include "modules/last/last.h"

#include <gtest/gtest.h>

#include "modules/last/seen.h"
#include "server/account.h"
#include "server/binder.h"
#include "server/homes.h"
#include "server/session.h"
#include "server/testing/test_module.h"
#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::last {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;

constexpr std::string_view kQuery = "<query xmlns='jabber:iq:last'/>";

/// Stands in for rosters and presence: everybody but mallory is a contact of everybody, and
/// presence does nothing but count.
class Contacts final : public server::Module {
public:
  static constexpr std::string_view kName = "presence";
  void bind(server::Binder& on) override {
    on.contacts<&Contacts::add>(*this);
    on.presence_out<&Contacts::presence>(*this);
  }

private:
  void add(server::Account&, std::string_view bare, std::vector<server::Contact>& out) {
    if (bare != "mallory@localhost")
      out.push_back({.jid = xmpp::Jid::from_trusted(std::string(bare)), .sees_presence = true});
  }
  bool presence(server::Session& session, server::PacketPtr& packet) {
    if (packet->header.type == xmpp::StanzaType::kUnavailable)
      session.set_unavailable();
    else
      session.set_available(0, std::string(packet->element().raw()));
    return true;
  }
};

std::string condition(const xml::Document& answer) {
  const xml::Element error = answer.root().first_child();
  return error.name() == "error" ? std::string(error.first_child().name()) : "";
}

TEST(SeenTest, TextAndBack) {
  const Seen seen{.time = WallTime(Microseconds(1'767'225'600'000'001)), .status = "a\nb"};
  EXPECT_EQ(seen.serialise(), "1767225600000001\na\nb");
  const auto back = Seen::parse(seen.serialise());
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->time, seen.time);
  EXPECT_EQ(back->status, seen.status);
  for (const char* wrong : {"", "12", "x\n", "1x\n"})
    EXPECT_FALSE(Seen::parse(wrong).has_value()) << wrong;
}

TEST(SeenTest, AStatusThatIsTooLongIsNotKept) {
  const Seen seen{.time = {}, .status = std::string(kStatusBytesMax + 1, 'x')};
  EXPECT_EQ(Seen::parse(seen.serialise())->status, "");
}

class LastTest : public testing::Test {
protected:
  xml::Document ask(std::string_view to) { return romeo_.iq("get", to, kQuery); }
  std::string seconds(const xml::Document& answer) {
    return std::string(answer.root().first_child().attribute_or_empty("seconds"));
  }

  TestServer server_{{&descriptor(), &server::testing::test_module<Contacts>()}};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(LastTest, Xep0012Section5TheServersUptime) {
  const xml::Document answer = ask("localhost");
  EXPECT_FALSE(seconds(answer).empty());
  EXPECT_LT(std::stoi(seconds(answer)), 60);
}

TEST_F(LastTest, Xep0012Section3ZeroWhileADeviceIsThere) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  juliet.send("<presence/>");
  juliet.iq("get", "localhost", kQuery);
  EXPECT_EQ(seconds(ask("juliet@localhost")), "0");
  EXPECT_EQ(ask("juliet@localhost").root().first_child().text(), "");
}

TEST_F(LastTest, Xep0012Section3TheLastWordsAndSinceWhen) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  juliet.send(
      "<presence/><presence type='unavailable'><status>Good &amp; night</status></presence>");
  juliet.close();
  server_.settle();
  const xml::Document answer = ask("juliet@localhost");
  EXPECT_LT(std::stoi(seconds(answer)), 60);
  EXPECT_EQ(answer.root().first_child().text(), "Good & night");
}

TEST_F(LastTest, AConnectionThatBreaksIsGoingToo) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  juliet.send("<presence><status>here</status></presence>");
  juliet.iq("get", "localhost", kQuery);
  juliet.cut();
  server_.settle();
  const xml::Document answer = ask("juliet@localhost");
  EXPECT_FALSE(seconds(answer).empty());
  EXPECT_EQ(answer.root().first_child().text(), "");
}

TEST_F(LastTest, OnlyTheLastDeviceCounts) {
  TestClient balcony = server_.login("juliet@localhost/balcony");
  TestClient garden = server_.login("juliet@localhost/garden");
  balcony.send("<presence/>");
  balcony.iq("get", "localhost", kQuery);
  garden.send("<presence/><presence type='unavailable'><status>not yet</status></presence>");
  garden.iq("get", "localhost", kQuery);
  EXPECT_EQ(seconds(ask("juliet@localhost")), "0");
  balcony.send("<presence type='unavailable'/>");
  balcony.iq("get", "localhost", kQuery);
  server_.settle();
  EXPECT_EQ(ask("juliet@localhost").root().first_child().text(), "");
}

// XEP-0186 §3.1.1, 8: as if it had gone when it went invisible, whatever it does after that.
TEST_F(LastTest, Xep0186Section3_1_1AnInvisibleDeviceHasGone) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  juliet.send("<presence/>");
  juliet.iq("get", "localhost", kQuery);
  server_.on_home("juliet@localhost", [](server::Homes& homes) {
    server::Session& session = *homes.find_account("juliet@localhost")->sessions().front();
    for (const auto& hook : homes.hooks().session_hides)
      hook.call(session);
    session.set_invisible(true);
  });
  const xml::Document answer = ask("juliet@localhost");
  EXPECT_FALSE(seconds(answer).empty());
  EXPECT_EQ(answer.root().first_child().text(), "");
  juliet.send("<presence type='unavailable'><status>Now I go</status></presence>");
  juliet.close();
  server_.settle();
  EXPECT_EQ(ask("juliet@localhost").root().first_child().text(), "") << "that was not to be told";
}

TEST_F(LastTest, AContactWhoWasNeverHere) {
  server_.add_account("juliet@localhost");
  EXPECT_EQ(condition(ask("juliet@localhost")), "item-not-found");
}

TEST_F(LastTest, Case43AStrangerLearnsNothing) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  juliet.send("<presence/>");
  juliet.iq("get", "localhost", kQuery);
  TestClient mallory = server_.login("mallory@localhost/dark");
  for (const std::string_view to :
       {"juliet@localhost", "nobody@localhost", "juliet@localhost/balcony", "juliet@localhost/none",
        "nobody@localhost/balcony"})
    EXPECT_EQ(condition(mallory.iq("get", to, kQuery)), "service-unavailable") << to;
  juliet.expect_nothing();
}

TEST_F(LastTest, Xep0012Section4AContactAsksTheDeviceItself) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  romeo_.send(
      "<iq type='get' id='1' to='juliet@localhost/balcony'><query xmlns='jabber:iq:last'/></iq>");
  juliet.expect(
      "<iq type='get' id='1' from='romeo@localhost/orchard'><query xmlns='jabber:iq:last'/></iq>");
}

} // namespace
} // namespace rookery::modules::last

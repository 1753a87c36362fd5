#include "modules/ping/ping.h"

#include <gtest/gtest.h>

#include "server/testing/test_server.h"

namespace rookery::modules::ping {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;

constexpr std::string_view kPing = "<ping xmlns='urn:xmpp:ping'/>";

class PingTest : public testing::Test {
protected:
  TestServer server_{{&descriptor()}};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(PingTest, Xep0199Section4_2TheServerAnswers) {
  const xml::Document answer = romeo_.iq("get", "localhost", kPing);
  EXPECT_EQ(answer.root().attribute("type"), "result");
  EXPECT_EQ(answer.root().attribute("from"), "localhost");
  EXPECT_FALSE(answer.root().first_child());
}

TEST_F(PingTest, OnesOwnAccountAnswers) {
  EXPECT_EQ(romeo_.iq("get", "romeo@localhost", kPing).root().attribute("type"), "result");
  EXPECT_EQ(romeo_.iq("get", "", kPing).root().attribute("type"), "result");
}

TEST_F(PingTest, Case43AnotherAccountAnswersAsOneThatDoesNotExist) {
  server_.add_account("juliet@localhost");
  for (const std::string_view to : {"juliet@localhost", "nobody@localhost"}) {
    const xml::Document answer = romeo_.iq("get", to, kPing);
    const xml::Element error = answer.root().first_child();
    EXPECT_EQ(error.attribute("type"), "cancel") << to;
    EXPECT_EQ(error.first_child().name(), "service-unavailable") << to;
  }
}

// XEP-0199 §4.4.
TEST_F(PingTest, OneToADeviceIsThatDevicesToAnswer) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  romeo_.send(
      "<iq type='get' id='1' to='juliet@localhost/balcony'><ping xmlns='urn:xmpp:ping'/></iq>");
  juliet.expect(
      "<iq type='get' id='1' from='romeo@localhost/orchard'><ping xmlns='urn:xmpp:ping'/></iq>");
  juliet.send("<iq type='result' id='1' to='romeo@localhost/orchard'/>");
  romeo_.expect("<iq type='result' id='1' from='juliet@localhost/balcony'/>");
}

TEST_F(PingTest, ASetIsNoPing) {
  EXPECT_EQ(romeo_.iq("set", "localhost", kPing).root().attribute("type"), "error");
}

} // namespace
} // namespace rookery::modules::ping

#include "modules/time/time.h"

#include <gtest/gtest.h>

#include "modules/time/zone.h"
#include "server/testing/test_server.h"
#include "xmpp/datetime.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::time {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;

TEST(ZoneTest, Xep0082Section3_3) {
  EXPECT_EQ(format_offset(Seconds(0)), "+00:00");
  EXPECT_EQ(format_offset(Seconds(19'800)), "+05:30");
  EXPECT_EQ(format_offset(Seconds(-21'600)), "-06:00");
  EXPECT_EQ(format_offset(Seconds(-12'600)), "-03:30");
  EXPECT_EQ(format_offset(Seconds(-20)), "+00:00");
}

TEST(TimeTest, TheServerTellsItsTime) {
  TestServer server({&descriptor()});
  TestClient romeo = server.login("romeo@localhost");
  const auto before = std::chrono::floor<Seconds>(SystemClock().wall());
  const xml::Document answer = romeo.iq("get", "localhost", "<time xmlns='urn:xmpp:time'/>");
  const xml::Element time = answer.root().first_child();
  const auto utc = xmpp::parse_time(time.child("utc", xmpp::kNsTime).text());
  ASSERT_TRUE(utc.has_value());
  EXPECT_GE(*utc, before);
  EXPECT_LE(*utc, SystemClock().wall());
  EXPECT_EQ(time.child("tzo", xmpp::kNsTime).text().size(), 6U);
}

TEST(TimeTest, AnAccountHasNone) {
  TestServer server({&descriptor()});
  TestClient romeo = server.login("romeo@localhost");
  const xml::Document answer = romeo.iq("get", "", "<time xmlns='urn:xmpp:time'/>");
  EXPECT_EQ(answer.root().attribute("type"), "error");
}

} // namespace
} // namespace rookery::modules::time

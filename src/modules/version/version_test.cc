#include "modules/version/version.h"

#include <gtest/gtest.h>

#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::version {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;
using server::testing::TestSettings;

constexpr std::string_view kQuery = "<query xmlns='jabber:iq:version'/>";

TEST(VersionTest, TheServerTellsItsNameAndVersion) {
  TestServer server({&descriptor()});
  TestClient romeo = server.login("romeo@localhost");
  const xml::Document answer = romeo.iq("get", "localhost", kQuery);
  const xml::Element query = answer.root().first_child();
  EXPECT_EQ(query.child("name", xmpp::kNsVersion).text(), "Rookery");
  EXPECT_EQ(query.child("version", xmpp::kNsVersion).text(), ROOKERY_VERSION);
  EXPECT_FALSE(query.child("os", xmpp::kNsVersion));
}

TEST(VersionTest, TheOperatingSystemIsToldWhereTheOperatorAllows) {
  TestSettings settings;
  settings.modules = {&descriptor()};
  settings.module_options["version"]["show_os"] = "true";
  TestServer server(std::move(settings));
  TestClient romeo = server.login("romeo@localhost");
  const xml::Document answer = romeo.iq("get", "localhost", kQuery);
  EXPECT_FALSE(answer.root().first_child().child("os", xmpp::kNsVersion).text().empty());
}

TEST(VersionTest, AnAccountHasNone) {
  TestServer server({&descriptor()});
  TestClient romeo = server.login("romeo@localhost");
  EXPECT_EQ(romeo.iq("get", "romeo@localhost", kQuery).root().attribute("type"), "error");
}

} // namespace
} // namespace rookery::modules::version

#include "modules/contact_info/contact_info.h"

#include <gtest/gtest.h>

#include "modules/disco/disco.h"
#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::contact_info {
namespace {

using server::testing::OptionTexts;
using server::testing::TestClient;
using server::testing::TestServer;
using server::testing::TestSettings;

constexpr std::string_view kInfoQuery = "<query xmlns='http://jabber.org/protocol/disco#info'/>";

TestSettings with(OptionTexts options) {
  TestSettings settings;
  settings.modules = {&descriptor(), &disco::descriptor()};
  settings.module_options["contact_info"] = std::move(options);
  return settings;
}

TEST(ContactInfoTest, Xep0157Section2AddressesStandInDiscoInfo) {
  TestServer server(with({{"abuse", R"(["mailto:abuse@localhost", "xmpp:abuse@localhost"])"},
                          {"support", R"(["https://localhost/help"])"}}));
  TestClient romeo = server.login("romeo@localhost");
  romeo.send("<iq type='get' id='1' to='localhost'><query "
             "xmlns='http://jabber.org/protocol/disco#info'/></iq>");
  romeo.expect(
      "<iq type='result' id='1'><query xmlns='http://jabber.org/protocol/disco#info'>"
      "<x xmlns='jabber:x:data' type='result'>"
      "<field var='FORM_TYPE' "
      "type='hidden'><value>http://jabber.org/network/serverinfo</value></field>"
      "<field var='abuse-addresses' type='list-multi'><value>mailto:abuse@localhost</value>"
      "<value>xmpp:abuse@localhost</value></field>"
      "<field var='support-addresses' "
      "type='list-multi'><value>https://localhost/help</value></field>"
      "</x></query></iq>");
}

TEST(ContactInfoTest, WithoutAddressesThereIsNoForm) {
  TestServer server(with({}));
  TestClient romeo = server.login("romeo@localhost");
  const xml::Document answer = romeo.iq("get", "localhost", kInfoQuery);
  EXPECT_FALSE(answer.root().first_child().child("x", xmpp::kNsDataForms));
}

TEST(ContactInfoTest, WhatIsNoAddressIsRefusedAtTheStart) {
  for (const char* wrong :
       {R"(["help@localhost"])", R"(["mailto:"])", R"([":x"])", R"(["mailto:a b"])", R"(["1x:y"])"})
    EXPECT_THROW(TestServer server(with({{"support", wrong}})), std::runtime_error) << wrong;
}

} // namespace
} // namespace rookery::modules::contact_info

#include "modules/private_xml/private_xml.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/testing/test_server.h"

namespace rookery::modules::private_xml {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;
using server::testing::TestSettings;

std::string query(std::string_view inside) {
  return fmt::format("<query xmlns='jabber:iq:private'>{}</query>", inside);
}

std::string condition(const xml::Document& answer) {
  const xml::Element error = answer.root().first_child();
  return error.name() == "error" ? std::string(error.first_child().name()) : "";
}

TestSettings settings() {
  TestSettings made;
  made.modules = {&descriptor()};
  made.module_options["private_xml"]["element_bytes_max"] = "1024";
  made.module_options["private_xml"]["account_bytes_max"] = "3000";
  return made;
}

class PrivateXmlTest : public testing::Test {
protected:
  /// The element in the answer, as the server wrote it.
  std::string get(std::string_view element) {
    const xml::Document answer = romeo_.iq("get", "", query(element));
    return std::string(answer.root().first_child().first_child().raw());
  }
  std::string set(std::string_view elements) {
    return condition(romeo_.iq("set", "", query(elements)));
  }

  TestServer server_{settings()};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(PrivateXmlTest, WhatIsNotThereIsEmpty) {
  EXPECT_EQ(get("<prefs xmlns='exodus:prefs'/>"), "<prefs xmlns='exodus:prefs'/>");
}

TEST_F(PrivateXmlTest, EachNamespaceKeepsItsOwn) {
  EXPECT_EQ(set("<prefs xmlns='a'><nick>R</nick></prefs>"), "");
  EXPECT_EQ(set("<prefs xmlns='b' size='2'/>"), "");
  EXPECT_EQ(get("<prefs xmlns='a'/>"), "<prefs xmlns='a'><nick>R</nick></prefs>");
  EXPECT_EQ(get("<prefs xmlns='b'/>"), "<prefs xmlns='b' size='2'/>");
  EXPECT_EQ(get("<other xmlns='b'/>"), "<other xmlns='b'/>");
}

TEST_F(PrivateXmlTest, ASetMayHaveSeveralElements) {
  EXPECT_EQ(set("<one xmlns='a'>1</one><two xmlns='a'>2</two>"), "");
  EXPECT_EQ(get("<one xmlns='a'/>"), "<one xmlns='a'>1</one>");
  EXPECT_EQ(get("<two xmlns='a'/>"), "<two xmlns='a'>2</two>");
}

TEST_F(PrivateXmlTest, SettingItEmptyRemovesIt) {
  EXPECT_EQ(set("<one xmlns='a'>1</one>"), "");
  EXPECT_EQ(set("<one xmlns='a'/>"), "");
  EXPECT_EQ(get("<one xmlns='a'/>"), "<one xmlns='a'/>");
}

TEST_F(PrivateXmlTest, WhatANameLacks) {
  EXPECT_EQ(set(""), "not-acceptable");
  EXPECT_EQ(condition(romeo_.iq("get", "", query(""))), "not-acceptable");
  EXPECT_EQ(condition(romeo_.iq("get", "", query("<a xmlns='a'/><b xmlns='b'/>"))), "bad-request");
  EXPECT_EQ(set("<name-without-a-namespace/>"), "not-acceptable");
}

TEST_F(PrivateXmlTest, Case43NobodyReadsOrWritesAnothers) {
  server_.add_account("juliet@localhost");
  for (const std::string_view type : {"get", "set"})
    for (const std::string_view to : {"juliet@localhost", "nobody@localhost"})
      EXPECT_EQ(condition(romeo_.iq(type, to, query("<a xmlns='a'>1</a>"))), "service-unavailable");
}

TEST_F(PrivateXmlTest, TooLarge) {
  EXPECT_EQ(set(fmt::format("<a xmlns='a'>{}</a>", std::string(1'024, 'x'))), "policy-violation");
  // A namespace too long to be a key of the store.
  EXPECT_EQ(set(fmt::format("<a xmlns='{}'>1</a>", std::string(5'000, 'x'))), "not-acceptable");
}

TEST_F(PrivateXmlTest, AnAccountsRoomIsBounded) {
  const std::string text(900, 'x');
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(set(fmt::format("<a xmlns='{}'>{}</a>", i, text)), "") << i;
  EXPECT_EQ(set(fmt::format("<a xmlns='3'>{}</a>", text)), "resource-constraint");
  EXPECT_EQ(set("<a xmlns='0'/>"), "");
  EXPECT_EQ(set(fmt::format("<a xmlns='3'>{}</a>", text)), "");
}

TEST_F(PrivateXmlTest, SetsThatAreOnTheWayCount) {
  const std::string text(900, 'x');
  for (int i = 0; i < 10; ++i)
    romeo_.send(fmt::format("<iq type='set' id='s{}'>{}</iq>", i,
                            query(fmt::format("<a xmlns='{}'>{}</a>", i, text))));
  int kept = 0;
  for (int i = 0; i < 10; ++i)
    kept += romeo_.expect(fmt::format("<iq id='s{}'/>", i)).root().attribute("type") == "result";
  EXPECT_LE(kept, 3);
  EXPECT_GE(kept, 1);
}

} // namespace
} // namespace rookery::modules::private_xml

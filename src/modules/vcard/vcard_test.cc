#include "modules/vcard/vcard.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/testing/test_server.h"

namespace rookery::modules::vcard {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;
using server::testing::TestSettings;

constexpr std::string_view kEmpty = "<vCard xmlns='vcard-temp'/>";
constexpr std::string_view kCard =
    "<vCard xmlns='vcard-temp'><FN>Romeo</FN><N><FAMILY>Montague</FAMILY></N></vCard>";

std::string condition(const xml::Document& answer) {
  const xml::Element error = answer.root().first_child();
  return error.name() == "error" ? std::string(error.first_child().name()) : "";
}

TestSettings settings(bool for_strangers = false) {
  TestSettings made;
  made.module_options["vcard"]["for_strangers"] = for_strangers ? "true" : "false";
  made.modules = {&descriptor()};
  made.module_options["vcard"]["card_bytes_max"] = "1024";
  return made;
}

class VCardTest : public testing::Test {
protected:
  TestServer server_{settings()};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(VCardTest, Xep0054Section3_1And3_2OnesOwn) {
  EXPECT_EQ(condition(romeo_.iq("get", "", kEmpty)), "item-not-found");
  EXPECT_EQ(romeo_.iq("set", "", kCard).root().attribute("type"), "result");
  EXPECT_EQ(romeo_.iq("get", "romeo@localhost", kEmpty).root().first_child().raw(), kCard);
}

TEST(VCardForStrangers, Xep0054Section3_3AnyoneMayReadWhereThatIsWanted) {
  TestServer server{settings(true)};
  TestClient romeo = server.login("romeo@localhost/orchard");
  romeo.iq("set", "", kCard);
  TestClient juliet = server.login("juliet@localhost");
  const xml::Document answer = juliet.iq("get", "romeo@localhost", kEmpty);
  EXPECT_EQ(answer.root().attribute("from"), "romeo@localhost");
  EXPECT_EQ(answer.root().first_child().raw(), kCard);
}

TEST_F(VCardTest, OnlyItsOwnerWrites) {
  romeo_.iq("set", "", kCard);
  TestClient juliet = server_.login("juliet@localhost");
  EXPECT_EQ(condition(juliet.iq("set", "romeo@localhost", kEmpty)), "service-unavailable");
  EXPECT_EQ(romeo_.iq("get", "", kEmpty).root().first_child().raw(), kCard);
}

TEST_F(VCardTest, Case43WithACardOrWithoutAnAccountLooksToStrangersLikeNone) {
  TestClient juliet = server_.login("juliet@localhost");
  const auto answer_of = [&](std::string_view type, std::string_view jid) {
    const xml::Document answer = romeo_.iq(type, jid, kEmpty);
    EXPECT_EQ(answer.root().attribute("type"), "error");
    return std::string(answer.root().first_child().raw());
  };
  for (int i = 0; i < 2; ++i) {
    for (const std::string_view type : {"get", "set"})
      EXPECT_EQ(answer_of(type, "juliet@localhost"), answer_of(type, "nobody@localhost"));
    EXPECT_EQ(juliet.iq("set", "", kCard).root().attribute("type"), "result");
  }
}

TEST_F(VCardTest, PrefixesOfTheSenderMeanTheSameToTheReader) {
  romeo_.send(
      "<iq type='set' id='1'><v:vCard xmlns:v='vcard-temp'><v:FN>R &amp; J</v:FN></v:vCard></iq>");
  romeo_.expect("<iq type='result' id='1'/>");
  romeo_.send("<iq type='get' id='2'><vCard xmlns='vcard-temp'/></iq>");
  romeo_.expect(
      "<iq type='result' id='2'><vCard xmlns='vcard-temp'><FN>R &amp; J</FN></vCard></iq>");
}

TEST_F(VCardTest, ACardThatIsTooLargeIsRefusedAndTheOldOneStays) {
  romeo_.iq("set", "", kCard);
  const std::string large =
      fmt::format("<vCard xmlns='vcard-temp'><PHOTO>{}</PHOTO></vCard>", std::string(1'024, 'x'));
  EXPECT_EQ(condition(romeo_.iq("set", "", large)), "policy-violation");
  EXPECT_EQ(romeo_.iq("get", "", kEmpty).root().first_child().raw(), kCard);
}

TEST_F(VCardTest, AStoreThatFailsIsNotPassedOverInSilence) {
  server_.store().refuse_writes();
  EXPECT_EQ(condition(romeo_.iq("set", "", kCard)), "internal-server-error");
}

} // namespace
} // namespace rookery::modules::vcard

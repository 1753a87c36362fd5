#include "modules/roster/presence_text.h"

#include <gtest/gtest.h>

namespace rookery::modules::roster {
namespace {

std::optional<std::int8_t> priority_of(const std::string& content) {
  xml::Document document;
  EXPECT_TRUE(document.parse_trusted("<presence>" + content + "</presence>", "jabber:client"));
  return read_priority(document.root());
}

TEST(Priority, Rfc6121Section4_7_2_3) {
  EXPECT_EQ(priority_of(""), 0);
  EXPECT_EQ(priority_of("<show>dnd</show><priority>5</priority>"), 5);
  EXPECT_EQ(priority_of("<priority>-128</priority>"), -128);
  EXPECT_EQ(priority_of("<priority> +127\n</priority>"), 127);
  EXPECT_EQ(priority_of("<priority xmlns='other'>x</priority>"), 0);
  for (const char* bad :
       {"128", "-129", "", "x", "1.0", "1 2", "99999999999999999999", "+-1", "++1"})
    EXPECT_FALSE(priority_of("<priority>" + std::string(bad) + "</priority>")) << bad;
  EXPECT_FALSE(priority_of("<priority>1</priority><priority>1</priority>"));
}

TEST(RequestText, Rfc6121Section3_1_3KeptWholeUnlessTooLong) {
  const auto packet = server::make_packet(
      "<presence from='a@x/1' to='b@x' type='subscribe'><status>It is me</status></presence>");
  packet->from = packet->from.bare().jid();
  EXPECT_NE(request_text(*packet, 1'000).find("It is me"), std::string::npos);
  const auto small = server::make_packet(request_text(*packet, 10));
  ASSERT_TRUE(small);
  EXPECT_EQ(small->from.str(), "a@x");
  EXPECT_EQ(small->to.str(), "b@x");
  EXPECT_EQ(small->header.type, xmpp::StanzaType::kSubscribe);
  EXPECT_FALSE(small->element().first_child());
}

} // namespace
} // namespace rookery::modules::roster

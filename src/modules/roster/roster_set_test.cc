#include "modules/roster/roster_set.h"

#include <gtest/gtest.h>

#include "xmpp/namespaces.h"

namespace rookery::modules::roster {
namespace {

using xmpp::StanzaCondition;

std::expected<RosterSet, xmpp::StanzaError> read(const std::string& items,
                                                 const RosterLimits& limits = {}) {
  xml::Document document;
  EXPECT_TRUE(document.parse_trusted("<query>" + items + "</query>", xmpp::kNsRoster));
  return read_roster_set(document.root(), limits);
}

void expect_refused(const std::string& items, StanzaCondition condition) {
  const auto set = read(items);
  ASSERT_FALSE(set) << items;
  EXPECT_EQ(set.error().condition, condition) << items;
}

TEST(RosterSet, Rfc6121Section2_3NameAndGroups) {
  const auto set = read("<item jid='Nurse@LocalHost/x' name='Nurse'><group>A</group><other "
                        "xmlns='x'/><group>B</group></item>");
  ASSERT_TRUE(set);
  EXPECT_EQ(set->jid.str(), "nurse@localhost");
  EXPECT_EQ(set->name, "Nurse");
  EXPECT_EQ(set->groups, (std::vector<std::string>{"A", "B"}));
  EXPECT_FALSE(set->remove);
}

TEST(RosterSet, Rfc6121Section2_5Removal) {
  const auto set = read("<item jid='nurse@localhost' subscription='remove'/>");
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->remove);
}

TEST(RosterSet, Rfc6121Section2_3_3Errors) {
  expect_refused("", StanzaCondition::kBadRequest);
  expect_refused("<item jid='a@x'/><item jid='b@x'/>", StanzaCondition::kBadRequest);
  expect_refused("<item/>", StanzaCondition::kBadRequest);
  expect_refused("<thing jid='a@x'/>", StanzaCondition::kBadRequest);
  expect_refused("<item jid='@'/>", StanzaCondition::kJidMalformed);
  expect_refused("<item jid='a@x'><group>g</group><group>g</group></item>",
                 StanzaCondition::kBadRequest);
  expect_refused("<item jid='a@x'><group/></item>", StanzaCondition::kNotAcceptable);
  expect_refused("<item jid='a@x' name='" + std::string(1'024, 'n') + "'/>",
                 StanzaCondition::kNotAcceptable);
  expect_refused("<item jid='a@x'><group>" + std::string(1'024, 'n') + "</group></item>",
                 StanzaCondition::kNotAcceptable);
  std::string many;
  for (int i = 0; i < 65; ++i)
    many += "<group>" + std::to_string(i) + "</group>";
  expect_refused("<item jid='a@x'>" + many + "</item>", StanzaCondition::kNotAcceptable);
}

} // namespace
} // namespace rookery::modules::roster

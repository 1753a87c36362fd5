#include "modules/blocking/block_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rookery::modules::blocking {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using xmpp::Jid;

Jid jid(std::string_view text) { return Jid::parse(text).value(); }

BlockList list_of(std::initializer_list<std::string_view> texts) {
  BlockList list;
  for (const std::string_view text : texts)
    list.add(jid(text));
  return list;
}

struct MatchCase {
  std::string_view listed, other;
  bool blocked;
};
class Matching : public testing::TestWithParam<MatchCase> {};

TEST_P(Matching, Xep0191Section5) {
  const auto& [listed, other, blocked] = GetParam();
  EXPECT_EQ(list_of({listed}).blocks(jid(other)), blocked) << listed << " for " << other;
}
INSTANTIATE_TEST_SUITE_P(
    Addresses, Matching,
    testing::Values(MatchCase{"u@d/r", "u@d/r", true}, MatchCase{"u@d/r", "u@d/s", false},
                    MatchCase{"u@d/r", "u@d", false}, MatchCase{"u@d", "u@d", true},
                    MatchCase{"u@d", "u@d/r", true}, MatchCase{"u@d", "v@d", false},
                    MatchCase{"u@d", "d", false}, MatchCase{"d/r", "d/r", true},
                    MatchCase{"d/r", "d", false}, MatchCase{"d/r", "u@d/r", false},
                    MatchCase{"d", "d", true}, MatchCase{"d", "u@d", true},
                    MatchCase{"d", "u@d/r", true}, MatchCase{"d", "d/r", true},
                    MatchCase{"d", "u@x.d", false}));

TEST(BlockListTest, BlocksNobodyWhenEmpty) { EXPECT_FALSE(BlockList().blocks(jid("u@d/r"))); }

std::expected<std::vector<Jid>, xmpp::StanzaError> read(std::string_view text) {
  xml::Document document;
  EXPECT_TRUE(document.parse_trusted(text, "jabber:client"));
  return read_items(document.root());
}

TEST(ReadItems, PreparesAddressesAndTakesEachOnce) {
  const auto items = read("<block xmlns='urn:xmpp:blocking'><item jid='B@D'/><item jid='a@d'/>"
                          "<item jid='b@d'/><other/></block>");
  ASSERT_TRUE(items);
  EXPECT_THAT(*items, ElementsAre(jid("b@d"), jid("a@d")));
}

TEST(ReadItems, RefusesWhatIsNoAddress) {
  const auto items = read("<block xmlns='urn:xmpp:blocking'><item jid='@'/></block>");
  ASSERT_FALSE(items);
  EXPECT_EQ(items.error().condition, xmpp::StanzaCondition::kJidMalformed);
  EXPECT_FALSE(read("<block xmlns='urn:xmpp:blocking'><item/></block>"));
}

TEST(ChangedFor, AWatcherWhomOnlyOneOfTheListsCovers) {
  const std::vector<Jid> watchers{jid("a@d"), jid("b@d"), jid("c@e")};
  EXPECT_THAT(changed_for(watchers, {}, list_of({"a@d"})), ElementsAre(jid("a@d")));
  EXPECT_THAT(changed_for(watchers, list_of({"a@d"}), {}), ElementsAre(jid("a@d")));
  EXPECT_THAT(changed_for(watchers, list_of({"a@d"}), list_of({"a@d", "d"})),
              ElementsAre(jid("b@d")));
  EXPECT_THAT(changed_for(watchers, list_of({"d"}), list_of({"d", "a@d"})), IsEmpty());
}

TEST(ChangedFor, ADeviceOfAWatcher) {
  EXPECT_THAT(changed_for({jid("a@d")}, {}, list_of({"a@d/phone"})), ElementsAre(jid("a@d/phone")));
  EXPECT_THAT(changed_for({jid("a@d")}, list_of({"a@d"}), list_of({"a@d", "a@d/phone"})),
              IsEmpty());
}

TEST(ChangedFor, NobodyWhoIsNoWatcher) {
  EXPECT_THAT(changed_for({jid("a@d")}, {}, list_of({"x@d", "x@d/r"})), IsEmpty());
}

} // namespace
} // namespace rookery::modules::blocking

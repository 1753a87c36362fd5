#include "modules/roster/directed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rookery::modules::roster {
namespace {

xmpp::Jid jid(std::string_view text) { return *xmpp::Jid::parse(text); }

TEST(DirectedPresence, IsASetWithABound) {
  DirectedPresence directed;
  EXPECT_TRUE(directed.add(jid("b@x/1"), 2));
  EXPECT_TRUE(directed.add(jid("a@x"), 2));
  EXPECT_TRUE(directed.add(jid("a@x"), 2)) << "again";
  EXPECT_FALSE(directed.add(jid("c@x"), 2));
  EXPECT_THAT(directed.all(), testing::ElementsAre(jid("a@x"), jid("b@x/1")));
  directed.remove(jid("b@x")); // another address
  EXPECT_EQ(directed.all().size(), 2U);
  directed.remove(jid("b@x/1"));
  directed.clear();
  EXPECT_TRUE(directed.empty());
}

} // namespace
} // namespace rookery::modules::roster

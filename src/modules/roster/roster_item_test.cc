#include "modules/roster/roster_item.h"

#include <gtest/gtest.h>

namespace rookery::modules::roster {
namespace {

using xmpp::Subscription;

RosterItem full_item() {
  return {.name = "Juliet \\ of\nVerona\r",
          .groups = {"Friends", "a b", "line\nbreak"},
          .subscription = {.state = Subscription::kToPendingIn, .approved = true},
          .listed = true,
          .changed = 17,
          .request = "<presence type='subscribe'><status>a\nb</status></presence>"};
}

TEST(RosterItem, IsReadAsItWasWritten) {
  EXPECT_EQ(RosterItem::parse(full_item().serialise()), full_item());
  EXPECT_EQ(RosterItem::parse(RosterItem{}.serialise()), RosterItem{});
}

TEST(RosterItem, EveryStateIsReadAsItWasWritten) {
  for (std::size_t i = 0; i < xmpp::kSubscriptions; ++i) {
    RosterItem item;
    item.subscription.state = static_cast<Subscription>(i);
    EXPECT_EQ(RosterItem::parse(item.serialise()), item) << item.serialise();
  }
}

// The format is on disk.
TEST(RosterItem, LooksAsItsHeaderSays) {
  EXPECT_EQ(full_item().serialise(),
            "name Juliet \\\\ of\\nVerona\\r\n"
            "group Friends\ngroup a b\ngroup line\\nbreak\n"
            "subscription to+pending-in\napproved 1\nlisted 1\nchanged 17\n"
            "request <presence type='subscribe'><status>a\\nb</status></presence>\n");
}

TEST(RosterItem, UnknownLinesAreSkippedAndDamagedOnesFound) {
  EXPECT_EQ(RosterItem::parse("colour red\nlisted 1\n")->listed, true);
  EXPECT_FALSE(RosterItem::parse("subscription sometimes\n"));
  EXPECT_FALSE(RosterItem::parse("changed x\n"));
}

TEST(RosterItem, IsEmptyWhereNothingIsWorthKeeping) {
  EXPECT_TRUE(RosterItem{}.empty());
  EXPECT_FALSE((RosterItem{.listed = true}).empty());
  EXPECT_FALSE((RosterItem{.subscription = {.state = Subscription::kNonePendingIn}}).empty());
  EXPECT_FALSE((RosterItem{.subscription = {.approved = true}}).empty());
}

TEST(RosterItem, Rfc6121Section2_1_2ItemsAsClientsSeeThem) {
  std::string xml;
  xml::Writer writer(xml, xmpp::kNsRoster);
  write_item(writer, "j@x",
             {.name = "J",
              .groups = {"A & B"},
              .subscription = {.state = Subscription::kNonePendingOutIn, .approved = true}});
  write_item(writer, "k@x", {.subscription = {.state = Subscription::kToPendingIn}});
  write_removal(writer, "l@x");
  xml::Document document;
  ASSERT_TRUE(document.parse_trusted("<query>" + xml + "</query>", xmpp::kNsRoster));
  const xml::Element first = document.root().first_child();
  EXPECT_EQ(first.attribute("jid"), "j@x");
  EXPECT_EQ(first.attribute("name"), "J");
  EXPECT_EQ(first.attribute("subscription"), "none");
  EXPECT_EQ(first.attribute("ask"), "subscribe");
  EXPECT_EQ(first.attribute("approved"), "true");
  EXPECT_EQ(first.first_child().text(), "A & B");
  const xml::Element second = first.next();
  EXPECT_EQ(second.attribute("subscription"), "to");
  EXPECT_EQ(second.attribute_count(), 2U) << "§2.1.2.2: a request that waits is not shown";
  EXPECT_EQ(second.next().attribute("subscription"), "remove");
}

} // namespace
} // namespace rookery::modules::roster

#include "modules/mam/inbox_query.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "xmpp/namespaces.h"

namespace rookery::modules::mam {
namespace {

using xmpp::StanzaCondition;

constexpr PageLimits kLimits{.standard = 5, .max = 20};

std::expected<InboxQuery, xmpp::StanzaError> read(const std::string& attributes,
                                                  const std::string& page = {}) {
  xml::Document document;
  std::string text = "<inbox xmlns='urn:xmpp:inbox:1' " + attributes + ">";
  if (!page.empty())
    text += "<set xmlns='http://jabber.org/protocol/rsm'>" + page + "</set>";
  EXPECT_TRUE(document.parse_trusted(text + "</inbox>", xmpp::kNsClient));
  return read_inbox_query(document.root(), kLimits);
}
StanzaCondition refused(const std::string& attributes, const std::string& page = {}) {
  const auto query = read(attributes, page);
  EXPECT_FALSE(query);
  return query ? StanzaCondition::kUndefinedCondition : query.error().condition;
}

TEST(InboxQuery, Xep0430Section3_1TheAttributesHaveDefaults) {
  const auto query = read("");
  ASSERT_TRUE(query);
  EXPECT_FALSE(query->unread_only);
  EXPECT_TRUE(query->messages);
  EXPECT_EQ(query->max, kLimits.max);
  EXPECT_TRUE(read("unread-only='true'")->unread_only);
  EXPECT_TRUE(read("unread-only='1'")->unread_only);
  EXPECT_FALSE(read("messages='false'")->messages);
  EXPECT_FALSE(read("messages='0'")->messages);
}

TEST(InboxQuery, Xep0059ThePage) {
  const auto next = read("", "<max>3</max><after>77</after>");
  ASSERT_TRUE(next);
  EXPECT_EQ(next->max, 3U);
  EXPECT_EQ(next->older, EntryId(77));
  EXPECT_FALSE(next->from_the_oldest);
  const auto back = read("", "<before>77</before>");
  EXPECT_EQ(back->newer, EntryId(77));
  EXPECT_TRUE(back->from_the_oldest);
  EXPECT_TRUE(read("", "<before/>")->from_the_oldest);
  EXPECT_EQ(read("", "<max>1000</max>")->max, kLimits.max);
  EXPECT_EQ(read("", "<max>0</max>")->max, 0U);
}

TEST(InboxQuery, WhatIsNoValueIsRefused) {
  EXPECT_EQ(refused("messages='maybe'"), StanzaCondition::kBadRequest);
  EXPECT_EQ(refused("unread-only=''"), StanzaCondition::kBadRequest);
  EXPECT_EQ(refused("", "<max>many</max>"), StanzaCondition::kBadRequest);
  EXPECT_EQ(refused("", "<after>juliet@localhost</after>"), StanzaCondition::kItemNotFound);
  EXPECT_EQ(refused("", "<before>x</before>"), StanzaCondition::kItemNotFound);
  EXPECT_EQ(refused("", "<index>3</index>"), StanzaCondition::kFeatureNotImplemented);
}

TEST(InboxQuery, ThePartIsWhatLiesBetweenTheTwoPlaces) {
  const std::vector<storage::NewestOfTag> all{
      {1, EntryId(40)}, {2, EntryId(30)}, {3, EntryId(20)}, {4, EntryId(10)}};
  const auto part = [&](EntryId older, EntryId newer) {
    std::vector<std::uint64_t> ids;
    for (const auto& one : part_of(all, {.older = older, .newer = newer}))
      ids.push_back(one.newest.value);
    return ids;
  };
  using Ids = std::vector<std::uint64_t>;
  EXPECT_EQ(part(kAfterAll, kBeforeAll), (Ids{40, 30, 20, 10}));
  EXPECT_EQ(part(EntryId(30), kBeforeAll), (Ids{20, 10}));
  EXPECT_EQ(part(EntryId(35), kBeforeAll), (Ids{30, 20, 10})) << "no conversation has that id now";
  EXPECT_EQ(part(kAfterAll, EntryId(20)), (Ids{40, 30}));
  EXPECT_EQ(part(EntryId(40), EntryId(10)), (Ids{30, 20}));
  EXPECT_EQ(part(EntryId(10), EntryId(40)), Ids{});
}

TEST(WriteInboxFin, SaysWhatIsKnown) {
  std::string out;
  xml::Writer writer(out);
  write_inbox_fin(writer, {.first = EntryId(9), .last = EntryId(7), .count = 4, .total = 4});
  EXPECT_EQ(out, "<fin xmlns='urn:xmpp:inbox:1' total='4'>"
                 "<set xmlns='http://jabber.org/protocol/rsm'><first>9</first><last>7</last>"
                 "<count>4</count></set></fin>");
  out.clear();
  xml::Writer second(out);
  write_inbox_fin(second, {.total = 3, .unread = {{.conversations = 2, .messages = 6}}});
  EXPECT_EQ(out, "<fin xmlns='urn:xmpp:inbox:1' total='3' unread='2' all-unread='6'>"
                 "<set xmlns='http://jabber.org/protocol/rsm'/></fin>");
}

} // namespace
} // namespace rookery::modules::mam

#include "modules/mam/archive_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace rookery::modules::mam {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using xmpp::Jid;
using xmpp::StanzaCondition;

constexpr PageLimits kLimits{.standard = 50, .max = 250};
constexpr std::uint64_t kNewYear = 1'767'225'600'000'000; // 2026-01-01T00:00:00Z
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

std::expected<ArchiveQuery, xmpp::StanzaError> read(std::string_view inner,
                                                    std::string_view attributes = {}) {
  xml::Document document;
  const std::string text = "<query xmlns='urn:xmpp:mam:2' " + std::string(attributes) + ">" +
                           std::string(inner) + "</query>";
  EXPECT_TRUE(document.parse_trusted(text, "jabber:client"));
  return read_query(document.root(), kLimits);
}
std::string form(std::string_view fields) {
  return "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>"
         "<value>urn:xmpp:mam:2</value></field>" +
         std::string(fields) + "</x>";
}
std::string field(std::string_view var, std::string_view value) {
  return "<field var='" + std::string(var) + "'><value>" + std::string(value) + "</value></field>";
}
std::string set(std::string_view inner) {
  return "<set xmlns='http://jabber.org/protocol/rsm'>" + std::string(inner) + "</set>";
}
StanzaCondition refused(std::string_view inner) {
  const auto query = read(inner);
  EXPECT_FALSE(query) << inner;
  return query ? StanzaCondition::kUndefinedCondition : query.error().condition;
}

TEST(ArchiveQuery, Xep0313Section4TheBareQueryIsTheOldestPage) {
  const auto query = read("", "queryid='f27'");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->queryid, "f27");
  EXPECT_EQ(query->max, 50U);
  EXPECT_EQ(query->after, kBeforeAll);
  EXPECT_EQ(query->before, kAfterAll);
  EXPECT_FALSE(query->newest_first || query->flipped || query->count_only || query->placed);
  EXPECT_FALSE(query->empty());
}

TEST(ArchiveQuery, Xep0313Section4_1_2BothEndsOfTheTimeAreInside) {
  const auto query = read(
      form(field("start", "2026-01-01T00:00:00Z") + field("end", "2026-01-01T00:00:00.000002Z")));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->after.value, kNewYear - 1);
  EXPECT_EQ(query->before.value, kNewYear + 3);
}

TEST(ArchiveQuery, Case40TimesAtTheEdges) {
  EXPECT_EQ(read(form(field("start", "0001-01-01T00:00:00Z")))->after, kBeforeAll);
  EXPECT_TRUE(read(form(field("end", "1969-12-31T23:59:59Z")))->empty());
  EXPECT_TRUE(read(form(field("start", "9999-12-31T23:59:59Z"))));
  for (const std::string_view time :
       {"10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "yesterday", ""})
    EXPECT_EQ(refused(form(field("start", time))), StanzaCondition::kBadRequest) << time;
}

TEST(ArchiveQuery, Xep0313Section4_1_3IdsBoundTheRangeAndMustBeThere) {
  const auto query = read(form(field("after-id", "100") + field("before-id", "200")));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->after, EntryId(100));
  EXPECT_EQ(query->before, EntryId(200));
  EXPECT_THAT(query->anchors, testing::UnorderedElementsAre(EntryId(100), EntryId(200)));
  EXPECT_FALSE(query->newest_first);
  EXPECT_FALSE(query->placed);
}

TEST(ArchiveQuery, Xep0313Section4_1_3IdsAreTakenOnceInTheirOrder) {
  const auto query =
      read(form("<field var='ids'><value>9</value><value>3</value><value>9</value></field>"));
  ASSERT_TRUE(query && query->ids);
  EXPECT_THAT(*query->ids, ElementsAre(EntryId(3), EntryId(9)));
}

TEST(ArchiveQuery, Case40WhatIsNoIdOfOursIsNotFound) {
  for (const std::string_view id : {"' OR 1=1 --", "-1", "0", "007", "1e9", "12 ",
                                    "18446744073709551616", "28482-98726-73623"}) {
    EXPECT_EQ(refused(form(field("ids", id))), StanzaCondition::kItemNotFound) << id;
    EXPECT_EQ(refused(form(field("after-id", id))), StanzaCondition::kItemNotFound) << id;
    EXPECT_EQ(refused(set("<before>" + std::string(id) + "</before>")),
              StanzaCondition::kItemNotFound)
        << id;
  }
  const auto greatest = read(form(field("after-id", std::to_string(kAll))));
  ASSERT_TRUE(greatest);
  EXPECT_TRUE(greatest->empty());
}

TEST(ArchiveQuery, Xep0313Section4_1_6AnUnknownFieldIsNotImplemented) {
  EXPECT_EQ(refused(form(field("{http://example.com/}search", "x"))),
            StanzaCondition::kFeatureNotImplemented);
  EXPECT_TRUE(read(form(field("include-groupchat", "true"))));
  EXPECT_EQ(refused(form(field("include-groupchat", "perhaps"))), StanzaCondition::kBadRequest);
}

TEST(ArchiveQuery, RefusesFormsThatAreNoFilter) {
  EXPECT_EQ(refused("<x xmlns='jabber:x:data' type='submit'/>"), StanzaCondition::kBadRequest);
  EXPECT_EQ(refused("<x xmlns='jabber:x:data' type='form'/>"), StanzaCondition::kBadRequest);
  EXPECT_EQ(refused(form(field("with", "@"))), StanzaCondition::kJidMalformed);
}

TEST(ArchiveQuery, Xep0059Section2_5AnEmptyBeforeIsTheLastPage) {
  const auto query = read(set("<max>10</max><before/>"));
  ASSERT_TRUE(query);
  EXPECT_TRUE(query->newest_first);
  EXPECT_EQ(query->max, 10U);
  EXPECT_EQ(query->before, kAfterAll);
  EXPECT_THAT(query->anchors, IsEmpty());
}

TEST(ArchiveQuery, Xep0059Section2_2APageIsPlacedByAnId) {
  const auto query = read(form(field("before-id", "200")) + set("<after>100</after>"));
  ASSERT_TRUE(query);
  EXPECT_TRUE(query->placed);
  EXPECT_EQ(query->after, EntryId(100));
  EXPECT_EQ(query->before, EntryId(200));
}

TEST(ArchiveQuery, Case40SizesOfPages) {
  EXPECT_TRUE(read(set("<max>0</max>"))->count_only);
  EXPECT_EQ(read(set("<max>1000000000</max>"))->max, 250U);
  EXPECT_EQ(read(set("<max>99999999999999999999</max>"))->max, 250U);
  EXPECT_EQ(refused(set("<max>-1</max>")), StanzaCondition::kBadRequest);
  EXPECT_EQ(refused(set("<index>3</index>")), StanzaCondition::kFeatureNotImplemented);
}

TEST(ArchiveQuery, Xep0313Section4_3_4FlippingIsAskedForInTheQuery) {
  EXPECT_TRUE(read("<flip-page/>")->flipped);
}

TEST(ArchiveQuery, Xep0313Section6_1_3NodesAreOfPubsub) {
  const auto query = read("", "node='x'");
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().condition, StanzaCondition::kFeatureNotImplemented);
}

TEST(ArchiveQueryForm, Xep0313Section4_1_6NamesAllFieldsAndRequiresNone) {
  std::string out;
  xml::Writer writer(out);
  write_query_form(writer);
  writer.close_all();
  EXPECT_FALSE(out.contains("required"));
  for (const std::string_view wanted :
       {"var='with' type='jid-single'", "var='start' type='text-single'",
        "var='end' type='text-single'", "var='before-id' type='text-single'",
        "var='after-id' type='text-single'", "var='ids' type='list-multi'", "<open/>"})
    EXPECT_TRUE(out.contains(wanted)) << wanted << " in " << out;
}

// --- who it was with ---

bool matched(std::string_view with, std::string_view from, std::string_view to) {
  ArchiveQuery query;
  query.with = Jid::parse(with).value();
  return matches(query, "me@d", Jid::parse(from).value(), Jid::parse(to).value());
}

TEST(Matches, Xep0313Section4_1_1ABareAddressIsAnyOfItsDevices) {
  EXPECT_TRUE(matched("a@d", "a@d/x", "me@d"));
  EXPECT_TRUE(matched("a@d", "me@d/x", "a@d"));
  EXPECT_FALSE(matched("a@d", "b@d/x", "me@d/y"));
}

TEST(Matches, Xep0313Section4_1_1AFullAddressIsThatOne) {
  EXPECT_TRUE(matched("a@d/x", "a@d/x", "me@d"));
  EXPECT_FALSE(matched("a@d/x", "a@d/y", "me@d"));
  EXPECT_FALSE(matched("a@d/x", "me@d/x", "a@d"));
}

TEST(Matches, Xep0313Section4_1_1TheAccountItselfIsNotesToOneself) {
  EXPECT_TRUE(matched("me@d", "me@d/x", "me@d"));
  EXPECT_TRUE(matched("me@d", "me@d/x", "me@d/y"));
  EXPECT_FALSE(matched("me@d", "me@d/x", "a@d"));
  EXPECT_TRUE(matched("me@d/x", "me@d/x", "a@d"));
}

TEST(TagOf, IsThatOfTheContactWhereThereIsOne) {
  ArchiveQuery query;
  EXPECT_FALSE(tag_of(query, "me@d"));
  query.with = Jid::parse("a@d/x").value();
  EXPECT_EQ(tag_of(query, "me@d"), xmpp::tag_of("a@d"));
  query.with = Jid::parse("me@d/x").value();
  EXPECT_FALSE(tag_of(query, "me@d"));
  query.with = Jid::parse("me@d").value();
  EXPECT_EQ(tag_of(query, "me@d"), xmpp::tag_of("me@d"));
}

} // namespace
} // namespace rookery::modules::mam

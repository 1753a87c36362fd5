#include "modules/mam/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/packet.h"

namespace rookery::modules::mam {
namespace {

using testing::ElementsAre;

constexpr std::string_view kOwn = "me@d";

storage::Entry entry(std::uint64_t id, std::string_view from = "a@d/x",
                     std::uint8_t flags = server::kEntryReceived | server::kEntryHistory) {
  return {.id = EntryId(id),
          .tag = 0,
          .flags = flags,
          .body = "<message from='" + std::string(from) + "' to='me@d'><body>x</body></message>"};
}
std::vector<std::uint64_t> ids(const std::vector<storage::Entry>& entries) {
  std::vector<std::uint64_t> out;
  for (const storage::Entry& e : entries)
    out.push_back(e.id.value);
  return out;
}

TEST(Page, TakesWhatFitsAndSaysWhenSomethingDoesNot) {
  ArchiveQuery query;
  query.max = 2;
  Page page(query, kOwn);
  EXPECT_EQ(page.wanted(), 3U);
  EXPECT_TRUE(page.offer(entry(1)));
  EXPECT_TRUE(page.offer(entry(2)));
  EXPECT_EQ(page.wanted(), 1U);
  EXPECT_FALSE(page.offer(entry(3)));
  EXPECT_THAT(ids(page.take()), ElementsAre(1, 2));
}

TEST(Page, Xep0313Section4_3_3TheLastPageIsGivenOldestFirst) {
  ArchiveQuery query;
  query.max = 10;
  query.newest_first = true;
  Page page(query, kOwn);
  EXPECT_TRUE(page.offer(entry(9)));
  EXPECT_TRUE(page.offer(entry(5)));
  EXPECT_THAT(ids(page.take()), ElementsAre(5, 9));
}

TEST(Page, PassesOverWhatIsNoHistory) {
  ArchiveQuery query;
  query.max = 1;
  Page page(query, kOwn);
  EXPECT_TRUE(page.offer(entry(1, "a@d/x", server::kEntryReceived)));
  EXPECT_EQ(page.size(), 0U);
}

TEST(Page, PassesOverOthersThatHaveTheSameTag) {
  ArchiveQuery query;
  query.max = 1;
  query.with = xmpp::Jid::parse("a@d").value();
  Page page(query, kOwn);
  EXPECT_TRUE(page.offer(entry(1, "b@d/x")));
  EXPECT_TRUE(page.offer(entry(2, "a@d/x")));
  EXPECT_TRUE(page.offer(entry(3, "b@d/x")));
  EXPECT_FALSE(page.offer(entry(4, "a@d/y")));
  EXPECT_THAT(ids(page.take()), ElementsAre(2));
}

TEST(Page, IsBoundedInBytesButNeverEmptyForThat) {
  ArchiveQuery query;
  query.max = 10;
  Page page(query, kOwn);
  storage::Entry large = entry(1);
  large.body.insert(large.body.find("x</body>"), kPageBytesMax, 'y');
  EXPECT_TRUE(page.offer(std::move(large)));
  EXPECT_FALSE(page.offer(entry(2)));
}

TEST(WriteResult, Xep0313Section4_2) {
  std::string out;
  write_result(out, entry(1'767'225'600'000'001), "f27", kOwn, "me@d/phone");
  EXPECT_EQ(out, "<message from='me@d' to='me@d/phone'><result xmlns='urn:xmpp:mam:2' "
                 "queryid='f27' id='1767225600000001'><forwarded xmlns='urn:xmpp:forward:0'>"
                 "<delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00.000001Z'/>"
                 "<message xmlns='jabber:client' from='a@d/x' to='me@d'><body>x</body></message>"
                 "</forwarded></result></message>");
}

TEST(WriteResult, AQueryidCannotBreakOut) {
  std::string out;
  write_result(out, entry(1), "'><evil/>", kOwn, "me@d/phone");
  EXPECT_FALSE(out.contains("<evil"));
}

TEST(Summarise, CountsWhatItHasWhole) {
  ArchiveQuery query;
  const std::vector<storage::Entry> page{entry(3), entry(7)};
  const PageSummary whole = summarise(query, page, true);
  EXPECT_EQ(whole.first, EntryId(3));
  EXPECT_EQ(whole.last, EntryId(7));
  EXPECT_EQ(whole.count, 2U);
  EXPECT_EQ(whole.index, 0U);
  const PageSummary part = summarise(query, page, false);
  EXPECT_FALSE(part.count);
  EXPECT_EQ(part.index, 0U);
  query.newest_first = true;
  EXPECT_FALSE(summarise(query, page, false).index);
  query.placed = true;
  EXPECT_FALSE(summarise(query, page, true).count);
}

TEST(WriteFin, Xep0313Section4_3_2OnlyTheLastPageIsComplete) {
  std::string out;
  xml::Writer writer(out);
  write_fin(writer, {.first = EntryId(3), .last = EntryId(7), .complete = false});
  EXPECT_EQ(out, "<fin xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>"
                 "<first>3</first><last>7</last></set></fin>");
  out.clear();
  xml::Writer second(out);
  write_fin(second, {.complete = true, .count = 0});
  EXPECT_EQ(out, "<fin xmlns='urn:xmpp:mam:2' complete='true'>"
                 "<set xmlns='http://jabber.org/protocol/rsm'><count>0</count></set></fin>");
}

TEST(WriteMetadata, Xep0313Section5) {
  std::string out;
  xml::Writer writer(out);
  write_metadata(writer, nullptr, nullptr);
  EXPECT_EQ(out, "<metadata xmlns='urn:xmpp:mam:2'/>");
  out.clear();
  const storage::Entry first = entry(1'767'225'600'000'001), last = entry(1'767'225'600'000'002);
  xml::Writer second(out);
  write_metadata(second, &first, &last);
  EXPECT_EQ(out, "<metadata xmlns='urn:xmpp:mam:2'>"
                 "<start id='1767225600000001' timestamp='2026-01-01T00:00:00.000001Z'/>"
                 "<end id='1767225600000002' timestamp='2026-01-01T00:00:00.000002Z'/></metadata>");
}

} // namespace
} // namespace rookery::modules::mam

#include "xmpp/result_set.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

std::expected<ResultSetQuery, StanzaError> query(const std::string& inside) {
  xml::Document document;
  EXPECT_TRUE(document.parse_trusted(
      "<set xmlns='http://jabber.org/protocol/rsm'>" + inside + "</set>", kNsClient));
  return read_result_set(document.root());
}

TEST(ResultSet, NoElementIsAnEmptyQuery) {
  const auto empty = read_result_set({});
  ASSERT_TRUE(empty);
  EXPECT_FALSE(empty->max || empty->after || empty->before || empty->index);
}

TEST(ResultSet, Xep0059Section2Requests) {
  EXPECT_EQ(query("<max>10</max>")->max, 10U);
  EXPECT_EQ(query("<max>10</max><after>a&amp;b</after>")->after, "a&b");
  EXPECT_FALSE(query("<after>x</after>")->backwards());
  EXPECT_EQ(query("<before/>")->before, "");
  EXPECT_TRUE(query("<before/>")->backwards());
  EXPECT_EQ(query("<before>z</before>")->before, "z");
  EXPECT_EQ(query("<index>371</index><max>0</max>")->index, 371U);
}

TEST(ResultSet, Case40NumbersThatAreNone) {
  for (const char* number :
       {"-1", "", "abc", "1e9", " 1", "1 ", "+1", "0x10", "1.5", "1; DROP TABLE", "\xD9\xA1"}) {
    const auto result = query(std::string("<max>") + number + "</max>");
    ASSERT_FALSE(result) << number;
    EXPECT_EQ(result.error().condition, StanzaCondition::kBadRequest);
    EXPECT_FALSE(query(std::string("<index>") + number + "</index>"));
  }
}

TEST(ResultSet, Case40NumbersThatAreGreat) {
  EXPECT_EQ(query("<max>0</max>")->max, 0U);
  EXPECT_EQ(query("<max>1000000000</max>")->max, 1'000'000'000U);
  EXPECT_EQ(query("<max>99999999999999999999999</max>")->max,
            std::numeric_limits<std::uint32_t>::max());
}

TEST(ResultSet, Case40IdsThatAreNone) {
  EXPECT_EQ(query("<after>'; DROP TABLE archive; --</after>")->after, "'; DROP TABLE archive; --");
  EXPECT_TRUE(query("<after>" + std::string(kRsmIdBytesMax, 'x') + "</after>"));
  EXPECT_EQ(query("<after>" + std::string(kRsmIdBytesMax + 1, 'x') + "</after>").error().condition,
            StanzaCondition::kItemNotFound);
}

TEST(ResultSet, WritesThePageGiven) {
  const auto written = [](const ResultSetPage& page) {
    std::string out;
    xml::Writer writer(out);
    write_result_set(writer, page);
    return out;
  };
  EXPECT_EQ(written({.first = "a<", .last = "b", .first_index = 0, .count = 800}),
            "<set xmlns='http://jabber.org/protocol/rsm'><first "
            "index='0'>a&lt;</first><last>b</last><count>800</count></set>");
  EXPECT_EQ(written({.first = "a", .last = "a"}),
            "<set xmlns='http://jabber.org/protocol/rsm'><first>a</first><last>a</last></set>");
  EXPECT_EQ(written({.count = 0}),
            "<set xmlns='http://jabber.org/protocol/rsm'><count>0</count></set>");
}

} // namespace
} // namespace rookery::xmpp

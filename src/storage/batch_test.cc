#include "storage/batch.h"

#include <gtest/gtest.h>

#include "storage/coding.h"
#include "storage/crc32c.h"

namespace rookery::storage {
namespace {

Batch one_of_each() {
  Batch batch;
  const std::array<LogTarget, 2> targets{LogTarget{Owner{1}, 11, 3}, LogTarget{Owner{2}, 22, 0}};
  batch.append(targets, "first");
  batch.put(Owner{3}, {"roster"}, "key", "value");
  batch.remove(Owner{3}, {"roster"}, "key");
  batch.remove_all(Owner{3}, {"vcard"});
  batch.erase_owner(Owner{4});
  batch.trim(Owner{5}, EntryId{50});
  batch.erase_entry(Owner{6}, EntryId{60});
  batch.append(std::span(targets).first(1), "second");
  return batch;
}

TEST(Batch, ReadsBackInTheOrderOfCalls) {
  const Batch batch = one_of_each();
  BatchReader reader(batch);
  const auto first = std::get<AppendOp>(*reader.next());
  ASSERT_EQ(first.logs().size(), 2U);
  EXPECT_EQ(first.logs()[1].log, Owner{2});
  EXPECT_EQ(first.logs()[0].tag, 11U);
  EXPECT_EQ(first.logs()[0].flags, 3U);
  EXPECT_EQ(first.body, "first");
  EXPECT_EQ(first.body_crc, crc32c("first"));
  const auto put = std::get<PutOp>(*reader.next());
  EXPECT_EQ(put.owner, Owner{3});
  EXPECT_EQ(put.keyspace, "roster");
  EXPECT_EQ(put.key, "key");
  EXPECT_EQ(put.value, "value");
  EXPECT_EQ(std::get<RemoveOp>(*reader.next()).key, "key");
  EXPECT_EQ(std::get<RemoveAllOp>(*reader.next()).keyspace, "vcard");
  EXPECT_EQ(std::get<EraseOwnerOp>(*reader.next()).owner, Owner{4});
  EXPECT_EQ(std::get<TrimOp>(*reader.next()).through, EntryId{50});
  EXPECT_EQ(std::get<EraseEntryOp>(*reader.next()).id, EntryId{60});
  EXPECT_EQ(std::get<AppendOp>(*reader.next()).body, "second");
  EXPECT_EQ(reader.next(), std::nullopt);
  EXPECT_FALSE(reader.malformed());
  EXPECT_EQ(BatchReader::appends(batch), 2U);
}

TEST(Batch, CutBytesAreMalformedNeverReadBeyond) {
  const Batch batch = one_of_each();
  const std::string& ops = BatchReader::ops(batch);
  for (std::size_t cut = 0; cut < ops.size(); ++cut) {
    const std::string copy =
        ops.substr(0, cut); // its own allocation, so that a sanitizer sees an overrun
    BatchReader reader(copy, BatchReader::bodies(batch));
    std::size_t count = 0;
    while (reader.next())
      ++count;
    EXPECT_LT(count, 8U);
  }
  BatchReader short_bodies(ops, "firstsecon");
  while (short_bodies.next()) {
  }
  EXPECT_TRUE(short_bodies.malformed());
}

TEST(BatchDeathTest, SizesAboveTheLimitsAreBugs) {
  Batch batch;
  const LogTarget target{Owner{1}};
  const std::array<LogTarget, 2> twice{target, target};
  EXPECT_DEATH(batch.append(std::span(&target, 1), std::string(kEntryBytesMax + 1, 'x')), "bug");
  EXPECT_DEATH(batch.append(twice, "x"), "bug");
  EXPECT_DEATH(batch.append({}, "x"), "bug");
  EXPECT_DEATH(batch.put(Owner{1}, {"Roster"}, "k", "v"), "bug");
  EXPECT_DEATH(batch.put(Owner{1}, {""}, "k", "v"), "bug");
  EXPECT_DEATH(batch.put(Owner{1}, {"r"}, std::string(kKeyBytesMax + 1, 'k'), "v"), "bug");
}

TEST(Crc32c, KnownValuesAndBothWaysAgree) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U); // RFC 3720, B.4 and the usual check value
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43U);
  std::string text;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(crc32c(text), crc32c_by_table(text));
    EXPECT_EQ(crc32c(text, 77), crc32c_by_table(text, 77));
    text += static_cast<char>(i * 7);
  }
  EXPECT_EQ(crc32c("6789", crc32c("12345")), crc32c("123456789"));
}

TEST(Coding, VarintsRoundTripAndStopAtTheEnd) {
  std::string out;
  const std::vector<std::uint64_t> values{0, 1, 127, 128, 300, 1ULL << 32, ~0ULL};
  for (const auto value : values)
    put_varint(out, value);
  Decoder in(out);
  for (const auto value : values)
    EXPECT_EQ(in.varint(), value);
  EXPECT_TRUE(in.ok() && in.at_end());
  EXPECT_EQ(in.varint(), 0U);
  EXPECT_FALSE(in.ok());
  Decoder endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11));
  endless.varint();
  EXPECT_FALSE(endless.ok());
}

} // namespace
} // namespace rookery::storage

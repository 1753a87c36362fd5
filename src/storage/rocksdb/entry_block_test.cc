#include "storage/rocksdb/entry_block.h"

#include <gtest/gtest.h>

namespace rookery::storage {
namespace {

TEST(EntryBlock, EntriesComeBackAsTheyWere) {
  std::vector<IndexEntry> given;
  for (std::uint64_t i = 1; i <= BlockBuilder::kEntriesMax; ++i) {
    IndexEntry entry;
    entry.tag = i / 3 * ~std::uint64_t{0};
    entry.id = (1ULL << 60) + i * i;
    entry.location = i << 33;
    entry.length = static_cast<std::uint32_t>(i * 77777777);
    entry.crc = ~static_cast<std::uint32_t>(i);
    entry.flags = static_cast<std::uint8_t>(i * 3);
    entry.other_count = static_cast<std::uint8_t>(i % 4);
    for (std::size_t k = 0; k < entry.other_count; ++k)
      entry.others[k] = ~std::uint64_t{0} - i * k;
    given.push_back(entry);
  }
  BlockBuilder block;
  for (const IndexEntry& entry : given)
    block.add(entry);
  EXPECT_TRUE(block.full());
  EXPECT_EQ(block.first_id(), given.front().id);
  EXPECT_EQ(block.last_id(), given.back().id);
  std::vector<IndexEntry> read;
  ASSERT_TRUE(decode_block(block.bytes(), read));
  EXPECT_EQ(read, given);
}

TEST(EntryBlock, CutBytesAreRefusedOrGiveFewerEntries) {
  BlockBuilder block;
  for (std::uint64_t i = 1; i < 5; ++i)
    block.add({.id = i,
               .tag = i,
               .location = i,
               .length = 1,
               .crc = 1,
               .flags = 1,
               .other_count = 0,
               .others = {}});
  for (std::size_t cut = 0; cut < block.bytes().size(); ++cut) {
    const std::string copy = block.bytes().substr(0, cut);
    std::vector<IndexEntry> read;
    (void)decode_block(copy, read);
    EXPECT_LT(read.size(), 4U);
  }
}

} // namespace
} // namespace rookery::storage

#include "storage/rocksdb/body_reader.h"

#include <gtest/gtest.h>

#include <map>

#include "storage/crc32c.h"
#include "storage/memory_disk.h"

namespace rookery::storage {
namespace {

class BodyReaderTest : public testing::Test {
protected:
  BodyReaderTest() { EXPECT_TRUE(disk_.make_directory("/segments")); }

  /// Puts a body into a segment.
  IndexEntry body(std::uint32_t segment, std::uint32_t offset, const std::string& text) {
    if (!files_.contains(segment))
      files_[segment] = disk_.open(segments_.path(segment), OpenMode::kCreateNew).value();
    EXPECT_TRUE(files_[segment]->write(offset, text));
    IndexEntry entry;
    entry.id = ++ids_;
    entry.location = Position{segment, offset}.packed();
    entry.length = static_cast<std::uint32_t>(text.size());
    entry.crc = crc32c(text);
    return entry;
  }
  std::size_t read(std::span<const IndexEntry> entries) {
    out_.assign(entries.size(), {});
    return BodyReader(segments_).read(entries, out_);
  }

  MemoryDisk disk_;
  SegmentFiles segments_{disk_, "/segments"};
  std::map<std::uint32_t, std::unique_ptr<DiskFile>> files_;
  std::uint64_t ids_ = 0;
  std::vector<Entry> out_;
};

TEST_F(BodyReaderTest, ReadsNearAndFarOnesInTheOrderAskedFor) {
  constexpr auto kFar = static_cast<std::uint32_t>(BodyReader::kGapBytesMax) + 1000;
  const std::vector<IndexEntry> entries{
      body(2, 600, "of another segment"), body(1, 700 + kFar, "far behind"),
      body(1, 700, "behind a gap"),       body(1, 520, "next to it"),
      body(1, 512, "one here"),           body(1, 800, "")};
  EXPECT_EQ(read(entries), entries.size());
  EXPECT_EQ(out_[0].body, "of another segment");
  EXPECT_EQ(out_[1].body, "far behind");
  EXPECT_EQ(out_[2].body, "behind a gap");
  EXPECT_EQ(out_[3].body, "next to it");
  EXPECT_EQ(out_[4].body, "one here");
  EXPECT_EQ(out_[5].body, "");
}

TEST_F(BodyReaderTest, OneLongerThanARunIsReadToo) {
  const std::string text(BodyReader::kRunBytesMax + 1, 'x');
  const auto length = static_cast<std::uint32_t>(text.size());
  const std::vector<IndexEntry> entries{body(1, 512, "before"), body(1, 520, text),
                                        body(1, 530 + length, "after")};
  EXPECT_EQ(read(entries), entries.size());
  EXPECT_EQ(out_[0].body, "before");
  EXPECT_EQ(out_[1].body, text);
  EXPECT_EQ(out_[2].body, "after");
}

TEST_F(BodyReaderTest, SaysWhichIsTheFirstThatIsNotWhatTheIndexSays) {
  std::vector<IndexEntry> entries{body(1, 2000, "whole"), body(1, 1000, "one"),
                                  body(1, 512, "two")};
  entries[1].crc ^= 1;
  entries[2].crc ^= 1;
  EXPECT_EQ(read(entries), 1U);
  EXPECT_EQ(out_[0].body, "whole");
}

TEST_F(BodyReaderTest, AFileThatIsGoneOrTooShortIsAMismatch) {
  std::vector<IndexEntry> entries{body(1, 512, "here"), body(1, 9000, "at the end")};
  ASSERT_TRUE(files_[1]->truncate(9005));
  EXPECT_EQ(read(entries), 1U);
  entries[0].location = Position{7, 512}.packed();
  EXPECT_EQ(read(entries), 0U);
}

} // namespace
} // namespace rookery::storage

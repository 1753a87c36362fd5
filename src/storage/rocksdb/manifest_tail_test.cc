#include "storage/rocksdb/manifest_tail.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/blocking.h"
#include "storage/crc32c.h"
#include "storage/memory_disk.h"
#include "storage/rocksdb/store_test_support.h"

namespace rookery::storage {
namespace {

/// A piece as RocksDB writes it: masked CRC, length, type, bytes.
std::string piece(char type, const std::string& bytes) {
  const std::uint32_t crc = crc32c(type + bytes);
  const std::uint32_t mask = ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
  std::string out;
  for (unsigned shift = 0; shift < 32; shift += 8)
    out += static_cast<char>(mask >> shift);
  out += static_cast<char>(bytes.size());
  out += static_cast<char>(bytes.size() >> 8);
  return out + type + bytes;
}

const std::string kFirst = piece(1, std::string(100, 'a'));
const std::string kSecond = piece(1, std::string(1500, 'b'));

TEST(ManifestEnd, AWholeOneIsLeftAlone) {
  const ManifestEnd end = find_manifest_end(kFirst + kSecond);
  EXPECT_EQ(end.whole, kFirst.size() + kSecond.size());
  EXPECT_FALSE(end.torn);
}

TEST(ManifestEnd, ARecordThatTheFileIsTooShortForIsCut) {
  for (std::size_t kept = 1; kept < kSecond.size(); ++kept) {
    const ManifestEnd end = find_manifest_end(kFirst + kSecond.substr(0, kept));
    EXPECT_TRUE(end.torn) << kept;
    EXPECT_EQ(end.whole, kFirst.size()) << kept;
  }
}

TEST(ManifestEnd, Case56ALostSectorOfTheLastRecordIsCut) {
  const std::string whole = kFirst + kSecond;
  for (std::size_t sector = 0; sector * kSectorBytes < whole.size(); ++sector) {
    std::string bytes = whole;
    const std::size_t from = std::max(sector * kSectorBytes, kFirst.size());
    const std::size_t to = std::min((sector + 1) * kSectorBytes, whole.size());
    bytes.replace(from, to - from, to - from, '\0');
    const ManifestEnd end = find_manifest_end(bytes);
    EXPECT_TRUE(end.torn) << sector;
    EXPECT_EQ(end.whole, kFirst.size()) << sector;
  }
}

TEST(ManifestEnd, ARecordWithoutItsLastPieceIsCut) {
  const ManifestEnd end = find_manifest_end(kFirst + piece(2, "begin") + piece(3, "middle"));
  EXPECT_TRUE(end.torn);
  EXPECT_EQ(end.whole, kFirst.size());
}

TEST(ManifestEnd, Case56AFlippedBitIsDamageAndNotCut) {
  const std::string whole = kFirst + kSecond + kFirst;
  for (std::size_t bit = 0; bit < (kFirst.size() + kSecond.size()) * 8; ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(find_manifest_end(bytes).torn) << "bit " << bit;
  }
}

TEST(ManifestTail, Case56AStoreOpensAfterAnUnfinishedManifestWrite) {
  MemoryDisk disk;
  KeepingLog log;
  SystemClock clock;
  const RocksdbOptions options = small_options(log, clock, disk);
  constexpr Keyspace kState{"state"};
  {
    auto store = open_rocksdb_store(options);
    ASSERT_TRUE(store) << store.error().text();
    Batch batch;
    batch.put(Owner{1}, kState, "key", "value");
    ASSERT_TRUE(BlockingStore(**store).commit(std::move(batch)));
    (*store)->close();
  }
  const auto names = disk.list(std::string(kTestDirectory) + "/index");
  ASSERT_TRUE(names);
  for (const std::string& name : *names) {
    if (!name.starts_with("MANIFEST"))
      continue;
    const auto file =
        disk.open(std::string(kTestDirectory) + "/index/" + name, OpenMode::kReadWrite);
    ASSERT_TRUE(file);
    const auto size = (*file)->size();
    // The first sector of a record came, and the last; what lies between did not.
    std::string record = piece(1, std::string(3 * kSectorBytes, 'r'));
    record.replace(kSectorBytes - *size % kSectorBytes, kSectorBytes, kSectorBytes, '\0');
    ASSERT_TRUE((*file)->write(*size, record));
  }
  auto store = open_rocksdb_store(options);
  ASSERT_TRUE(store) << store.error().text();
  EXPECT_EQ(*BlockingStore(**store).get(Owner{1}, kState, "key"), "value");
  EXPECT_NE(log.text().find("cut off a write that was not acknowledged file="), std::string::npos);
  (*store)->close();
}

} // namespace
} // namespace rookery::storage

// Erasure is real: when Stats::erasures_pending is 0 again, the text is in no file; and nothing
// else is lost.
#include <gtest/gtest.h>

#include <thread>

#include "storage/blocking.h"
#include "storage/memory_disk.h"
#include "storage/rocksdb/store_test_support.h"

namespace rookery::storage {
namespace {

class EmbeddedStore : public testing::Test {
protected:
  void SetUp() override { open(); }
  void TearDown() override { store_->close(); }

  void open() {
    auto opened = open_rocksdb_store(small_options(log_, clock_, disk_));
    ASSERT_TRUE(opened) << opened.error().text();
    store_ = std::move(*opened);
  }
  void reopen() {
    store_->close();
    store_.reset();
    open();
  }
  std::vector<EntryId> commit(Batch batch) {
    auto ids = BlockingStore(*store_).commit(std::move(batch));
    EXPECT_TRUE(ids);
    return ids.value_or(std::vector<EntryId>{});
  }
  EntryId append(std::vector<LogTarget> targets, std::string_view body) {
    Batch batch;
    batch.append(targets, body);
    return commit(std::move(batch)).at(0);
  }
  /// The store offers no event for it: asks until it is so.
  void wait_erased() {
    while (store_->stats().erasures_pending > 0)
      std::this_thread::yield();
    ASSERT_FALSE(store_->stats().failed) << log_.text();
  }
  [[nodiscard]] bool on_disk(std::string_view text) const {
    return disk_.all_bytes().find(text) != std::string::npos;
  }
  std::size_t entries(Owner owner) {
    return BlockingStore(*store_)
        .read({.log = owner, .limit = 100000, .bytes_max = 1U << 30})
        ->entries.size();
  }

  KeepingLog log_;
  SystemClock clock_;
  MemoryDisk disk_;
  std::unique_ptr<Store> store_;
};

TEST_F(EmbeddedStore, BodiesBecomeZerosWhenNoLogHasThem) {
  const EntryId shared = append({{Owner{1}, 7}, {Owner{2}, 8}}, "SHARED-SECRET");
  const EntryId own = append({{Owner{1}, 7}}, "OWN-SECRET");
  append({{Owner{1}, 7}}, "STAYS");
  EXPECT_TRUE(on_disk("OWN-SECRET"));
  Batch first;
  first.erase_entry(Owner{1}, shared);
  first.erase_entry(Owner{1}, own);
  commit(std::move(first));
  wait_erased();
  EXPECT_FALSE(on_disk("OWN-SECRET"));
  EXPECT_TRUE(on_disk("SHARED-SECRET")) << "the other log still has it";
  EXPECT_EQ(entries(Owner{1}), 1U);
  EXPECT_EQ(entries(Owner{2}), 1U);
  Batch second;
  second.trim(Owner{2}, kAfterAll);
  commit(std::move(second));
  wait_erased();
  EXPECT_FALSE(on_disk("SHARED-SECRET"));
  EXPECT_TRUE(on_disk("STAYS"));
  reopen();
  EXPECT_EQ(entries(Owner{1}), 1U);
  EXPECT_EQ(entries(Owner{2}), 0U);
}

TEST_F(EmbeddedStore, AnOwnersRecordsLeaveTablesAndSegments) {
  for (int i = 0; i < 300; ++i) {
    Batch batch;
    batch.put(Owner{1}, {"vcard"}, std::to_string(i), "RECORD-SECRET-" + std::to_string(i));
    batch.put(Owner{2}, {"vcard"}, std::to_string(i), "OTHERS-" + std::to_string(i));
    const LogTarget target{Owner{1}};
    batch.append(std::span(&target, 1), "BODY-SECRET" + std::string(300, '.'));
    commit(std::move(batch));
    if (i == 150)
      reopen(); // some of it is in tables of RocksDB by now
  }
  EXPECT_TRUE(on_disk("RECORD-SECRET-299"));
  Batch batch;
  batch.erase_owner(Owner{1});
  commit(std::move(batch));
  wait_erased();
  reopen(); // RocksDB removes the files it replaced at the latest when it closes
  EXPECT_FALSE(on_disk("RECORD-SECRET"));
  EXPECT_FALSE(on_disk("BODY-SECRET"));
  EXPECT_TRUE(on_disk("OTHERS-"));
  EXPECT_EQ(BlockingStore(*store_).scan({.owner = Owner{2}, .keyspace = {"vcard"}})->records.size(),
            300U);
}

TEST_F(EmbeddedStore, MergesOfTablesAreCounted) {
  Batch put;
  put.put(Owner{1}, {"vcard"}, "", "a record");
  put.put(Owner{2}, {"vcard"}, "", std::string(1000, 'x'));
  commit(std::move(put));
  EXPECT_EQ(store_->stats().compactions, 0U);
  Batch batch;
  batch.erase_owner(Owner{1});
  commit(std::move(batch));
  wait_erased();
  const Stats stats = store_->stats();
  EXPECT_GE(stats.compactions, 1U);
  EXPECT_GT(stats.compaction_microseconds, 0U);
  EXPECT_GT(stats.compaction_bytes_written, 0U);
}

TEST_F(EmbeddedStore, SegmentsThatNothingRefersToAreRemoved) {
  std::vector<EntryId> ids;
  for (int i = 0; i < 400; ++i)
    ids.push_back(append({{Owner{1}}, {Owner{2}}}, std::string(1000, 'x')));
  const std::size_t before = disk_.list("/data/segments")->size();
  EXPECT_GT(before, 5U);
  for (const Owner owner : {Owner{1}, Owner{2}}) {
    Batch batch;
    batch.trim(owner, ids[379]);
    commit(std::move(batch));
  }
  wait_erased();
  reopen();
  EXPECT_LE(disk_.list("/data/segments")->size(), 4U);
  EXPECT_EQ(entries(Owner{1}), 20U);
}

/// Case 56: one bit anywhere in the log, after a power cut so that recovery has to read it all.
TEST(EmbeddedStoreDamage, Case56AFlippedBitIsReportedWithItsPlace) {
  const std::string path = "/data/segments/0000000001.seg";
  std::size_t end = 1;
  for (std::size_t at = 0; at < end; at += 5) {
    SCOPED_TRACE("byte " + std::to_string(at));
    KeepingLog log;
    SystemClock clock;
    MemoryDisk disk;
    auto store = open_rocksdb_store(small_options(log, clock, disk));
    ASSERT_TRUE(store);
    for (int i = 0; i < 3; ++i) {
      Batch batch;
      const LogTarget target{Owner{1}};
      batch.append(std::span(&target, 1), "text " + std::to_string(i));
      ASSERT_TRUE(BlockingStore(**store).commit(std::move(batch)));
    }
    disk.power_cut(nullptr);
    (*store)->close();
    store->reset();
    std::string bytes(4096, '\0');
    ASSERT_TRUE((*disk.open(path, OpenMode::kRead))->read(0, bytes));
    end = bytes.find_last_not_of('\0') + 1;
    disk.flip_bit(path, at, static_cast<unsigned>(at % 8));
    const auto damaged = open_rocksdb_store(small_options(log, clock, disk));
    if (damaged) { // up to 7 bytes of padding hold nothing
      EXPECT_EQ(BlockingStore(**damaged).read({.log = Owner{1}})->entries.size(), 3U)
          << "silent loss";
      (*damaged)->close();
    } else {
      EXPECT_NE(damaged.error().text().find("0000000001.seg"), std::string::npos);
    }
  }
  EXPECT_GT(end, 700U);
}

TEST_F(EmbeddedStore, TwoStoresCannotHaveOneDirectory) {
  const auto second = open_rocksdb_store(small_options(log_, clock_, disk_));
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text().find("another process"), std::string::npos);
}

} // namespace
} // namespace rookery::storage

// A store that nobody writes to any more puts in order what came last.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>

#include "storage/blocking.h"
#include "storage/fault_disk.h"
#include "storage/memory_disk.h"
#include "storage/rocksdb/store_test_support.h"

namespace rookery::storage {
namespace {

constexpr Owner kOwner{1};
constexpr std::size_t kWorthIt = 600 << 10;

class IdleCheckpointTest : public ::testing::Test {
protected:
  void SetUp() override {
    RocksdbOptions options = small_options(log_, clock_, disk_);
    options.memtable_bytes = 16 << 20; // nothing but idleness makes a checkpoint due
    options.segment_bytes = 64 << 20;
    options.idle = Milliseconds(1);
    auto opened = open_rocksdb_store(options);
    ASSERT_TRUE(opened) << opened.error().text();
    store_ = std::move(*opened);
  }
  void TearDown() override { store_->close(); }

  void write(std::size_t bytes) {
    const LogTarget target{kOwner, 1};
    Batch batch;
    batch.append(std::span(&target, 1), std::string(bytes, 'x'));
    ASSERT_TRUE(BlockingStore(*store_).commit(std::move(batch)));
  }

  KeepingLog log_;
  SystemClock clock_;
  MemoryDisk memory_;
  std::promise<void> table_;
  std::atomic<int> tables_ = 0;
  FaultDisk disk_{memory_, [this](DiskCall call, const std::string& path) {
                    if (call == DiskCall::kSync && path.ends_with(".sst") && ++tables_ == 1)
                      table_.set_value();
                    return 0;
                  }};
  std::unique_ptr<Store> store_;
};

TEST_F(IdleCheckpointTest, WhatIsWorthItIsWrittenOut) {
  write(kWorthIt);
  EXPECT_EQ(table_.get_future().wait_for(Seconds(60)), std::future_status::ready);
}

} // namespace
} // namespace rookery::storage

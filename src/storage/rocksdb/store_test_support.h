// What the tests of this folder share: a store on a disk in memory whose every call can be refused.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/clock.h"
#include "storage/conformance.h"
#include "storage/fault_disk.h"
#include "storage/memory_disk.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace rookery::storage {

inline constexpr const char* kTestDirectory = "/data";

/// A log that keeps its lines for a test to look at.
class KeepingLog final : public Log {
public:
  void write(LogLevel, std::string_view, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    text_ += text;
    text_ += '\n';
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// Small segments and memory, so that tests cross their limits.
inline RocksdbOptions small_options(Log& log, const Clock& clock, Disk& disk) {
  RocksdbOptions options{.directory = kTestDirectory, .log = log, .clock = clock};
  options.cache_bytes = 1 << 20;
  options.memtable_bytes = 128 << 10;
  options.segment_bytes = 64 << 10;
  options.erase_delay = Milliseconds(0);
  options.disk = &disk;
  return options;
}

class RocksdbUnderTest : public StoreUnderTest {
public:
  explicit RocksdbUnderTest(std::shared_ptr<MemoryDisk> disk = std::make_shared<MemoryDisk>(),
                            std::string directory = kTestDirectory)
      : memory_(std::move(disk)), directory_(std::move(directory)) {
    open();
  }
  ~RocksdbUnderTest() override { store_.reset(); }

  Store& store() override { return *store_; }
  ManualClock& clock() override { return clock_; }
  bool reopen() override {
    store_->close();
    store_.reset();
    open();
    return true;
  }
  void refuse_writes() override { refuse_ = true; }
  std::string backup_path() override { return "/backup"; }
  std::unique_ptr<StoreUnderTest> open_backup(const std::string& path) override {
    return std::make_unique<RocksdbUnderTest>(memory_, path);
  }

private:
  void open() {
    RocksdbOptions options = small_options(log_, clock_, disk_);
    options.directory = directory_;
    auto opened = open_rocksdb_store(options);
    ASSERT_TRUE(opened) << opened.error().text();
    store_ = std::move(*opened);
  }

  std::atomic<bool> refuse_ = false;
  std::shared_ptr<MemoryDisk> memory_;
  const std::string directory_;
  FaultDisk disk_{*memory_, [this](DiskCall call, const std::string&) {
                    return refuse_ && (call == DiskCall::kWrite || call == DiskCall::kSync) ? EIO
                                                                                            : 0;
                  }};
  KeepingLog log_;
  ManualClock clock_;
  std::unique_ptr<Store> store_;
};

} // namespace rookery::storage

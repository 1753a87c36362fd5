#include "storage/rocksdb/rocksdb_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "storage/conformance.h"
#include "storage/conformance_tags.h"
#include "storage/fault_disk.h"
#include "storage/memory_disk.h"
#include "storage/rocksdb/store_test_support.h"

namespace rookery::storage {
namespace {

/// On a disk in memory, with small limits.
class RocksdbUnderTest final : public StoreUnderTest {
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

INSTANTIATE_TEST_SUITE_P(Rocksdb, StoreConformance,
                         testing::Values(StoreMaker{"rocksdb", [] {
                                                      return std::unique_ptr<StoreUnderTest>(
                                                          std::make_unique<RocksdbUnderTest>());
                                                    }}));

/// The same on the machine's own files, with the sizes a server has.
class OnDisk final : public StoreUnderTest {
public:
  explicit OnDisk(std::string directory = {})
      : owner_(directory.empty()), directory_(std::move(directory)) {
    if (owner_) {
      directory_ = testing::TempDir() + "rookery-store-XXXXXX";
      EXPECT_NE(::mkdtemp(directory_.data()), nullptr);
    }
    open();
  }
  ~OnDisk() override {
    store_.reset();
    if (owner_) {
      std::filesystem::remove_all(directory_);
      std::filesystem::remove_all(directory_ + "-backup");
    }
  }
  Store& store() override { return *store_; }
  ManualClock& clock() override { return clock_; }
  bool reopen() override {
    store_->close();
    store_.reset();
    open();
    return true;
  }
  void refuse_writes() override { refuse_ = true; }
  std::string backup_path() override { return directory_ + "-backup"; }
  std::unique_ptr<StoreUnderTest> open_backup(const std::string& path) override {
    return std::make_unique<OnDisk>(path);
  }

private:
  void open() {
    auto opened =
        open_rocksdb_store({.directory = directory_, .log = log_, .clock = clock_, .disk = &disk_});
    ASSERT_TRUE(opened) << opened.error().text();
    store_ = std::move(*opened);
  }

  const bool owner_;
  std::string directory_;
  std::atomic<bool> refuse_ = false;
  UnsyncedDisk unsynced_{posix_disk()};
  FaultDisk disk_{unsynced_, [this](DiskCall call, const std::string&) {
                    return refuse_ && call == DiskCall::kSync ? EIO : 0;
                  }};
  NullLog log_;
  ManualClock clock_;
  std::unique_ptr<Store> store_;
};

INSTANTIATE_TEST_SUITE_P(OnDisk, StoreConformance,
                         testing::Values(StoreMaker{"on_disk", [] {
                                                      return std::unique_ptr<StoreUnderTest>(
                                                          std::make_unique<OnDisk>());
                                                    }}));

} // namespace
} // namespace rookery::storage

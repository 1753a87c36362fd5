// What the tests of this folder share.
#pragma once

#include <mutex>
#include <string>

#include "base/clock.h"
#include "storage/disk.h"
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

} // namespace rookery::storage

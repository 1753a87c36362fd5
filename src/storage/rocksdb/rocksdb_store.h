// The embedded store of one machine: open_rocksdb_store() recovers what a directory holds and
// starts its threads (one that commits, one for maintenance, four for reads).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "storage/disk.h"
#include "storage/store.h"

namespace rookery::storage {

/// The references must outlive the store.
struct RocksdbOptions {
  std::string directory; // made if it is not there; its parent must be
  Log& log;
  const Clock& clock;
  Durability durability = Durability::kPower;
  std::size_t cache_bytes = 12 * 1024 * 1024; // RocksDB's blocks, indexes and filters
  std::size_t memtable_bytes =
      16 * 1024 * 1024; // half for records, half for the recent index; twice that at times
  /// Of one segment file, at most 2 GB; about as much is replayed after a crash.
  std::uint64_t segment_bytes = 64 * 1024 * 1024;
  /// How long erasures collect before they are carried out together.
  Milliseconds erase_delay{1000};
  /// So long without a commit, and what was written since the last checkpoint is put in order: its
  /// memory is given back, and a crash leaves nothing to replay.
  Milliseconds idle{30'000};
  /// For tests; null: the operating system's files.
  Disk* disk = nullptr;
};

/// Opens or makes the store. At most one process can have a directory open: the Error names the
/// other one.
Result<std::unique_ptr<Store>> open_rocksdb_store(const RocksdbOptions& options);

} // namespace rookery::storage

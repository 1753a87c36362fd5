// Gives RocksDB durably what only the segments and memory had, so that recovery starts later and
// memory is free again.
#pragma once

#include "base/result.h"
#include "storage/rocksdb/applier.h"
#include "storage/rocksdb/database.h"
#include "storage/rocksdb/recent_index.h"

namespace rookery::storage {

/// Writes the frozen part of `recent` with `state`, which take effect together or not at all,
/// flushes both column families, and drops the frozen part. All bodies it speaks of must be on the
/// disk already.
Status write_checkpoint(Database& database, RecentIndex& recent, const CheckpointState& state);

} // namespace rookery::storage

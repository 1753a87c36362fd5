// Copies a running store into another directory, which can then be opened as a store.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "storage/rocksdb/database.h"
#include "storage/rocksdb/segments.h"

namespace rookery::storage {

/// Builds the copy under a name of its own and gives it `directory`, which must not exist, when it
/// is whole and synced. The caller sees to it that no segment is changed or removed meanwhile
/// (Maintenance::Pause). Returns the bytes copied.
Result<std::uint64_t> write_backup(const Database& database, SegmentFiles& files,
                                   const SegmentWriter& writer, const std::string& directory);

} // namespace rookery::storage

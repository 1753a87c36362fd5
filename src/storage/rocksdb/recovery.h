// What happens to the log between a stop, clean or not, and the next start (docs/formats/store.md,
// "Recovery").
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/log.h"
#include "base/result.h"
#include "storage/rocksdb/format.h"
#include "storage/rocksdb/segments.h"

namespace rookery::storage {

/// A group that is whole. Called in the order of the log.
using GroupVisitor =
    std::function<Status(const GroupHeader&, std::string_view ops, std::string_view bodies)>;

struct Recovered {
  std::uint64_t store = 0; // 0: there was no segment
  Position end;            // where the log ends; all before it is synced
  std::uint32_t last_segment = 0;
  std::uint64_t dropped_bytes = 0; // of a write that was under way when the power went
};

/// Finds the end of the log behind `from`, cuts off a torn end, makes sure that all before it is on
/// the disk, and then visits every group. `from` zero: from the first segment there is. `store` 0:
/// whatever the segments say.
///
/// A torn write and a damaged one are told apart: disks write whole sectors, and bytes not yet
/// written read as zero, so in a torn group the part of it that lies in some sector is all zeros,
/// or its last bytes are. Damage, and a gap before groups that were written after a sync, is an
/// Error that says where; nothing is skipped.
Result<Recovered> recover(SegmentFiles& files, std::uint64_t store, Position from,
                          const GroupVisitor& visit, Log& log);

} // namespace rookery::storage

// Makes erasures real: bodies become zeros in the segments, entries leave the index, records leave
// tables and segments. One thread (the store's maintenance).
#pragma once

#include <map>
#include <set>
#include <span>

#include "base/result.h"
#include "storage/rocksdb/database.h"
#include "storage/rocksdb/hidden_ranges.h"
#include "storage/rocksdb/log_index.h"
#include "storage/rocksdb/segments.h"

namespace rocksdb {
class WriteBatch;
}

namespace rookery::storage {

/// Bodies a segment was given and lost: one without any left can go.
struct SegmentTally {
  std::uint64_t bodies = 0;
  std::uint64_t erased = 0;
};
using SegmentTallies = std::map<std::uint32_t, SegmentTally>;

class Eraser {
public:
  Eraser(Database& database, SegmentFiles& files, const LogIndex& index, HiddenRanges& hidden,
         SegmentTallies& tallies)
      : database_(database), files_(files), index_(index), hidden_(hidden), tallies_(tallies) {}

  /// `applied`: RocksDB durably has all groups before it, these erasures' own among them; so
  /// recovery never again reads what is overwritten here. After a crash half-way the same erasures
  /// are found and done again.
  Status run(std::span<const Erasure> erasures, Position applied);

private:
  struct Step;

  Status erase_entries(const Erasure& erasure);
  Status take_block(const Erasure& erasure, std::string_view key,
                    std::span<const IndexEntry> entries, Step& step);
  Status finish(const Erasure& erasure, Step& step);
  Status rewrite_tag(const Erasure& erasure, std::uint64_t tag, Step& step);
  static void rewrite_block(rocksdb::WriteBatch& batch, const Database& database,
                            const std::string& prefix, std::string_view key,
                            std::span<const IndexEntry> kept);
  Status compact(Owner owner);
  Status scrub_operations(Position applied);
  Status scrub_segment(std::uint32_t segment, Position from, Position applied);

  Database& database_;
  SegmentFiles& files_;
  const LogIndex& index_;
  HiddenRanges& hidden_;
  SegmentTallies& tallies_;
};

} // namespace rookery::storage

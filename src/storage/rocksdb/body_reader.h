// Reads the bodies of a page of entries from the segments: neighbours with one call, and what is
// not in the system's cache all at once, so that a page waits for the disk about once. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "storage/rocksdb/entry_block.h"
#include "storage/rocksdb/segments.h"
#include "storage/store.h"

namespace rookery::storage {

class BodyReader {
public:
  /// Bodies that lie this close to each other are read together: copying what lies between costs
  /// less than a call.
  static constexpr std::uint64_t kGapBytesMax = 2 * 1024;
  static constexpr std::uint64_t kRunBytesMax = 64 * 1024; // unless one body is longer

  explicit BodyReader(SegmentFiles& files) : files_(files) {}

  /// Fills the bodies of `out`, which has an element for each of `entries`. The index of the first
  /// one that is not what `entries` says, or their number: such a body may be any bytes.
  [[nodiscard]] std::size_t read(std::span<const IndexEntry> entries, std::span<Entry> out) const;

private:
  /// Bodies that one call reads.
  struct Run {
    Position at;
    std::size_t bytes = 0;
    std::size_t first = 0, count = 0; // in the order of locations
    std::size_t buffer = 0;           // where its bytes are
  };
  [[nodiscard]] static std::vector<Run> runs(std::span<const IndexEntry> entries,
                                             std::span<const std::size_t> order);
  void load(std::span<const Run> runs, std::string& buffer) const;

  SegmentFiles& files_;
};

} // namespace rookery::storage

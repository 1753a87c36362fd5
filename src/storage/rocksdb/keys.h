// Keys of the two column families in RocksDB (docs/formats/store.md). Integers in keys are
// big-endian, so that they sort.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "storage/rocksdb/format.h"

namespace rookery::storage {

// Column family "index": changed by checkpoints and erasure only.

/// Blocks of a log are keyed by the id of their last entry: a seek to id N finds the block that may
/// hold N.
[[nodiscard]] std::string log_prefix(Owner owner);
[[nodiscard]] std::string tag_prefix(Owner owner, std::uint64_t tag);
[[nodiscard]] std::string block_key(std::string_view prefix, std::uint64_t last_id);
[[nodiscard]] std::uint64_t block_last_id(std::string_view key);
/// Of a key under a tag_prefix().
[[nodiscard]] std::uint64_t block_tag(std::string_view key);
/// How many bodies a segment has been given, and how many of them are erased.
[[nodiscard]] std::string segment_bodies_key(std::uint32_t segment);
[[nodiscard]] std::string segment_erased_key(std::uint32_t segment);
[[nodiscard]] std::uint32_t segment_of_key(std::string_view key);
inline constexpr char kSegmentBodiesKind = 'S';
inline constexpr char kSegmentErasedKind = 'G';
inline constexpr std::string_view kIndexStateKey = "M";
inline constexpr std::string_view kScrubbedKey = "MS";

/// The value of kIndexStateKey: the index has all groups before `applied`.
struct IndexState {
  std::uint64_t store = 0;
  Position applied;
  std::uint64_t last_id = 0;
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] bool decode(std::string_view bytes);
};

// Column family "records".

inline constexpr std::string_view kRecordsAppliedKey = "A"; // value: packed Position
[[nodiscard]] std::string keyspace_prefix(Owner owner, std::string_view keyspace);
/// [first, second) holds all records of an owner, or of one keyspace.
struct KeyRange {
  std::string first, end;
};
[[nodiscard]] KeyRange owner_range(Owner owner);
[[nodiscard]] KeyRange keyspace_range(Owner owner, std::string_view keyspace);
/// All keys of an owner in the index, by log and by tag.
[[nodiscard]] KeyRange log_range(Owner owner);
[[nodiscard]] KeyRange tag_range(Owner owner);

/// Entries of one log that no read may see any more and whose bytes are to go: (after, through].
struct Erasure {
  Owner owner;
  std::uint64_t after = 0;
  std::uint64_t through = 0;
  bool records = false; // the owner's records too
  /// Names the erasure: the group that asked for it and a count within it.
  Position group;
  std::uint32_t number = 0;

  [[nodiscard]] std::string key() const;
  [[nodiscard]] std::string value() const;
  [[nodiscard]] static std::optional<Erasure> decode(std::string_view key, std::string_view value);
};
[[nodiscard]] KeyRange erasure_range();

} // namespace rookery::storage

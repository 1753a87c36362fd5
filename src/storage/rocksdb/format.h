// Headers in segment files and the positions they speak of (docs/formats/store.md). Pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace rookery::storage {

/// A place in the log: which segment, which byte. Packs into a u64 that sorts the same.
struct Position {
  std::uint32_t segment = 0;
  std::uint32_t offset = 0;

  [[nodiscard]] std::uint64_t packed() const { return std::uint64_t{segment} << 32 | offset; }
  static Position unpack(std::uint64_t packed) {
    return {static_cast<std::uint32_t>(packed >> 32), static_cast<std::uint32_t>(packed)};
  }
  [[nodiscard]] Position plus(std::size_t bytes) const {
    return {segment, static_cast<std::uint32_t>(offset + bytes)};
  }
  [[nodiscard]] std::string text() const;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// The first bytes of a segment file; groups follow.
struct SegmentHeader {
  static constexpr std::size_t kBytes = 512;

  std::uint64_t store = 0; // random number of the store, so that files of two stores are not mixed
  std::uint32_t segment = 0;
  Position previous_end; // where the groups of the segment before end; zero for the first
  Position synced;       // all before it was on the disk when this was written

  [[nodiscard]] std::string encode() const;
  /// False when the bytes are not an intact header.
  [[nodiscard]] bool decode(std::string_view bytes);
};

/// Stands before the operations and bodies of one group of batches, which take effect together.
struct GroupHeader {
  static constexpr std::size_t kBytes = 56;
  /// Groups start at multiples of this, so that no part of a header within a sector is all zeros.
  static constexpr std::size_t kAlignment = 8;
  static constexpr std::uint32_t kMagic = 0x50474B52; // "RKGP"

  std::uint64_t store = 0;
  Position at;     // of this header: a stale or misplaced group is not taken for a valid one
  Position synced; // all before it was on the disk when this was written
  std::uint64_t first_id = 0; // of the group's first append; the next ones follow
  std::uint32_t appends = 0;
  std::uint32_t ops_bytes = 0;
  std::uint32_t bodies_bytes = 0;
  std::uint32_t ops_crc = 0; // each body's CRC is among the operations

  /// The last bytes of a group. A write that was cut short leaves zeros here.
  static constexpr std::uint64_t kTrailer = 0x444E454B4F4F52FF; // "\xffROOKEND"

  /// Bytes it takes with all that belongs to it, up to where the next one starts.
  [[nodiscard]] std::size_t total() const {
    const std::size_t used = kBytes + std::size_t{ops_bytes} + std::size_t{bodies_bytes};
    return (used + kAlignment - 1) / kAlignment * kAlignment + sizeof kTrailer;
  }
  [[nodiscard]] Position end() const { return at.plus(total()); }
  [[nodiscard]] Position bodies() const { return at.plus(kBytes + ops_bytes); }

  /// Writes kBytes to `out`.
  void encode(char* out) const;
  [[nodiscard]] bool decode(std::string_view bytes);
};

/// "0000000017.seg"
[[nodiscard]] std::string segment_name(std::uint32_t segment);
/// 0 when it is not the name of a segment (they count from 1).
[[nodiscard]] std::uint32_t segment_number(std::string_view name);

} // namespace rookery::storage

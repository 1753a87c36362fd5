// A packed run of index entries, in order of id: the same bytes in memory while recent and as a
// value in RocksDB later.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rookery::storage {

/// Where one log's copy of an entry is and what it can be found by.
struct IndexEntry {
  std::uint64_t id = 0;
  std::uint64_t tag = 0;
  std::uint64_t location = 0; // Position of the body, packed
  std::uint32_t length = 0;
  std::uint32_t crc = 0;
  std::uint8_t flags = 0;
  std::uint8_t other_count = 0;
  std::array<std::uint64_t, 3> others{}; // the other owners whose logs hold the same entry

  [[nodiscard]] std::span<const std::uint64_t> other_logs() const {
    return std::span(others).first(other_count);
  }
  friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};

class BlockBuilder {
public:
  /// Full blocks stay short to decode; the next entry goes to a new one.
  static constexpr std::uint32_t kEntriesMax = 128;

  /// Ids and locations must increase.
  void add(const IndexEntry& entry);

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] bool full() const { return count_ >= kEntriesMax; }
  [[nodiscard]] std::uint64_t first_id() const { return first_id_; }
  [[nodiscard]] std::uint64_t last_id() const { return last_id_; }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
  std::string bytes_;
  std::uint64_t first_id_ = 0;
  std::uint64_t last_id_ = 0;
  std::uint64_t last_location_ = 0;
  std::uint64_t last_tag_ = 0;
  std::uint32_t count_ = 0;
};

/// Appends the entries of a block to `out`; false when the bytes are damaged.
[[nodiscard]] bool decode_block(std::string_view bytes, std::vector<IndexEntry>& out);

} // namespace rookery::storage

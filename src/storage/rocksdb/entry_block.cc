#include "storage/rocksdb/entry_block.h"

#include <cstring>

#include "base/assert.h"
#include "storage/coding.h"

namespace rookery::storage {
namespace {

// The control byte: bits 0-1 are other_count, bit 2 says that the tag is the one before.
constexpr std::uint8_t kOthersMask = 3;
constexpr std::uint8_t kSameTag = 4;

constexpr std::size_t kVarintBytesMost = 10;
constexpr std::size_t kEntryBytesMost = 2 + 8 + 4 + 6 * kVarintBytesMost;

char* write_varint(char* at, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    *at++ = static_cast<char>(value | 0x80);
  *at++ = static_cast<char>(value);
  return at;
}
template <class T> char* write_fixed(char* at, T value) {
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

} // namespace

void BlockBuilder::add(const IndexEntry& entry) {
  ROOKERY_ASSERT(count_ == 0 || (entry.id > last_id_ && entry.location >= last_location_));
  const bool same_tag = count_ > 0 && entry.tag == last_tag_;
  std::array<char, kEntryBytesMost> packed; // one append to the string instead of one per byte
  char* at = packed.data();
  at = write_varint(at, entry.id - last_id_);
  *at++ = static_cast<char>(entry.other_count | (same_tag ? kSameTag : 0));
  *at++ = static_cast<char>(entry.flags);
  if (!same_tag)
    at = write_fixed(at, entry.tag);
  at = write_varint(at, entry.location - last_location_);
  at = write_varint(at, entry.length);
  at = write_fixed(at, entry.crc);
  for (const std::uint64_t other : entry.other_logs())
    at = write_varint(at, other);
  bytes_.append(packed.data(), static_cast<std::size_t>(at - packed.data()));
  if (count_++ == 0)
    first_id_ = entry.id;
  last_id_ = entry.id;
  last_location_ = entry.location;
  last_tag_ = entry.tag;
}

bool decode_block(std::string_view bytes, std::vector<IndexEntry>& out) {
  Decoder in(bytes);
  IndexEntry entry;
  while (!in.at_end()) {
    entry.id += in.varint();
    const auto control = in.fixed<std::uint8_t>();
    entry.other_count = control & kOthersMask;
    entry.flags = in.fixed<std::uint8_t>();
    if ((control & kSameTag) == 0)
      entry.tag = in.fixed<std::uint64_t>();
    entry.location += in.varint();
    entry.length = static_cast<std::uint32_t>(in.varint());
    entry.crc = in.fixed<std::uint32_t>();
    entry.others = {};
    for (std::size_t i = 0; i < entry.other_count; ++i)
      entry.others[i] = in.varint();
    if (!in.ok())
      return false;
    out.push_back(entry);
  }
  return in.ok();
}

} // namespace rookery::storage

#include "storage/rocksdb/format.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "base/assert.h"
#include "storage/coding.h"
#include "storage/crc32c.h"

namespace rookery::storage {
namespace {

constexpr std::string_view kSegmentMagic = "ROOKSEG1";
constexpr std::string_view kSuffix = ".seg";
constexpr std::size_t kDigits = 10;

} // namespace

std::string Position::text() const { return fmt::format("segment {} offset {}", segment, offset); }

std::string SegmentHeader::encode() const {
  std::string fields;
  put_fixed(fields, store);
  put_fixed(fields, segment);
  put_fixed(fields, previous_end.packed());
  put_fixed(fields, synced.packed());
  fields.resize(kBytes - kSegmentMagic.size() - sizeof(std::uint32_t));
  std::string out(kSegmentMagic);
  put_fixed(out, crc32c(fields));
  return out + fields;
}

bool SegmentHeader::decode(std::string_view bytes) {
  if (bytes.size() != kBytes || !bytes.starts_with(kSegmentMagic))
    return false;
  Decoder in(bytes.substr(kSegmentMagic.size()));
  if (in.fixed<std::uint32_t>() != crc32c(in.rest()))
    return false;
  store = in.fixed<std::uint64_t>();
  segment = in.fixed<std::uint32_t>();
  previous_end = Position::unpack(in.fixed<std::uint64_t>());
  synced = Position::unpack(in.fixed<std::uint64_t>());
  return in.ok();
}

void GroupHeader::encode(char* out) const {
  std::string fields;
  fields.reserve(kBytes);
  put_fixed(fields, store);
  put_fixed(fields, at.packed());
  put_fixed(fields, synced.packed());
  put_fixed(fields, first_id);
  put_fixed(fields, appends);
  put_fixed(fields, ops_bytes);
  put_fixed(fields, bodies_bytes);
  put_fixed(fields, ops_crc);
  ROOKERY_ASSERT(fields.size() == kBytes - 2 * sizeof(std::uint32_t));
  const std::uint32_t crc = crc32c(fields);
  std::memcpy(out, &kMagic, sizeof kMagic);
  std::memcpy(out + sizeof kMagic, &crc, sizeof crc);
  fields.copy(out + sizeof kMagic + sizeof crc, fields.size());
}

bool GroupHeader::decode(std::string_view bytes) {
  if (bytes.size() < kBytes)
    return false;
  Decoder in(bytes.substr(0, kBytes));
  if (in.fixed<std::uint32_t>() != kMagic)
    return false;
  if (in.fixed<std::uint32_t>() != crc32c(in.rest()))
    return false;
  store = in.fixed<std::uint64_t>();
  at = Position::unpack(in.fixed<std::uint64_t>());
  synced = Position::unpack(in.fixed<std::uint64_t>());
  first_id = in.fixed<std::uint64_t>();
  appends = in.fixed<std::uint32_t>();
  ops_bytes = in.fixed<std::uint32_t>();
  bodies_bytes = in.fixed<std::uint32_t>();
  ops_crc = in.fixed<std::uint32_t>();
  return in.ok();
}

std::string segment_name(std::uint32_t segment) {
  return fmt::format("{:010}{}", segment, kSuffix);
}

std::uint32_t segment_number(std::string_view name) {
  if (name.size() != kDigits + kSuffix.size() || !name.ends_with(kSuffix))
    return 0;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, number);
  return error == std::errc{} && end == name.data() + kDigits ? number : 0;
}

} // namespace rookery::storage

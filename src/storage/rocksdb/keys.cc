#include "storage/rocksdb/keys.h"

#include "base/assert.h"
#include "base/encoding.h"
#include "storage/coding.h"

namespace rookery::storage {
namespace {

constexpr char kLogKind = 'E';
constexpr char kTagKind = 'T';
constexpr char kRecordKind = 'R';
constexpr char kErasureKind = 'Q';

std::string kind_and(char kind, std::uint64_t number) {
  std::string key(1, kind);
  append_u64_be(key, number);
  return key;
}

KeyRange whole_number(char kind, std::uint64_t number) {
  KeyRange range{kind_and(kind, number), {}};
  range.end = number == ~std::uint64_t{0} ? std::string(1, static_cast<char>(kind + 1))
                                          : kind_and(kind, number + 1);
  return range;
}

} // namespace

std::string log_prefix(Owner owner) { return kind_and(kLogKind, owner.value); }

std::string tag_prefix(Owner owner, std::uint64_t tag) {
  std::string key = kind_and(kTagKind, owner.value);
  append_u64_be(key, tag);
  return key;
}

std::string block_key(std::string_view prefix, std::uint64_t last_id) {
  std::string key(prefix);
  append_u64_be(key, last_id);
  return key;
}

std::uint64_t block_last_id(std::string_view key) {
  ROOKERY_ASSERT(key.size() >= 8);
  return read_u64_be(key.substr(key.size() - 8));
}

std::uint64_t block_tag(std::string_view key) {
  ROOKERY_ASSERT(key.size() >= 16);
  return read_u64_be(key.substr(key.size() - 16));
}

std::string segment_bodies_key(std::uint32_t segment) {
  return kind_and(kSegmentBodiesKind, segment);
}
std::string segment_erased_key(std::uint32_t segment) {
  return kind_and(kSegmentErasedKind, segment);
}
std::uint32_t segment_of_key(std::string_view key) {
  return static_cast<std::uint32_t>(block_last_id(key));
}

std::string IndexState::encode() const {
  std::string out;
  put_fixed(out, store);
  put_fixed(out, applied.packed());
  put_fixed(out, last_id);
  return out;
}

bool IndexState::decode(std::string_view bytes) {
  Decoder in(bytes);
  store = in.fixed<std::uint64_t>();
  applied = Position::unpack(in.fixed<std::uint64_t>());
  last_id = in.fixed<std::uint64_t>();
  return in.ok();
}

std::string keyspace_prefix(Owner owner, std::string_view keyspace) {
  std::string key = kind_and(kRecordKind, owner.value);
  key += keyspace;
  key += '\0';
  return key;
}

KeyRange owner_range(Owner owner) { return whole_number(kRecordKind, owner.value); }
KeyRange log_range(Owner owner) { return whole_number(kLogKind, owner.value); }
KeyRange tag_range(Owner owner) { return whole_number(kTagKind, owner.value); }

KeyRange keyspace_range(Owner owner, std::string_view keyspace) {
  KeyRange range{keyspace_prefix(owner, keyspace), {}};
  range.end = range.first;
  range.end.back() = '\1';
  return range;
}

std::string Erasure::key() const {
  std::string out = kind_and(kErasureKind, group.packed());
  append_u64_be(out, number);
  return out;
}

std::string Erasure::value() const {
  std::string out;
  put_fixed(out, owner.value);
  put_fixed(out, after);
  put_fixed(out, through);
  put_fixed(out, static_cast<std::uint8_t>(records));
  return out;
}

std::optional<Erasure> Erasure::decode(std::string_view key, std::string_view value) {
  if (key.size() != 17)
    return std::nullopt;
  Decoder in(value);
  Erasure erasure;
  erasure.owner = Owner{in.fixed<std::uint64_t>()};
  erasure.after = in.fixed<std::uint64_t>();
  erasure.through = in.fixed<std::uint64_t>();
  erasure.records = in.fixed<std::uint8_t>() != 0;
  erasure.group = Position::unpack(read_u64_be(key.substr(1)));
  erasure.number = static_cast<std::uint32_t>(read_u64_be(key.substr(9)));
  if (!in.ok())
    return std::nullopt;
  return erasure;
}

KeyRange erasure_range() {
  return {std::string(1, kErasureKind), std::string(1, static_cast<char>(kErasureKind + 1))};
}

} // namespace rookery::storage

#include "storage/batch.h"

#include <algorithm>

#include "base/assert.h"
#include "storage/coding.h"
#include "storage/crc32c.h"

namespace rookery::storage {
namespace {

// On disk: never renumber.
enum class OpCode : std::uint8_t {
  kAppend = 1,
  kPut = 2,
  kRemove = 3,
  kRemoveAll = 4,
  kEraseOwner = 5,
  kTrim = 6,
  kEraseEntry = 7,
  kInsert = 8,
};

void put_head(std::string& out, OpCode code, Owner owner) {
  out += static_cast<char>(code);
  put_fixed(out, owner.value);
}

void put_target(std::string& out, const LogTarget& target) {
  put_fixed(out, target.log.value);
  put_fixed(out, target.tag);
  put_fixed(out, target.flags);
}

bool is_keyspace(std::string_view name) {
  return !name.empty() && name.size() <= 16 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

LogTarget read_target(Decoder& in) {
  LogTarget target;
  target.log = Owner{in.fixed<std::uint64_t>()};
  target.tag = in.fixed<std::uint64_t>();
  target.flags = in.fixed<std::uint8_t>();
  return target;
}

void read_body(Decoder& in, AppendOp& op, std::string_view& bodies, bool& fits) {
  const std::uint64_t length = in.varint();
  op.body_crc = in.fixed<std::uint32_t>();
  if (length > bodies.size()) {
    fits = false;
    return;
  }
  op.body = bodies.substr(0, static_cast<std::size_t>(length));
  bodies.remove_prefix(op.body.size());
}

AppendOp read_insert(Decoder& in, std::string_view& bodies, bool& fits) {
  AppendOp op;
  op.given = EntryId{in.fixed<std::uint64_t>()};
  op.target_count = 1;
  op.targets[0] = read_target(in);
  read_body(in, op, bodies, fits);
  fits = fits && op.given != kBeforeAll;
  return op;
}

AppendOp read_append(Decoder& in, std::string_view& bodies, bool& fits) {
  AppendOp op;
  op.target_count = in.fixed<std::uint8_t>();
  if (op.target_count == 0 || op.target_count > kTargetsMax) {
    fits = false;
    return op;
  }
  for (std::size_t i = 0; i < op.target_count; ++i)
    op.targets[i] = read_target(in);
  read_body(in, op, bodies, fits);
  return op;
}

Op read_owned(Decoder& in, OpCode code, bool& known) {
  const Owner owner{in.fixed<std::uint64_t>()};
  switch (code) {
  case OpCode::kPut: {
    const auto keyspace = in.bytes();
    const auto key = in.bytes();
    return PutOp{owner, keyspace, key, in.bytes()};
  }
  case OpCode::kRemove: {
    const auto keyspace = in.bytes();
    return RemoveOp{owner, keyspace, in.bytes()};
  }
  case OpCode::kRemoveAll:
    return RemoveAllOp{owner, in.bytes()};
  case OpCode::kEraseOwner:
    return EraseOwnerOp{owner};
  case OpCode::kTrim:
    return TrimOp{owner, EntryId{in.fixed<std::uint64_t>()}};
  case OpCode::kEraseEntry:
    return EraseEntryOp{owner, EntryId{in.fixed<std::uint64_t>()}};
  case OpCode::kAppend:
  case OpCode::kInsert:
    break;
  }
  known = false;
  return EraseOwnerOp{};
}

} // namespace

std::size_t Batch::append(std::span<const LogTarget> targets, std::string_view body) {
  ROOKERY_ASSERT(!targets.empty() && targets.size() <= kTargetsMax);
  ROOKERY_ASSERT(body.size() <= kEntryBytesMax);
  ops_ += static_cast<char>(OpCode::kAppend);
  ops_ += static_cast<char>(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k)
      ROOKERY_ASSERT(targets[k].log != targets[i].log);
    put_target(ops_, targets[i]);
  }
  return add_body(body);
}

std::size_t Batch::insert(const LogTarget& target, EntryId id, std::string_view body) {
  ROOKERY_ASSERT(id != kBeforeAll && id != kAfterAll && body.size() <= kEntryBytesMax);
  ops_ += static_cast<char>(OpCode::kInsert);
  put_fixed(ops_, id.value);
  put_target(ops_, target);
  ++inserts_;
  return add_body(body);
}

std::size_t Batch::add_body(std::string_view body) {
  put_varint(ops_, body.size());
  put_fixed(ops_, crc32c(body));
  bodies_ += body;
  return appends_++;
}

void Batch::put(Owner owner, Keyspace keyspace, std::string_view key, std::string_view value) {
  ROOKERY_ASSERT(is_keyspace(keyspace.name));
  ROOKERY_ASSERT(key.size() <= kKeyBytesMax && value.size() <= kValueBytesMax);
  put_head(ops_, OpCode::kPut, owner);
  put_bytes(ops_, keyspace.name);
  put_bytes(ops_, key);
  put_bytes(ops_, value);
}

void Batch::remove(Owner owner, Keyspace keyspace, std::string_view key) {
  ROOKERY_ASSERT(is_keyspace(keyspace.name));
  ROOKERY_ASSERT(key.size() <= kKeyBytesMax);
  put_head(ops_, OpCode::kRemove, owner);
  put_bytes(ops_, keyspace.name);
  put_bytes(ops_, key);
}

void Batch::remove_all(Owner owner, Keyspace keyspace) {
  ROOKERY_ASSERT(is_keyspace(keyspace.name));
  put_head(ops_, OpCode::kRemoveAll, owner);
  put_bytes(ops_, keyspace.name);
}

void Batch::erase_owner(Owner owner) { put_head(ops_, OpCode::kEraseOwner, owner); }

void Batch::trim(Owner log, EntryId through) {
  put_head(ops_, OpCode::kTrim, log);
  put_fixed(ops_, through.value);
}

void Batch::erase_entry(Owner log, EntryId id) {
  put_head(ops_, OpCode::kEraseEntry, log);
  put_fixed(ops_, id.value);
}

std::size_t Batch::absorb(Batch other) {
  const std::size_t before = appends_;
  ops_ += other.ops_;
  bodies_ += other.bodies_;
  appends_ += other.appends_;
  inserts_ += other.inserts_;
  return before;
}

bool Batch::empty() const { return ops_.empty(); }
std::size_t Batch::bytes() const { return ops_.size() + bodies_.size(); }

void Batch::clear() {
  ops_.clear();
  bodies_.clear();
  appends_ = 0;
  inserts_ = 0;
}

std::optional<Op> BatchReader::next() {
  if (malformed_ || ops_.empty())
    return std::nullopt;
  Decoder in(ops_);
  const auto code = static_cast<OpCode>(in.fixed<std::uint8_t>());
  bool known = true;
  Op op = code == OpCode::kAppend   ? Op{read_append(in, bodies_, known)}
          : code == OpCode::kInsert ? Op{read_insert(in, bodies_, known)}
                                    : read_owned(in, code, known);
  if (!known || !in.ok()) {
    malformed_ = true;
    return std::nullopt;
  }
  ops_ = in.rest();
  return op;
}

} // namespace rookery::storage

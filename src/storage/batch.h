// What a Batch holds, for backends: two flat buffers, written to disk as they are
// (docs/formats/store.md, "Operations").
//
// `ops` has every operation in the order of the calls; `bodies` has the entries' bodies one after
// the other. They are kept apart so that the bytes that only recovery needs (ops) can go while the
// bodies stay, and each body carries its own CRC-32C in its operation. Buffers of several batches
// put one after the other are again a valid pair.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "storage/store.h"

namespace rookery::storage {

inline constexpr std::size_t kTargetsMax = 4;

struct AppendOp {
  EntryId given = kBeforeAll; // of an insert(); kBeforeAll: the store gives it one
  std::array<LogTarget, kTargetsMax> targets;
  std::uint8_t target_count = 0;
  std::uint32_t body_crc = 0;
  std::string_view body;

  [[nodiscard]] std::span<const LogTarget> logs() const {
    return std::span(targets).first(target_count);
  }
};
struct PutOp {
  Owner owner;
  std::string_view keyspace, key, value;
};
struct RemoveOp {
  Owner owner;
  std::string_view keyspace, key;
};
struct RemoveAllOp {
  Owner owner;
  std::string_view keyspace;
};
struct EraseOwnerOp {
  Owner owner;
};
struct TrimOp {
  Owner log;
  EntryId through;
};
struct EraseEntryOp {
  Owner log;
  EntryId id;
};
using Op = std::variant<AppendOp, PutOp, RemoveOp, RemoveAllOp, EraseOwnerOp, TrimOp, EraseEntryOp>;

/// Walks the operations in order. The views in an Op live as long as the buffers.
class BatchReader {
public:
  explicit BatchReader(const Batch& batch) : ops_(ops(batch)), bodies_(bodies(batch)) {}
  /// Buffers read back from a disk.
  BatchReader(std::string_view ops, std::string_view bodies) : ops_(ops), bodies_(bodies) {}

  /// nullopt at the end, or when the bytes are not what a Batch writes: then malformed() is true.
  std::optional<Op> next();
  [[nodiscard]] bool malformed() const { return malformed_; }

  static const std::string& ops(const Batch& batch) { return batch.ops_; }
  static const std::string& bodies(const Batch& batch) { return batch.bodies_; }
  static std::uint32_t appends(const Batch& batch) { return batch.appends_; }
  static std::uint32_t inserts(const Batch& batch) { return batch.inserts_; }

private:
  std::string_view ops_;
  std::string_view bodies_;
  bool malformed_ = false;
};

} // namespace rookery::storage

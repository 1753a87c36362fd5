// Index entries that RocksDB does not durably have yet: since the last checkpoint ("active"), and
// those a checkpoint is just writing ("frozen"). The segments can give them all again after a
// crash.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "storage/rocksdb/entry_block.h"

namespace rookery::storage {

class RecentIndex {
public:
  using Blocks = std::vector<std::shared_ptr<const BlockBuilder>>;

  RecentIndex();

  /// Committer only. Ids of one owner must increase.
  void add(Owner owner, const IndexEntry& entry);
  /// About the memory that active entries take.
  [[nodiscard]] std::size_t bytes() const;

  /// Committer only, between groups, while nothing is frozen: what was added so far is frozen.
  void freeze();
  /// Of a frozen generation, by owner ascending, each with its blocks by id.
  void for_each_frozen(const std::function<void(Owner, const Blocks&)>& visit) const;
  /// RocksDB has the frozen ones.
  void drop_frozen();

  /// Blocks of one owner, by id, that may have entries in (after, before). Any thread.
  [[nodiscard]] Blocks blocks(Owner owner, EntryId after, EntryId before) const;

private:
  struct Log {
    Blocks full;
    BlockBuilder open;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::uint64_t, Log> logs;
  };
  struct Generation {
    static constexpr std::size_t kShards = 64;
    std::array<Shard, kShards> shards;
    std::atomic<std::size_t> bytes = 0;
    Shard& shard(Owner owner) { return shards[std::hash<Owner>{}(owner) >> 58]; }
  };
  static void collect(Generation& generation, Owner owner, EntryId after, EntryId before,
                      Blocks& out);

  mutable std::mutex mutex_; // guards the two pointers
  std::shared_ptr<Generation> active_;
  std::shared_ptr<Generation> frozen_;
};

} // namespace rookery::storage

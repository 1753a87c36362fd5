#include "storage/rocksdb/checkpoint.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "storage/coding.h"

namespace rookery::storage {
namespace {

/// One batch: RocksDB keeps it in one memtable, which one flush makes durable as a whole. Rows come
/// in the order of their keys, which its skip list takes at a fraction of the cost of a random
/// order.
class Rows {
public:
  explicit Rows(const Database& database) : database_(database) {}

  void put(std::string_view key, std::string_view value) {
    batch_.Put(database_.index(), {key.data(), key.size()}, {value.data(), value.size()});
  }
  rocksdb::Status write() {
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return database_.db().Write(options, &batch_);
  }

private:
  const Database& database_;
  rocksdb::WriteBatch batch_;
};

void put_logs(Rows& rows, const RecentIndex& recent) {
  recent.for_each_frozen([&](Owner owner, const RecentIndex::Blocks& blocks) {
    const std::string prefix = log_prefix(owner);
    for (const auto& block : blocks)
      if (!block->empty())
        rows.put(block_key(prefix, block->last_id()), block->bytes());
  });
}

void put_state(Rows& rows, const CheckpointState& state) {
  rows.put(kIndexStateKey, state.index.encode());
  for (const auto& [segment, bodies] : state.bodies) {
    std::string value;
    put_fixed(value, bodies);
    rows.put(segment_bodies_key(segment), value);
  }
}

void put_tags(Rows& rows, const RecentIndex& recent) {
  std::vector<IndexEntry> entries;
  recent.for_each_frozen([&](Owner owner, const RecentIndex::Blocks& blocks) {
    entries.clear();
    for (const auto& block : blocks)
      (void)decode_block(block->bytes(), entries);
    std::ranges::stable_sort(entries, {}, &IndexEntry::tag);
    for (std::size_t i = 0; i < entries.size();) {
      const std::uint64_t tag = entries[i].tag;
      BlockBuilder block;
      for (; i < entries.size() && entries[i].tag == tag && !block.full(); ++i)
        block.add(entries[i]);
      rows.put(block_key(tag_prefix(owner, tag), block.last_id()), block.bytes());
    }
  });
}

} // namespace

Status write_checkpoint(Database& database, RecentIndex& recent, const CheckpointState& state) {
  {
    Rows rows(database);
    put_logs(rows, recent); // kinds of keys in their order: E, M, S, T
    put_state(rows, state);
    put_tags(rows, recent);
    if (const auto done = database.status(rows.write()); !done)
      return done;
  }
  for (rocksdb::ColumnFamilyHandle* family : {database.index(), database.records()})
    if (const auto done = database.status(database.db().Flush(rocksdb::FlushOptions(), family));
        !done)
      return done;
  recent.drop_frozen();
  return {};
}

} // namespace rookery::storage

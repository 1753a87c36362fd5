#include "storage/rocksdb/checkpoint.h"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <algorithm>

#include "storage/coding.h"

namespace rookery::storage {
namespace {

/// Rows in key order into one table file.
class TableWriter {
public:
  explicit TableWriter(const Database& database)
      : writer_(rocksdb::EnvOptions(), database.index_options(), database.index()) {}

  void open(const std::string& path) { status_ = writer_.Open(path); }
  void put(std::string_view key, std::string_view value) {
    if (status_.ok())
      status_ = writer_.Put({key.data(), key.size()}, {value.data(), value.size()});
  }
  rocksdb::Status finish() { return status_.ok() ? writer_.Finish() : status_; }

private:
  rocksdb::SstFileWriter writer_;
  rocksdb::Status status_;
};

void put_logs(TableWriter& table, const RecentIndex& recent) {
  recent.for_each_frozen([&](Owner owner, const RecentIndex::Blocks& blocks) {
    const std::string prefix = log_prefix(owner);
    for (const auto& block : blocks)
      if (!block->empty())
        table.put(block_key(prefix, block->last_id()), block->bytes());
  });
}

void put_state(TableWriter& table, const CheckpointState& state) {
  table.put(kIndexStateKey, state.index.encode());
  for (const auto& [segment, bodies] : state.bodies) {
    std::string value;
    put_fixed(value, bodies);
    table.put(segment_bodies_key(segment), value);
  }
}

void put_tags(TableWriter& table, const RecentIndex& recent) {
  std::vector<IndexEntry> entries;
  recent.for_each_frozen([&](Owner owner, const RecentIndex::Blocks& blocks) {
    entries.clear();
    for (const auto& block : blocks)
      (void)decode_block(block->bytes(), entries);
    std::ranges::stable_sort(entries, {}, &IndexEntry::tag);
    for (std::size_t i = 0; i < entries.size();) {
      const std::string prefix = tag_prefix(owner, entries[i].tag);
      const std::uint64_t tag = entries[i].tag;
      while (i < entries.size() && entries[i].tag == tag) {
        BlockBuilder block;
        for (; i < entries.size() && entries[i].tag == tag && !block.full(); ++i)
          block.add(entries[i]);
        table.put(block_key(prefix, block.last_id()), block.bytes());
      }
    }
  });
}

} // namespace

Status write_checkpoint(Database& database, RecentIndex& recent, const CheckpointState& state,
                        const std::string& table_path) {
  TableWriter table(database);
  table.open(table_path);
  put_logs(table, recent); // kinds of keys in their order: E, M, S, T
  put_state(table, state);
  put_tags(table, recent);
  if (const auto done = database.status(table.finish()); !done)
    return done;

  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.write_global_seqno = false;
  if (const auto done = database.status(
          database.db().IngestExternalFile(database.index(), {table_path}, options));
      !done)
    return done;
  if (const auto done =
          database.status(database.db().Flush(rocksdb::FlushOptions(), database.records()));
      !done)
    return done;
  recent.drop_frozen();
  return {};
}

} // namespace rookery::storage

// Finds the entries of a log: recent ones in memory, the rest in RocksDB, without those that are
// hidden. Any thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/rocksdb/database.h"
#include "storage/rocksdb/entry_block.h"
#include "storage/rocksdb/hidden_ranges.h"
#include "storage/rocksdb/recent_index.h"
#include "storage/store.h"

namespace rookery::storage {

struct IndexPage {
  std::vector<IndexEntry> entries; // in the order asked for
  bool complete = true;
};

class LogIndex {
public:
  LogIndex(const Database& database, const RecentIndex& recent, const HiddenRanges& hidden)
      : database_(database), recent_(recent), hidden_(hidden) {}

  [[nodiscard]] Result<IndexPage> page(const LogQuery& query) const;
  [[nodiscard]] Result<TagPage> tags(const TagQuery& query) const;

  /// Blocks in RocksDB under `prefix` (keys.h) that may hold ids in (after, before), ascending or
  /// descending; `visit` returns false to stop.
  using BlockVisitor =
      std::function<bool(std::string_view key, std::span<const IndexEntry> entries)>;
  Status visit_stored(const std::string& prefix, std::uint64_t after, std::uint64_t before,
                      bool newest_first, const BlockVisitor& visit) const;
  /// Whether RocksDB has the entry, hidden or not.
  [[nodiscard]] Result<bool> stored(Owner owner, std::uint64_t id) const;

private:
  const Database& database_;
  const RecentIndex& recent_;
  const HiddenRanges& hidden_;
};

} // namespace rookery::storage

// The reading half of the store, each call doing its work at once: run by the worker pool, but for
// what is told that it may not wait. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/rocksdb/body_reader.h"
#include "storage/rocksdb/database.h"
#include "storage/rocksdb/log_index.h"
#include "storage/rocksdb/segments.h"
#include "storage/store.h"

namespace rookery::storage {

class Reader {
public:
  Reader(const Database& database, const LogIndex& index, SegmentFiles& files)
      : database_(database), index_(index), files_(files), bodies_(files) {}

  [[nodiscard]] Result<LogPage> read(const LogQuery& query) const;
  [[nodiscard]] Result<LogPage> read_ids(Owner log, std::span<const EntryId> ids) const;
  /// nullopt: it would have to wait for the disk, and was told not to.
  template <class T> using Cached = std::optional<Result<T>>;
  [[nodiscard]] Cached<std::optional<std::string>> get(Owner owner, std::string_view keyspace,
                                                       std::string_view key, bool wait) const;
  /// `query.keyspace` is not looked at: its name may be gone by now; `keyspace` is.
  [[nodiscard]] Result<RecordPage> scan(const RecordQuery& query, std::string_view keyspace) const;
  [[nodiscard]] Cached<std::vector<std::vector<Record>>>
  load(Owner owner, std::span<const std::string> keyspaces, bool wait) const;

private:
  /// Reads the page's bodies; the index of the first that is not what the index says, or the page's
  /// size.
  std::size_t fill(const IndexPage& found, LogPage& page) const;

  const Database& database_;
  const LogIndex& index_;
  SegmentFiles& files_;
  const BodyReader bodies_;
};

} // namespace rookery::storage

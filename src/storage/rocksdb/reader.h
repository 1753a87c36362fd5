// The reading half of the store, each call doing its work at once: run by the worker pool. Any
// thread.
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
  [[nodiscard]] Result<std::optional<std::string>> get(Owner owner, std::string_view keyspace,
                                                       std::string_view key) const;
  /// `query.keyspace` is not looked at: its name may be gone by now; `keyspace` is.
  [[nodiscard]] Result<RecordPage> scan(const RecordQuery& query, std::string_view keyspace) const;
  [[nodiscard]] Result<std::vector<std::vector<Record>>>
  load(Owner owner, std::span<const std::string> keyspaces) const;

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

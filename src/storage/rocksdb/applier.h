// Makes a group that is in the log take effect: in the recent index, the records and the hidden
// ranges. Used by the committer for new groups and by recovery for those RocksDB may lack. One
// thread.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/rocksdb/database.h"
#include "storage/rocksdb/format.h"
#include "storage/rocksdb/hidden_ranges.h"
#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/recent_index.h"

namespace rocksdb {
class WriteBatch;
}

namespace rookery::storage {

/// What RocksDB must be told along with the frozen part of the recent index.
struct CheckpointState {
  IndexState index;
  std::vector<std::pair<std::uint32_t, std::uint64_t>>
      bodies; // of each segment, that it was ever given
};

class Applier {
public:
  Applier(Database& database, RecentIndex& recent, HiddenRanges& hidden, const IndexState& start,
          const std::map<std::uint32_t, std::uint64_t>& bodies);
  ~Applier();

  /// Which of the two column families lack the group (recovery may find one ahead of the other).
  struct Lacking {
    bool index = true;
    bool records = true;
  };
  Status apply(const GroupHeader& header, std::string_view ops, std::string_view bodies,
               Lacking lacking);

  /// Freezes the recent index and says what goes with it; puts the position to the records as well.
  Result<CheckpointState> freeze();

  /// Once, before the first checkpoint: a new store's number is known only after recovery.
  void set_store(std::uint64_t store) { state_.store = store; }
  [[nodiscard]] std::uint64_t last_id() const { return state_.last_id; }
  [[nodiscard]] Position applied() const { return state_.applied; }

private:
  class Visitor;
  Status write();

  Database& database_;
  RecentIndex& recent_;
  HiddenRanges& hidden_;
  const std::unique_ptr<rocksdb::WriteBatch> batch_;
  IndexState state_;
  std::map<std::uint32_t, std::uint64_t> bodies_;       // of segments that got some since the start
  std::map<std::uint32_t, std::uint64_t> start_bodies_; // as RocksDB had them at the start
};

} // namespace rookery::storage

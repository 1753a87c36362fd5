// Group commit: one thread takes all batches that came meanwhile, writes them to the log as one
// group, syncs once, makes them take effect, and runs their completions. It never waits in order to
// collect more: the next group collects while this one syncs.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "storage/rocksdb/applier.h"
#include "storage/rocksdb/failure.h"
#include "storage/rocksdb/maintenance.h"
#include "storage/rocksdb/segments.h"
#include "storage/store.h"

namespace rookery::storage {

class Committer {
public:
  /// A group closes when it has this much; the rest makes the next one.
  static constexpr std::size_t kGroupBytesMax = 4 * 1024 * 1024;

  struct Parts {
    Applier& applier;
    RecentIndex& recent;
    HiddenRanges& hidden;
    SegmentWriter& writer;
    Maintenance& maintenance;
    Failure& failure;
    const Clock& clock;
  };
  struct Options {
    std::uint64_t store = 0;
    Durability durability = Durability::kPower;
    std::size_t recent_bytes = 0; // of the recent index, before a checkpoint
    std::uint64_t log_bytes = 0;  // of the log, before a checkpoint: bounds the time of a recovery
    Milliseconds idle{};          // without a commit, before a checkpoint
  };
  Committer(Parts parts, Options options) : parts_(parts), options_(options) {}

  void start();
  /// Any thread. False once stop() has begun; `done` is untouched then.
  bool commit(Batch& batch, Store::CommitDone& done);
  /// Any thread: makes a checkpoint soon, also when there is nothing to commit.
  void ask_checkpoint();
  /// Completes all that was given, makes a last checkpoint unless the store has failed, and stops.
  void stop();

  /// Without the fields that others know. Any thread.
  [[nodiscard]] Stats stats() const;

private:
  struct Waiting {
    Batch batch;
    Store::CommitDone done;
  };
  /// Written by one thread, read by all.
  struct Counters {
    std::atomic<std::uint64_t> commits = 0, syncs = 0, entries = 0, bytes_written = 0,
                               sync_microseconds = 0;
  };

  void run();
  void commit_all(std::vector<Waiting>& waiting);
  Status commit_group(std::span<Waiting> group);
  void encode(std::span<Waiting> group, GroupHeader& header);
  void give_ids(const Batch& batch, std::uint64_t first_id);
  Status write(std::size_t commits);
  void complete(std::span<Waiting> group, const Status& status);
  /// Until there is something to do. False: there was not, for so long that a checkpoint is due.
  [[nodiscard]] bool wait(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] std::uint64_t log_bytes_since_checkpoint() const;
  void checkpoint_if_due(bool asked);
  Status make_checkpoint();

  Parts parts_;
  const Options options_;
  Counters counters_;
  std::atomic<std::uint64_t> queue_bytes_ = 0;

  std::mutex mutex_; // guards the next five
  std::condition_variable wake_;
  std::vector<Waiting> queue_;
  bool sleeping_ = false;
  bool checkpoint_asked_ = false;
  bool stopping_ = false;

  // The thread's own, kept to save allocations.
  std::string buffer_;
  std::vector<EntryId> ids_;
  std::uint64_t checkpoint_log_bytes_ = 0; // bytes_written at the last checkpoint
  std::thread thread_;
};

} // namespace rookery::storage

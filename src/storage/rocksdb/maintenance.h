// What the store does beside commits and reads, on a thread of its own: checkpoints, erasure,
// removing dead segments; and the pauses that a backup needs.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.h"
#include "storage/rocksdb/applier.h"
#include "storage/rocksdb/database.h"
#include "storage/rocksdb/eraser.h"
#include "storage/rocksdb/failure.h"
#include "storage/rocksdb/hidden_ranges.h"
#include "storage/rocksdb/log_index.h"
#include "storage/rocksdb/segments.h"

namespace rookery::storage {

class Maintenance {
public:
  struct Parts {
    Database& database;
    RecentIndex& recent;
    HiddenRanges& hidden;
    const LogIndex& index;
    SegmentFiles& files;
    SegmentWriter& writer;
    Failure& failure;
    Log& log;
  };
  /// `erase_delay`: how long erasures may
  /// collect before a checkpoint is asked for on their behalf. `ask_checkpoint` wakes the
  /// committer.
  Maintenance(Parts parts, SegmentTallies tallies, Milliseconds erase_delay,
              std::function<void()> ask_checkpoint);
  ~Maintenance();

  void start();
  /// Finishes the checkpoint it was given, if any, and stops.
  void stop();

  /// From the committer: the recent index is frozen, write it down.
  void checkpoint(CheckpointState state);
  /// From the committer: there are new erasures.
  void erasures_came();
  /// From the committer: whether a checkpoint is under way; only if not, another may be given.
  [[nodiscard]] bool busy();
  void wait_idle();

  /// While one lives, no byte of a segment is overwritten and none is removed. Made by any thread;
  /// waits for an erasure under way.
  class Pause {
  public:
    explicit Pause(Maintenance& maintenance);
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

  private:
    Maintenance& maintenance_;
  };

private:
  void run();
  void run_checkpoint(CheckpointState state, std::unique_lock<std::mutex>& lock);
  void erase(Position applied);
  Status remove_dead_segments(Position applied);

  Parts parts_;
  SegmentTallies tallies_;
  const Milliseconds erase_delay_;
  const std::function<void()> ask_checkpoint_;
  Eraser eraser_;

  std::mutex mutex_;             // guards all below
  std::condition_variable wake_; // the thread's
  std::condition_variable idle_; // of those who wait for it
  std::optional<CheckpointState> given_;
  bool checkpointing_ = false;
  bool erasing_ = false;
  bool erasures_new_ = false;
  int pauses_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace rookery::storage

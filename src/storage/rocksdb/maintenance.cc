#include "storage/rocksdb/maintenance.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <utility>

#include "base/assert.h"
#include "base/thread_cache.h"
#include "storage/rocksdb/checkpoint.h"

namespace rookery::storage {

Maintenance::Maintenance(Parts parts, SegmentTallies tallies, Milliseconds erase_delay,
                         std::function<void()> ask_checkpoint)
    : parts_(parts), tallies_(std::move(tallies)), erase_delay_(erase_delay),
      ask_checkpoint_(std::move(ask_checkpoint)),
      eraser_(parts.database, parts.files, parts.index, parts.hidden, tallies_) {}

Maintenance::~Maintenance() { ROOKERY_ASSERT(!thread_.joinable()); }

void Maintenance::start() {
  erasures_new_ = parts_.hidden.count() > 0; // those a crash left over
  thread_ = std::thread([this] { run(); });
}

void Maintenance::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Maintenance::checkpoint(CheckpointState state) {
  {
    const std::lock_guard lock(mutex_);
    ROOKERY_ASSERT(!given_ && !checkpointing_);
    given_ = std::move(state);
  }
  wake_.notify_one();
}

void Maintenance::erasures_came() {
  {
    const std::lock_guard lock(mutex_);
    erasures_new_ = true;
  }
  wake_.notify_one();
}

bool Maintenance::busy() {
  const std::lock_guard lock(mutex_);
  return given_ || checkpointing_;
}

void Maintenance::wait_idle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [&] { return !given_ && !checkpointing_; });
}

void Maintenance::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wait_and_rest(wake_, lock,
                  [&] { return stopping_ || given_ || (erasures_new_ && pauses_ == 0); });
    if (given_) {
      run_checkpoint(*std::exchange(given_, std::nullopt), lock);
    } else if (stopping_) {
      return;
    } else {
      erasures_new_ = false;
      // Lets erasures collect; whatever else there is to do ends the wait.
      wake_.wait_for(lock, erase_delay_, [&] { return stopping_ || given_.has_value(); });
      if (stopping_ || given_)
        continue;
      lock.unlock();
      ask_checkpoint_(); // the erasures follow it
      lock.lock();
    }
  }
}

void Maintenance::run_checkpoint(CheckpointState taken, std::unique_lock<std::mutex>& lock) {
  checkpointing_ = true;
  lock.unlock();
  Status done = parts_.writer.sync(); // no index entry may be durable before its body
  if (done)
    done = write_checkpoint(parts_.database, parts_.recent, taken);
  if (!done)
    parts_.failure.set(done.error());
  for (const auto& [segment, bodies] : taken.bodies)
    tallies_[segment].bodies = bodies;
  lock.lock();
  checkpointing_ = false;
  idle_.notify_all();
  if (pauses_ > 0 || stopping_ || parts_.failure.happened()) {
    erasures_new_ = parts_.hidden.count() > 0;
    return;
  }
  erasing_ = true;
  lock.unlock();
  erase(taken.index.applied);
  lock.lock();
  erasing_ = false;
  idle_.notify_all();
}

void Maintenance::erase(Position applied) {
  std::vector<Erasure> ready = parts_.hidden.all();
  std::erase_if(ready, [&](const Erasure& erasure) { return erasure.group >= applied; });
  Status done;
  if (!ready.empty())
    done = eraser_.run(ready, applied);
  if (done)
    done = remove_dead_segments(applied);
  if (!done)
    parts_.failure.set(done.error());
}

Status Maintenance::remove_dead_segments(Position applied) {
  rocksdb::WriteBatch forgotten;
  const auto segments = parts_.files.list();
  if (!segments)
    return std::unexpected(segments.error());
  for (const std::uint32_t segment : *segments) {
    if (segment >= applied.segment)
      break;
    const auto tally = tallies_.find(segment);
    if (tally != tallies_.end() && tally->second.bodies > tally->second.erased)
      continue;
    if (const auto removed = parts_.files.remove(segment); !removed)
      return disk_error(removed.error(), "remove a segment", parts_.files.path(segment));
    parts_.log.at(LogLevel::kInfo, "storage", "removed a segment that nothing refers to segment={}",
                  segment);
    if (tally == tallies_.end())
      continue;
    forgotten.Delete(parts_.database.index(), segment_bodies_key(segment));
    forgotten.Delete(parts_.database.index(), segment_erased_key(segment));
    tallies_.erase(tally);
  }
  if (forgotten.Count() == 0)
    return {};
  rocksdb::WriteOptions options;
  options.disableWAL =
      true; // lost in a crash: keys of segments that are not there, forgotten at the next start
  return parts_.database.status(parts_.database.db().Write(options, &forgotten));
}

Maintenance::Pause::Pause(Maintenance& maintenance) : maintenance_(maintenance) {
  std::unique_lock lock(maintenance_.mutex_);
  ++maintenance_.pauses_;
  maintenance_.idle_.wait(lock, [&] { return !maintenance_.erasing_; });
}

Maintenance::Pause::~Pause() {
  {
    const std::lock_guard lock(maintenance_.mutex_);
    --maintenance_.pauses_;
  }
  maintenance_.wake_.notify_one();
}

} // namespace rookery::storage

#include "storage/rocksdb/committer.h"

#include <algorithm>
#include <utility>

#include "base/thread_cache.h"
#include "storage/batch.h"
#include "storage/coding.h"
#include "storage/crc32c.h"

namespace rookery::storage {
namespace {

/// How far the recent index may outgrow its limit while a checkpoint is under way before commits
/// wait for it.
constexpr std::size_t kRecentOverrun = 4;
/// Less than this is not worth a checkpoint of its own.
constexpr std::uint64_t kIdleLogBytes = 512 * 1024;
/// A larger buffer is not kept for the next group.
constexpr std::size_t kBufferKeepBytes = 1024 * 1024;

void add(std::atomic<std::uint64_t>& counter, std::uint64_t value) {
  counter.store(counter.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
}

} // namespace

void Committer::start() {
  thread_ = std::thread([this] { run(); });
}

bool Committer::commit(Batch& batch, Store::CommitDone& done) {
  const std::size_t bytes = batch.bytes();
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_)
      return false;
    queue_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    queue_.push_back({std::move(batch), std::move(done)});
    wake = std::exchange(sleeping_, false);
  }
  if (wake)
    wake_.notify_one();
  return true;
}

void Committer::ask_checkpoint() {
  {
    const std::lock_guard lock(mutex_);
    checkpoint_asked_ = true;
  }
  wake_.notify_one();
}

void Committer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::run() {
  std::vector<Waiting> waiting;
  std::unique_lock lock(mutex_);
  for (;;) {
    const bool idle = !wait(lock);
    if (stopping_ && queue_.empty())
      break;
    std::swap(waiting, queue_);
    const bool asked = std::exchange(checkpoint_asked_, false) || idle;
    lock.unlock();
    commit_all(waiting);
    checkpoint_if_due(asked);
    lock.lock();
  }
  lock.unlock();
  parts_.maintenance.wait_idle();
  if (parts_.failure.happened())
    return;
  Status done = make_checkpoint();
  parts_.maintenance.wait_idle();
  if (done && !parts_.failure.happened())
    done = parts_.writer.seal();
  if (!done)
    parts_.failure.set(done.error());
}

bool Committer::wait(std::unique_lock<std::mutex>& lock) {
  const auto woken = [this] { return stopping_ || checkpoint_asked_ || !queue_.empty(); };
  sleeping_ = true;
  bool something = true;
  if (log_bytes_since_checkpoint() < kIdleLogBytes || parts_.failure.happened())
    wait_and_rest(wake_, lock, woken);
  else
    something = wake_.wait_for(lock, options_.idle, woken);
  sleeping_ = false;
  return something;
}

void Committer::commit_all(std::vector<Waiting>& waiting) {
  for (std::size_t begin = 0; begin < waiting.size();) {
    std::size_t end = begin, bytes = 0;
    while (end < waiting.size() &&
           (end == begin || bytes + waiting[end].batch.bytes() <= kGroupBytesMax))
      bytes += waiting[end++].batch.bytes();
    const std::span<Waiting> group = std::span(waiting).subspan(begin, end - begin);
    Status status;
    if (parts_.failure.happened())
      status = std::unexpected(parts_.failure.error());
    else
      status = commit_group(group);
    if (!status)
      parts_.failure.set(status.error());
    queue_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    complete(group, status);
    begin = end;
  }
  waiting.clear();
}

void Committer::encode(std::span<Waiting> group, GroupHeader& header) {
  buffer_.assign(GroupHeader::kBytes, '\0');
  for (const Waiting& one : group)
    buffer_ += BatchReader::ops(one.batch);
  header.ops_bytes = static_cast<std::uint32_t>(buffer_.size() - GroupHeader::kBytes);
  header.ops_crc = crc32c(std::string_view(buffer_).substr(GroupHeader::kBytes));
  for (const Waiting& one : group) {
    buffer_ += BatchReader::bodies(one.batch);
    header.appends += BatchReader::appends(one.batch);
  }
  header.bodies_bytes =
      static_cast<std::uint32_t>(buffer_.size() - GroupHeader::kBytes - header.ops_bytes);
  buffer_.resize(header.total() - sizeof GroupHeader::kTrailer);
  put_fixed(buffer_, GroupHeader::kTrailer);
}

Status Committer::commit_group(std::span<Waiting> group) {
  GroupHeader header;
  encode(group, header);
  ids_.clear();
  if (header.ops_bytes == 0)
    return {}; // empty batches only: nothing to keep
  if (const auto room = parts_.writer.make_room(buffer_.size()); !room)
    return room;

  const auto now = std::max<std::int64_t>(0, parts_.clock.wall().time_since_epoch().count());
  header.store = options_.store;
  header.at = parts_.writer.end();
  header.synced = parts_.writer.synced();
  header.first_id = std::max(parts_.applier.last_id() + 1, static_cast<std::uint64_t>(now));
  header.encode(buffer_.data());
  if (const auto written = write(group.size()); !written)
    return written;

  for (const Waiting& one : group)
    give_ids(one.batch, header.first_id);
  const std::string_view bytes = buffer_;
  const std::size_t erasures = parts_.hidden.count();
  const auto applied = parts_.applier.apply(
      header, bytes.substr(GroupHeader::kBytes, header.ops_bytes),
      bytes.substr(GroupHeader::kBytes + header.ops_bytes, header.bodies_bytes), {});
  if (parts_.hidden.count() > erasures)
    parts_.maintenance.erasures_came();
  add(counters_.entries, header.appends);
  return applied;
}

void Committer::give_ids(const Batch& batch, std::uint64_t first_id) {
  if (BatchReader::inserts(batch) == 0) {
    for (std::uint32_t i = 0; i < BatchReader::appends(batch); ++i)
      ids_.emplace_back(first_id + ids_.size());
    return;
  }
  BatchReader reader(batch);
  while (const auto op = reader.next())
    if (const auto* append = std::get_if<AppendOp>(&*op))
      ids_.push_back(append->given != kBeforeAll ? append->given : EntryId{first_id + ids_.size()});
}

Status Committer::write(std::size_t commits) {
  if (const auto written = parts_.writer.write(buffer_); !written)
    return written;
  add(counters_.bytes_written, buffer_.size());
  if (options_.durability == Durability::kPower) {
    const MonoTime before = parts_.clock.mono();
    if (const auto synced = parts_.writer.sync(); !synced)
      return synced;
    add(counters_.sync_microseconds,
        static_cast<std::uint64_t>((parts_.clock.mono() - before).count()));
  }
  add(counters_.syncs, 1);
  add(counters_.commits, commits);
  return {};
}

void Committer::complete(std::span<Waiting> group, const Status& status) {
  std::size_t first = 0;
  for (Waiting& one : group) {
    const std::size_t appends = BatchReader::appends(one.batch);
    if (status)
      one.done(Committed{std::span(ids_).subspan(first, appends)});
    else
      one.done(std::unexpected(status.error()));
    first += appends;
    one.done = nullptr;
  }
  if (buffer_.capacity() > kBufferKeepBytes || is_oversized(buffer_))
    buffer_ = std::string();
}

std::uint64_t Committer::log_bytes_since_checkpoint() const {
  return counters_.bytes_written.load(std::memory_order_relaxed) - checkpoint_log_bytes_;
}

void Committer::checkpoint_if_due(bool asked) {
  if (parts_.failure.happened())
    return;
  const std::size_t recent = parts_.recent.bytes();
  if (!asked && recent < options_.recent_bytes && log_bytes_since_checkpoint() < options_.log_bytes)
    return;
  if (parts_.maintenance.busy()) {
    // Who asks is the maintenance itself, when it had none: one that came since serves as well.
    if (recent < options_.recent_bytes * kRecentOverrun)
      return;
    parts_.maintenance.wait_idle();
    if (parts_.failure.happened())
      return;
  }
  if (const auto done = make_checkpoint(); !done)
    parts_.failure.set(done.error());
}

Status Committer::make_checkpoint() {
  auto state = parts_.applier.freeze();
  if (!state)
    return std::unexpected(state.error());
  checkpoint_log_bytes_ = counters_.bytes_written.load(std::memory_order_relaxed);
  parts_.maintenance.checkpoint(std::move(*state));
  return {};
}

Stats Committer::stats() const {
  Stats stats;
  stats.commits = counters_.commits.load(std::memory_order_relaxed);
  stats.syncs = counters_.syncs.load(std::memory_order_relaxed);
  stats.entries = counters_.entries.load(std::memory_order_relaxed);
  stats.bytes_written = counters_.bytes_written.load(std::memory_order_relaxed);
  stats.sync_microseconds = counters_.sync_microseconds.load(std::memory_order_relaxed);
  stats.queue_bytes = queue_bytes_.load(std::memory_order_relaxed);
  return stats;
}

} // namespace rookery::storage

#include "storage/rocksdb/recent_index.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace rookery::storage {
namespace {

/// Of a log's first entry: the map's node and the block.
constexpr std::size_t kLogOverheadBytes = 192;

bool intersects(const BlockBuilder& block, EntryId after, EntryId before) {
  return !block.empty() && block.last_id() > after.value && block.first_id() < before.value;
}

} // namespace

RecentIndex::RecentIndex() : active_(std::make_shared<Generation>()) {}

void RecentIndex::add(Owner owner, const IndexEntry& entry) {
  Generation& generation = *active_; // only this thread changes the pointer
  Shard& shard = generation.shard(owner);
  const std::lock_guard lock(shard.mutex);
  Log& log = shard.logs[owner.value];
  std::size_t grown = log.open.empty() && log.full.empty() ? kLogOverheadBytes : 0;
  if (log.open.full())
    log.full.push_back(
        std::make_shared<const BlockBuilder>(std::exchange(log.open, BlockBuilder{})));
  const std::size_t before = log.open.bytes().size();
  log.open.add(entry);
  grown += log.open.bytes().size() - before;
  generation.bytes.store(generation.bytes.load(std::memory_order_relaxed) + grown,
                         std::memory_order_relaxed);
}

std::size_t RecentIndex::bytes() const { return active_->bytes.load(std::memory_order_relaxed); }

void RecentIndex::freeze() {
  const std::lock_guard lock(mutex_);
  ROOKERY_ASSERT(!frozen_);
  frozen_ = std::exchange(active_, std::make_shared<Generation>());
}

void RecentIndex::for_each_frozen(const std::function<void(Owner, const Blocks&)>& visit) const {
  // Nobody changes a frozen generation, and only the caller drops it: no locks needed beyond this
  // point.
  const auto generation = [&] {
    const std::lock_guard lock(mutex_);
    return frozen_;
  }();
  ROOKERY_ASSERT(generation);
  std::vector<std::pair<std::uint64_t, const Log*>> logs;
  for (const Shard& shard : generation->shards)
    for (const auto& [owner, log] : shard.logs)
      logs.emplace_back(owner, &log);
  std::ranges::sort(logs);
  for (const auto& [owner, log] : logs) {
    Blocks all = log->full;
    all.emplace_back(std::shared_ptr<const BlockBuilder>{}, &log->open);
    visit(Owner{owner}, all);
  }
}

void RecentIndex::drop_frozen() {
  std::shared_ptr<Generation> dropped; // freed outside of the lock
  const std::lock_guard lock(mutex_);
  dropped = std::exchange(frozen_, nullptr);
}

void RecentIndex::collect(Generation& generation, Owner owner, EntryId after, EntryId before,
                          Blocks& out) {
  Shard& shard = generation.shard(owner);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.logs.find(owner.value);
  if (found == shard.logs.end())
    return;
  for (const auto& block : found->second.full)
    if (intersects(*block, after, before))
      out.push_back(block);
  if (intersects(found->second.open, after, before))
    out.push_back(std::make_shared<const BlockBuilder>(found->second.open));
}

RecentIndex::Blocks RecentIndex::blocks(Owner owner, EntryId after, EntryId before) const {
  std::shared_ptr<Generation> frozen, active;
  {
    const std::lock_guard lock(mutex_);
    frozen = frozen_;
    active = active_;
  }
  Blocks out;
  if (frozen)
    collect(*frozen, owner, after, before, out);
  collect(*active, owner, after, before, out);
  return out;
}

} // namespace rookery::storage

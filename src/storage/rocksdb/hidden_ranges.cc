#include "storage/rocksdb/hidden_ranges.h"

#include <algorithm>

namespace rookery::storage {
namespace {

bool same(const Erasure& a, const Erasure& b) { return a.group == b.group && a.number == b.number; }

} // namespace

void HiddenRanges::add(const Erasure& erasure) {
  const std::lock_guard lock(mutex_);
  auto& list = by_owner_[erasure.owner.value];
  // A replay after a crash meets erasures that were loaded before.
  if (std::ranges::any_of(list, [&](const Erasure& other) { return same(other, erasure); }))
    return;
  list.push_back(erasure);
  count_.fetch_add(1, std::memory_order_release);
}

void HiddenRanges::remove(const Erasure& erasure) {
  const std::lock_guard lock(mutex_);
  const auto found = by_owner_.find(erasure.owner.value);
  if (found == by_owner_.end())
    return;
  const auto removed =
      std::erase_if(found->second, [&](const Erasure& other) { return same(other, erasure); });
  count_.fetch_sub(removed, std::memory_order_release);
  if (found->second.empty())
    by_owner_.erase(found);
}

HiddenRanges::OfOwner HiddenRanges::of(Owner owner) const {
  OfOwner out;
  if (count_.load(std::memory_order_acquire) == 0)
    return out;
  const std::lock_guard lock(mutex_);
  if (const auto found = by_owner_.find(owner.value); found != by_owner_.end())
    for (const Erasure& erasure : found->second)
      out.ranges_.emplace_back(erasure.after, erasure.through);
  return out;
}

std::vector<Erasure> HiddenRanges::all() const {
  std::vector<Erasure> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [owner, list] : by_owner_)
    out.insert(out.end(), list.begin(), list.end());
  std::ranges::sort(out, {}, [](const Erasure& e) { return std::pair(e.group, e.number); });
  return out;
}

} // namespace rookery::storage

// Erasures that took effect and whose entries the index still has: what reads must not show
// meanwhile. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "storage/rocksdb/keys.h"

namespace rookery::storage {

class HiddenRanges {
public:
  /// Of one owner, at one moment.
  class OfOwner {
  public:
    [[nodiscard]] bool covers(std::uint64_t id) const {
      for (const auto& [after, through] : ranges_)
        if (id > after && id <= through)
          return true;
      return false;
    }

  private:
    friend class HiddenRanges;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges_;
  };

  void add(const Erasure& erasure);
  /// The index has no such entries any more.
  void remove(const Erasure& erasure);
  [[nodiscard]] OfOwner of(Owner owner) const;
  /// Those waiting, oldest first.
  [[nodiscard]] std::vector<Erasure> all() const;
  [[nodiscard]] std::size_t count() const { return count_.load(std::memory_order_relaxed); }

private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::vector<Erasure>> by_owner_;
  std::atomic<std::size_t> count_ = 0; // lets reads skip the lock: mostly it is 0
};

} // namespace rookery::storage

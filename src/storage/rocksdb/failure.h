// The one-way door of Store: once the disk refused something, the store has failed until a restart.
// Any thread.
#pragma once

#include <atomic>
#include <mutex>

#include "base/log.h"
#include "base/result.h"

namespace rookery::storage {

class Failure {
public:
  explicit Failure(Log& log) : log_(log) {}

  [[nodiscard]] bool happened() const { return happened_.load(std::memory_order_acquire); }
  /// Meaningful once it happened: the first one.
  [[nodiscard]] Error error() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }
  void set(Error error) {
    const std::lock_guard lock(mutex_);
    if (happened())
      return;
    log_.at(LogLevel::kError, "storage", "the store has failed and accepts nothing more: {}",
            error.text());
    error_ = std::move(error);
    happened_.store(true, std::memory_order_release);
  }

private:
  Log& log_;
  mutable std::mutex mutex_;
  Error error_;
  std::atomic<bool> happened_ = false;
};

} // namespace rookery::storage

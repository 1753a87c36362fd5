// One sign-in of a device at a time: what the next one reads of its token is what the one before
// has left (XEP-0484 §3.4: a count is taken once), and none writes over what another has changed.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

#include "runtime/loop.h"

namespace rookery::server {

/// Belongs to the homes of its thread, as do the turns it gives.
class DeviceTurns {
public:
  /// Held from before the device's records are read until what is changed of them can be read. The
  /// next one begins, in a turn of the loop of its own, when this is gone.
  class Turn {
  public:
    Turn() = default;
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), device_(std::move(other.device_)) {}
    Turn& operator=(Turn&& other) noexcept {
      std::swap(turns_, other.turns_);
      std::swap(device_, other.device_);
      return *this;
    }
    ~Turn() {
      if (turns_ != nullptr)
        turns_->next(device_);
    }

  private:
    friend class DeviceTurns;
    Turn(DeviceTurns& turns, std::string device) : turns_(&turns), device_(std::move(device)) {}

    DeviceTurns* turns_ = nullptr;
    std::string device_;
  };
  using Then = std::move_only_function<void(Turn)>;

  explicit DeviceTurns(runtime::Loop& loop) : loop_(loop) {}

  /// Calls `then` at once where nobody has the turn, else when all before have had theirs.
  void take(std::string device, Then then) {
    const auto [place, free] = waiting_.try_emplace(device);
    if (!free)
      return place->second.push_back(std::move(then));
    then(Turn(*this, std::move(device)));
  }

  /// Nobody gets a turn any more, and those that are held may be given up.
  void close() { waiting_.clear(); }

private:
  void next(const std::string& device) {
    const auto place = waiting_.find(device);
    if (place == waiting_.end())
      return; // closed
    if (place->second.empty()) {
      waiting_.erase(place);
      return;
    }
    Then then = std::move(place->second.front());
    place->second.pop_front();
    loop_.post(
        [turn = Turn(*this, device), then = std::move(then)]() mutable { then(std::move(turn)); });
  }

  runtime::Loop& loop_;
  /// Devices somebody has the turn of, with those that wait for it.
  std::unordered_map<std::string, std::deque<Then>> waiting_;
};

} // namespace rookery::server

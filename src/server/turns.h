// One at a time for what reads a record, waits, and writes it back: what the next one reads is what
// the one before has left (XEP-0484 §3.4: a count is taken once), and none writes over what another
// has changed.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

#include "runtime/loop.h"

namespace rookery::server {

/// Belongs to the homes of its thread, as do the turns it gives.
class Turns {
public:
  /// Held from before the record is read until what is changed of it can be read. The next one
  /// begins, in a turn of the loop of its own, when this is gone.
  class Turn {
  public:
    Turn() = default;
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), name_(std::move(other.name_)) {}
    Turn& operator=(Turn&& other) noexcept {
      std::swap(turns_, other.turns_);
      std::swap(name_, other.name_);
      return *this;
    }
    ~Turn() {
      if (turns_ != nullptr)
        turns_->next(name_);
    }

  private:
    friend class Turns;
    Turn(Turns& turns, std::string name) : turns_(&turns), name_(std::move(name)) {}

    Turns* turns_ = nullptr;
    std::string name_;
  };
  using Then = std::move_only_function<void(Turn)>;

  explicit Turns(runtime::Loop& loop) : loop_(loop) {}

  /// Calls `then` at once where nobody has the turn, else when all before have had theirs. Once
  /// closed, `then` is dropped.
  void take(std::string name, Then then) {
    if (closed_)
      return;
    const auto [place, free] = waiting_.try_emplace(name);
    if (!free)
      return place->second.push_back(std::move(then));
    then(Turn(*this, std::move(name)));
  }

  /// How many wait for the turn that somebody has.
  [[nodiscard]] std::size_t waiting(const std::string& name) const {
    const auto place = waiting_.find(name);
    return place == waiting_.end() ? 0 : place->second.size();
  }

  /// Nobody gets a turn any more, those who wait for one are dropped, and those that are held may
  /// be given up.
  void close() {
    closed_ = true;
    // What is dropped may give up a turn: it finds nobody.
    const auto dropped = std::exchange(waiting_, {});
  }

private:
  void next(const std::string& name) {
    const auto place = waiting_.find(name);
    if (place == waiting_.end())
      return; // closed
    if (place->second.empty()) {
      waiting_.erase(place);
      return;
    }
    Then then = std::move(place->second.front());
    place->second.pop_front();
    loop_.post(
        [turn = Turn(*this, name), then = std::move(then)]() mutable { then(std::move(turn)); });
  }

  runtime::Loop& loop_;
  bool closed_ = false;
  /// What somebody has the turn of, with those that wait for it.
  std::unordered_map<std::string, std::deque<Then>> waiting_;
};

} // namespace rookery::server

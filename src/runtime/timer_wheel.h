// Timers: a hierarchical wheel of 10 ms ticks. Arming and cancelling cost the same whatever the
// number of timers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace rookery::runtime {

/// A timer that its owner holds by value. Intrusive; destroying it cancels it. Precision: one tick,
/// never early.
class Timer {
public:
  /// The timer is not armed any more when this is called; it may be armed again or destroyed
  /// inside.
  virtual void on_timer() = 0;
  void cancel();
  [[nodiscard]] bool armed() const { return link_ != nullptr; }

protected:
  Timer() = default;
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

private:
  friend class TimerWheel;
  Timer* next_ = nullptr;
  Timer** link_ = nullptr; // what points at this timer: the slot, or the next_ of the one before
  std::uint64_t due_tick_ = 0;
};

/// Not thread-safe. Timers of one tick fire in no particular order.
///
/// Level L has 64 slots of 64^L ticks each. A timer stands in the level of the highest base-64
/// digit in which its due tick differs from the current tick, in the slot of its own digit there.
/// So all timers of a level are due before any of a higher one, a level's slots never wrap, and the
/// next thing to do is the lowest occupied slot of the lowest occupied level: time may jump by
/// years at the cost of one step.
class TimerWheel {
public:
  static constexpr Milliseconds kTick{10};
  /// Longer times are cut to this.
  static constexpr std::chrono::hours kAfterMax{24 * 365 * 100};

  explicit TimerWheel(MonoTime now);
  /// Cancels all.
  ~TimerWheel();
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  /// Arms `timer`, again where it is armed already, to fire in the first advance() that reaches
  /// `now` + `after`.
  void arm(Timer& timer, MonoTime now, Milliseconds after);
  /// Fires all that is due; returns how many.
  std::size_t advance(MonoTime now);
  /// When advance() has something to do next; perhaps only to sort, but never later than the first
  /// timer.
  [[nodiscard]] std::optional<MonoTime> next_due();

private:
  static constexpr unsigned kDigitBits = 6;
  static constexpr std::size_t kSlots = 1u << kDigitBits;
  static constexpr std::size_t kLevels = 7; // 64^7 ticks: 1,394 years

  struct Position {
    std::size_t level;
    std::size_t slot;
    std::uint64_t tick;
  };
  void insert(Timer& timer);
  [[nodiscard]] std::optional<Position> next_position();

  std::uint64_t current_tick_;
  /// Bit set: the slot may hold timers (cancelling leaves it set). Clear: it holds none.
  std::array<std::uint64_t, kLevels> occupied_{};
  std::array<std::array<Timer*, kSlots>, kLevels> slots_{};
};

} // namespace rookery::runtime

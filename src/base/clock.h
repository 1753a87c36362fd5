// Time as an interface, so that a test can stop it, move it on, or make it jump.
#pragma once

#include <chrono>
#include <cstdint>

namespace rookery {

using Microseconds = std::chrono::microseconds;
using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
/// Wall time, may jump either way. Used for what people see: stamps, expiry dates, entry ids.
using WallTime = std::chrono::sys_time<Microseconds>;
/// Monotonic time since some start. Used for timeouts and durations.
using MonoTime = std::chrono::duration<std::int64_t, std::micro>;

/// May be called from any thread.
class Clock {
public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual MonoTime mono() const = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
public:
  [[nodiscard]] WallTime wall() const override {
    return std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now());
  }
  [[nodiscard]] MonoTime mono() const override {
    return std::chrono::duration_cast<MonoTime>(
        std::chrono::steady_clock::now().time_since_epoch());
  }
};

/// A test's clock. Not thread-safe while being set.
class ManualClock final : public Clock {
public:
  [[nodiscard]] WallTime wall() const override { return wall_; }
  [[nodiscard]] MonoTime mono() const override { return mono_; }
  void advance(Microseconds by) {
    wall_ += by;
    mono_ += by;
  }
  void jump_wall(Microseconds by) { wall_ += by; }

private:
  WallTime wall_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  MonoTime mono_{0};
};

} // namespace rookery

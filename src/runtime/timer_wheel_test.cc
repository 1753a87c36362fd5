#include "runtime/timer_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "base/random.h"

namespace rookery::runtime {
namespace {

using namespace std::chrono_literals;

struct TestTimer final : Timer {
  void on_timer() override {
    ++fired;
    if (then)
      then();
  }
  int fired = 0;
  std::function<void()> then;
};

TEST(TimerWheel, FiresAtTheTickNotBefore) {
  TimerWheel wheel(MonoTime(0));
  TestTimer timer;
  wheel.arm(timer, MonoTime(1), 25ms);
  EXPECT_EQ(wheel.advance(25ms), 0u);
  EXPECT_EQ(wheel.advance(29999us), 0u);
  EXPECT_TRUE(timer.armed());
  EXPECT_EQ(wheel.advance(30ms), 1u);
  EXPECT_EQ(timer.fired, 1);
  EXPECT_FALSE(timer.armed());
  EXPECT_EQ(wheel.next_due(), std::nullopt);
}

TEST(TimerWheel, NoWaitMeansTheNextTick) {
  TimerWheel wheel(20ms);
  TestTimer timer;
  wheel.arm(timer, 20ms, 0ms);
  EXPECT_EQ(wheel.next_due(), MonoTime(30ms));
  wheel.arm(timer, 20ms, -5ms);
  EXPECT_EQ(wheel.advance(30ms), 1u);
}

TEST(TimerWheel, CancelAndDestructionDisarm) {
  TimerWheel wheel(MonoTime(0));
  TestTimer kept;
  TestTimer cancelled;
  auto destroyed = std::make_unique<TestTimer>();
  wheel.arm(kept, MonoTime(0), 100ms);
  wheel.arm(cancelled, MonoTime(0), 100ms);
  wheel.arm(*destroyed, MonoTime(0), 100ms);
  cancelled.cancel();
  cancelled.cancel();
  destroyed.reset();
  EXPECT_EQ(wheel.advance(1s), 1u);
  EXPECT_EQ(kept.fired, 1);
  EXPECT_EQ(cancelled.fired, 0);
}

TEST(TimerWheel, ACallbackMayArmAgainAndCancelOthersOfItsTick) {
  TimerWheel wheel(MonoTime(0));
  TestTimer a;
  TestTimer b;
  a.then = [&] { b.cancel(); };
  b.then = [&] { a.cancel(); };
  wheel.arm(a, MonoTime(0), 50ms);
  wheel.arm(b, MonoTime(0), 50ms);
  EXPECT_EQ(wheel.advance(50ms), 1u); // whichever was first silenced the other
  TestTimer again;
  again.then = [&] {
    if (again.fired < 3)
      wheel.arm(again, 50ms, 640ms);
  };
  wheel.arm(again, 50ms, 10ms);
  wheel.advance(10s);
  EXPECT_EQ(again.fired, 3);
}

TEST(TimerWheel, TimersOutliveTheWheel) {
  TestTimer timer;
  {
    TimerWheel wheel(MonoTime(0));
    wheel.arm(timer, MonoTime(0), 1h);
  }
  EXPECT_FALSE(timer.armed());
}

TEST(TimerWheel, ClockJumpsByYears) { // case 58
  TimerWheel wheel(MonoTime(0));
  TestTimer timer;
  wheel.arm(timer, MonoTime(0), std::chrono::hours(24 * 365));
  EXPECT_EQ(wheel.advance(std::chrono::hours(24 * 364)), 0u);
  EXPECT_EQ(wheel.advance(std::chrono::hours(24 * 365 * 20)), 1u);
  wheel.arm(timer, std::chrono::hours(24 * 365 * 20), std::chrono::milliseconds::max());
  EXPECT_TRUE(timer.armed());
}

TEST(TimerWheel, ATimeThatStandsStillOrGoesBackIsHarmless) {
  TimerWheel wheel(1s);
  TestTimer timer;
  wheel.arm(timer, 1s, 10ms);
  EXPECT_EQ(wheel.advance(500ms), 0u);
  wheel.arm(timer, 500ms, 10ms);
  EXPECT_EQ(wheel.advance(1s + 10ms), 1u);
}

TEST(TimerWheel, AgreesWithAListOnRandomTimers) {
  SeededRandom random(7);
  TimerWheel wheel(MonoTime(0));
  MonoTime now{0};
  struct Expected {
    TestTimer timer;
    MonoTime due{0};
    bool armed = false;
  };
  std::vector<std::unique_ptr<Expected>> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(std::make_unique<Expected>());
  for (int round = 0; round < 5000; ++round) {
    for (int i = 0; i < 4; ++i) {
      Expected& one = *all[random.u64() % all.size()];
      if (random.u64() % 4 == 0) {
        one.timer.cancel();
        one.armed = false;
        continue;
      }
      const auto spread = std::uint64_t{1} << (random.u64() % 32);
      const Milliseconds after(static_cast<std::int64_t>(random.u64() % spread));
      wheel.arm(one.timer, now, after);
      one.due = now + after;
      one.armed = true;
    }
    if (const auto due = wheel.next_due()) {
      for (const auto& one : all)
        ASSERT_TRUE(!one->armed || *due < one->due + 2 * TimerWheel::kTick) << "would oversleep";
    }
    now += MonoTime(static_cast<std::int64_t>(random.u64() % (1u << (random.u64() % 30))));
    wheel.advance(now);
    for (const auto& one : all) {
      if (!one->armed)
        continue;
      if (!one->timer.armed()) {
        ASSERT_LE(one->due, now) << "early";
        one->armed = false;
      } else {
        ASSERT_GT(one->due + 2 * TimerWheel::kTick, now) << "late";
      }
    }
  }
}

} // namespace
} // namespace rookery::runtime

#include "runtime/loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "runtime/loop_thread.h"

namespace {
int given_back = 0;
}

/// In jemalloc's place.
extern "C" int mallctl(const char* /*name*/, void* /*old*/, std::size_t* /*old_size*/,
                       void* /*given*/, std::size_t /*given_size*/) {
  ++given_back;
  return 0;
}

namespace rookery::runtime {
namespace {

using namespace std::chrono_literals;

struct TestWatcher final : Watcher {
  void on_ready(bool readable, bool writable) override {
    ++calls;
    if (then)
      then(readable, writable);
  }
  void on_hangup() override { hung_up = true; }
  int calls = 0;
  bool hung_up = false;
  std::function<void(bool, bool)> then;
};

struct TestHook final : TurnEnd {
  void on_turn_end() override {
    ++calls;
    if (then)
      then();
  }
  int calls = 0;
  std::function<void()> then;
};

struct TestTimer final : Timer {
  void on_timer() override { then(); }
  std::function<void()> then;
};

struct Pair {
  Pair() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    a.reset(ends[0]);
    b.reset(ends[1]);
  }
  Descriptor a;
  Descriptor b;
};

class LoopTest : public ::testing::Test {
protected:
  SystemClock clock_;
  Loop loop_{clock_};
};

TEST_F(LoopTest, TellsReadinessOnceAndUnwatchEndsIt) {
  Pair pair;
  TestWatcher watcher;
  ASSERT_TRUE(loop_.watch(pair.a.get(), watcher));
  loop_.turn(0ms);
  EXPECT_EQ(watcher.calls, 1); // writable from the start
  bool readable = false;
  watcher.then = [&](bool r, bool) { readable = r; };
  ASSERT_EQ(::write(pair.b.get(), "x", 1), 1);
  loop_.turn(1s);
  EXPECT_TRUE(readable);
  EXPECT_EQ(watcher.calls, 2);
  loop_.turn(0ms);
  EXPECT_EQ(watcher.calls, 2); // an edge, not a level
  loop_.unwatch(pair.a.get(), watcher);
  ASSERT_EQ(::write(pair.b.get(), "x", 1), 1);
  loop_.turn(0ms);
  EXPECT_EQ(watcher.calls, 2);
}

TEST_F(LoopTest, WatchRefusesWhatEpollRefuses) {
  TestWatcher watcher;
  EXPECT_FALSE(loop_.watch(-1, watcher));
  EXPECT_EQ(errno, EBADF);
}

TEST_F(LoopTest, HangupComesBeforeTheReadinessThatTellsIt) {
  Pair pair;
  TestWatcher watcher;
  ASSERT_TRUE(loop_.watch(pair.a.get(), watcher));
  loop_.turn(0ms);
  EXPECT_FALSE(watcher.hung_up);
  bool known_in_time = false;
  watcher.then = [&](bool readable, bool) { known_in_time = readable && watcher.hung_up; };
  pair.b.reset();
  loop_.turn(1s);
  EXPECT_TRUE(known_in_time);
  loop_.unwatch(pair.a.get(), watcher);
}

TEST_F(LoopTest, UnwatchSilencesEventsAlreadyFound) {
  Pair one;
  Pair two;
  TestWatcher first;
  TestWatcher second;
  ASSERT_TRUE(loop_.watch(one.a.get(), first));
  ASSERT_TRUE(loop_.watch(two.a.get(), second));
  first.then = [&](bool, bool) { loop_.unwatch(two.a.get(), second); };
  second.then = [&](bool, bool) { loop_.unwatch(one.a.get(), first); };
  loop_.turn(0ms);
  loop_.turn(0ms);
  EXPECT_EQ(first.calls + second.calls, 1);
}

TEST_F(LoopTest, AgainIsNextTurnOncePerTurnAndWithoutSleep) {
  Pair pair;
  TestWatcher watcher;
  ASSERT_TRUE(loop_.watch(pair.a.get(), watcher));
  loop_.turn(0ms);
  watcher.calls = 0;
  watcher.then = [&](bool readable, bool) {
    EXPECT_TRUE(readable);
    if (watcher.calls < 3)
      loop_.again(watcher);
  };
  loop_.again(watcher);
  loop_.again(watcher);
  for (int turn = 1; turn <= 3; ++turn) {
    loop_.turn(1h);
    EXPECT_EQ(watcher.calls, turn);
  }
  loop_.again(watcher);
  loop_.unwatch(pair.a.get(), watcher);
  loop_.turn(0ms);
  EXPECT_EQ(watcher.calls, 3);
}

TEST_F(LoopTest, TurnEndsRunLastInOrderAndMayRegisterMore) {
  std::string order;
  TestHook first;
  TestHook second;
  TestHook dropped;
  second.then = [&] { order += 'b'; };
  first.then = [&] {
    order += 'a';
    loop_.at_turn_end(second);
  };
  loop_.post([&] {
    order += 'm';
    loop_.at_turn_end(first);
    loop_.at_turn_end(first);
    TestHook gone;
    loop_.at_turn_end(gone);
  });
  loop_.turn(0ms);
  EXPECT_EQ(order, "mab");
  EXPECT_EQ(dropped.calls, 0);
  loop_.at_turn_end(first); // outside a turn: the next one does not sleep
  loop_.turn(1h);
  EXPECT_EQ(order, "mabab");
}

TEST_F(LoopTest, MailRunsInOrderAndCannotKeepTheLoopFromTurning) {
  std::vector<int> got;
  for (int i = 0; i < 10; ++i)
    loop_.post([&got, i] { got.push_back(i); });
  loop_.turn(0ms);
  EXPECT_EQ(got, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  std::uint64_t runs = 0;
  std::function<void()> repeat = [&] {
    ++runs;
    loop_.post([&] { repeat(); });
  };
  repeat();
  loop_.turn(1h);
  EXPECT_EQ(runs, 1 + Loop::kMailsPerTurnMax);
}

TEST_F(LoopTest, ABusyTurnIsFollowedByALookUnlessAnswersAreAwaited) {
  const auto turn_with = [this](
                             std::size_t mails, std::function<void()> last = [] {}) {
    for (std::size_t i = 1; i < mails; ++i)
      loop_.post([] {});
    loop_.post(std::move(last));
    loop_.turn(0ms);
    const std::uint64_t before = loop_.counters().yields;
    loop_.turn(1ms); // there is nothing to do
    return loop_.counters().yields - before;
  };
  EXPECT_EQ(turn_with(Loop::kBusyTurn), 1U);
  EXPECT_EQ(turn_with(Loop::kBusyTurn - 1), 0U);
  EXPECT_EQ(turn_with(Loop::kBusyTurn, [this] { loop_.asked(); }), 0U);
  EXPECT_EQ(turn_with(Loop::kBusyTurn), 0U) << "the answer is still to come";
  EXPECT_EQ(turn_with(Loop::kBusyTurn, [this] { loop_.answered(); }), 0U) << "it came in this turn";
  EXPECT_EQ(turn_with(Loop::kBusyTurn), 1U);
}

TEST_F(LoopTest, TimersAreNeverEarly) {
  constexpr int kTimers = 20;
  std::vector<std::unique_ptr<TestTimer>> timers;
  int left = kTimers;
  for (int i = 0; i < kTimers; ++i) {
    auto timer = std::make_unique<TestTimer>();
    const Milliseconds after(i * 3);
    loop_.arm(*timer, after);
    timer->then = [&, due = clock_.mono() + after - 100us] {
      EXPECT_GE(clock_.mono(), due);
      if (--left == 0)
        loop_.stop();
    };
    timers.push_back(std::move(timer));
  }
  loop_.run();
  EXPECT_EQ(left, 0);
  EXPECT_EQ(loop_.counters().timers, static_cast<std::uint64_t>(kTimers));
}

TEST(Loop, AManualClockMovesTimers) {
  ManualClock clock;
  Loop loop(clock);
  int fired = 0;
  TestTimer timer;
  timer.then = [&] { ++fired; };
  loop.arm(timer, 1h);
  clock.advance(59min);
  loop.turn(0ms);
  EXPECT_EQ(fired, 0);
  clock.advance(1min);
  loop.turn(0ms);
  EXPECT_EQ(fired, 1);
}

TEST(Loop, DisarmsWhatOutlivesIt) {
  SystemClock clock;
  TestTimer timer;
  TestHook hook;
  {
    Loop loop(clock);
    loop.arm(timer, 1s);
    loop.at_turn_end(hook);
  }
  EXPECT_FALSE(timer.armed());
  EXPECT_EQ(hook.calls, 0);
}

TEST(LoopThread, ManyProducersEachInOrderAndTheLoopSleepsBetween) {
  constexpr int kProducers = 4;
  constexpr int kEach = 20000;
  SystemClock clock;
  LoopThread thread(clock);
  std::vector<std::vector<int>> got(kProducers);
  std::promise<void> all_done;
  int left = kProducers * kEach;
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&, p] {
      for (int i = 0; i < kEach; ++i) {
        thread.loop().post([&, p, i] {
          got[static_cast<std::size_t>(p)].push_back(i);
          if (--left == 0)
            all_done.set_value();
        });
      }
    });
  }
  all_done.get_future().wait();
  for (auto& producer : producers)
    producer.join();
  for (const auto& one : got) {
    for (int i = 0; i < kEach; ++i)
      ASSERT_EQ(one[static_cast<std::size_t>(i)], i);
  }
}

TEST(LoopThread, PingPongLosesNoWakeup) {
  constexpr int kRounds = 20000;
  SystemClock clock;
  LoopThread left(clock);
  LoopThread right(clock);
  std::promise<void> done;
  std::function<void(int)> hit = [&](int round) {
    if (round == kRounds)
      return done.set_value();
    auto& other = round % 2 == 0 ? left.loop() : right.loop();
    other.post([&, round] { hit(round + 1); });
  };
  hit(0);
  done.get_future().wait();
  left.stop(); // it may still be inside its last post() to the other
  right.stop();
}

TEST(LoopThread, PendingMailIsDestroyedNotRunAfterStop) {
  struct Probe {
    explicit Probe(std::atomic<int>& destroyed) : destroyed_(&destroyed) {}
    Probe(Probe&& other) noexcept : destroyed_(std::exchange(other.destroyed_, nullptr)) {}
    ~Probe() {
      if (destroyed_ != nullptr)
        ++*destroyed_;
    }
    std::atomic<int>* destroyed_;
  };
  SystemClock clock;
  std::atomic<int> run = 0;
  std::atomic<int> destroyed = 0;
  std::promise<void> stopping;
  bool flushed = false;
  TestHook hook;
  hook.then = [&] { flushed = true; };
  {
    LoopThread thread(clock);
    thread.loop().post([&] {
      thread.loop().at_turn_end(hook);
      for (int i = 0; i < 100; ++i)
        thread.loop().post([&, probe = Probe(destroyed)] { ++run; });
      thread.loop().stop();
      stopping.set_value();
    });
    stopping.get_future().wait();
    thread.stop();
    EXPECT_EQ(destroyed, 100);
    thread.loop().post([&, probe = Probe(destroyed)] { ++run; });
  }
  EXPECT_EQ(run, 0);
  EXPECT_EQ(destroyed, 101);
  EXPECT_TRUE(flushed);
}

TEST_F(LoopTest, WhatTheAllocatorKeepsIsGivenBackWhenThereIsNothingToDoAnyMore) {
  given_back = 0;
  for (int i = 0; i < 100; ++i)
    loop_.post([] {});
  loop_.turn(0ms);
  loop_.trim(); // it worked
  EXPECT_EQ(given_back, 0);
  loop_.trim();
  EXPECT_EQ(given_back, 1);
}

TEST(LoopThread, StopsWhileOthersKeepPosting) {
  SystemClock clock;
  LoopThread thread(clock);
  std::atomic<bool> enough = false;
  std::promise<void> first;
  std::thread producer([&] {
    thread.loop().post([&] { first.set_value(); });
    while (!enough)
      thread.loop().post([] {});
  });
  first.get_future().wait();
  // The producer goes on, so stop() must end a loop that never sees an empty mailbox, once it
  // pauses.
  thread.loop().stop();
  enough = true;
  producer.join();
  thread.stop();
}

} // namespace
} // namespace rookery::runtime

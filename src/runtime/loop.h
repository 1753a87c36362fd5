// One thread's event loop: readiness of descriptors, timers, mail from other threads, and work put off to the end of the turn.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/clock.h"

namespace rookery::runtime {

class Loop;

/// What a loop calls when a watched descriptor is ready. Edge-triggered: read or write until EAGAIN or a short count.
class Watcher {
 public:
  virtual void on_ready(bool readable, bool writable) = 0;

 protected:
  ~Watcher() = default;
};

/// Something to be called once at the end of the loop's turn (flush a connection, submit a batch). Intrusive: costs no allocation.
class TurnEnd {
 public:
  virtual void on_turn_end() = 0;

 protected:
  TurnEnd() = default;
  ~TurnEnd(); // leaves the list where it stands in it
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;

 private:
  friend class Loop;
  TurnEnd* next_ = nullptr;
  TurnEnd* previous_ = nullptr;
  Loop* queued_on_ = nullptr;
};

/// A timer that its owner holds by value. Intrusive; destroying it cancels it. Precision: kTick, never early.
class Timer {
 public:
  virtual void on_timer() = 0;
  void cancel();
  [[nodiscard]] bool armed() const { return loop_ != nullptr; }

 protected:
  Timer() = default;
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  friend class Loop;
  Timer* next_ = nullptr;
  Timer* previous_ = nullptr;
  Loop* loop_ = nullptr;
  std::int64_t due_tick_ = 0;
};

/// A piece of mail: made on one thread, run and destroyed on the loop's.
class Mail {
 public:
  virtual ~Mail() = default;
  virtual void run() = 0;

 private:
  friend class Loop;
  std::atomic<Mail*> next_{nullptr};
};

/// All of it belongs to the thread that runs it, but for post(), wake() and stop(), which any thread may call.
///
/// A turn: wait for readiness → on_ready() of each → mail → timers → turn ends. What a turn's parts put off
/// with at_turn_end() runs in that same turn; a hook that a turn end registers runs too, before the loop waits again.
class Loop {
 public:
  static constexpr Milliseconds kTick{10};

  explicit Loop(const Clock& clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs until stop(). The calling thread becomes the loop's.
  void run();
  void stop();
  [[nodiscard]] bool in_loop_thread() const;

  /// Edge-triggered for both directions, once for the descriptor's life here. False with errno where epoll refuses.
  [[nodiscard]] bool watch(int descriptor, Watcher& watcher);
  void unwatch(int descriptor, Watcher& watcher);

  void at_turn_end(TurnEnd& hook);
  void arm(Timer& timer, Milliseconds after);

  /// Mail of one thread arrives in the order it was posted. One allocation, no lock; the loop is woken once, not per mail.
  void post(std::unique_ptr<Mail> mail);
  template <class F> void post(F&& function) {
    struct Call final : Mail {
      explicit Call(F&& f) : function(std::forward<F>(f)) {}
      void run() override { function(); }
      std::decay_t<F> function;
    };
    post(std::unique_ptr<Mail>(new Call(std::forward<F>(function))));
  }

  [[nodiscard]] const Clock& clock() const { return clock_; }
  /// The time this turn began: cheap, the same for the whole turn.
  [[nodiscard]] MonoTime now() const;

  /// Scratch for reads, shared by all connections of the thread; what is in it is gone when the reader returns.
  static constexpr std::size_t kScratchBytes = 256 * 1024;
  [[nodiscard]] char* scratch();

  struct Counters {
    std::uint64_t turns = 0, waits = 0, events = 0, mails = 0, wakeups = 0, timers = 0;
  };
  [[nodiscard]] const Counters& counters() const;

 private:
  const Clock& clock_;
};

} // namespace rookery::runtime

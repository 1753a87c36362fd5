// One thread's event loop: readiness of descriptors, timers, mail from other threads, and work put
// off to the end of the turn.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <utility>

#include "base/clock.h"
#include "runtime/buffer_pool.h"
#include "runtime/descriptor.h"
#include "runtime/mailbox.h"
#include "runtime/timer_wheel.h"

struct epoll_event;

namespace rookery::runtime {

class Loop;

/// What a loop calls when a watched descriptor is ready. Edge-triggered: read or write until EAGAIN
/// or a short count.
class Watcher {
public:
  virtual void on_ready(bool readable, bool writable) = 0;
  /// Comes right before the on_ready() that tells it: the peer will send no more, or the connection
  /// broke. No further event will say so, hence a short read is not the end any more. Must not
  /// unwatch.
  virtual void on_hangup() {}

protected:
  Watcher() = default;
  ~Watcher() { leave_again(); }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

private:
  friend class Loop;
  void leave_again();
  Watcher* next_again_ = nullptr;
  Watcher** again_link_ = nullptr; // what points at this one in the list of again()
};

/// Something to be called once at the end of the loop's turn (flush a connection, submit a batch).
/// Intrusive: costs no allocation.
class TurnEnd {
public:
  virtual void on_turn_end() = 0;

protected:
  TurnEnd() = default;
  ~TurnEnd() { leave_turn_end(); }
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;

  /// Takes it off the list where it stands in it.
  void leave_turn_end();

private:
  friend class Loop;
  TurnEnd* next_ = nullptr;
  TurnEnd* previous_ = nullptr;
  Loop* queued_on_ = nullptr;
};

/// All of it belongs to the thread that runs it, but for post(), wake() and stop(), which any
/// thread may call. Before the first turn it belongs to the thread that made it.
///
/// A turn: wait for readiness → on_ready() of each → mail → timers → turn ends. What a turn's parts
/// put off with at_turn_end() runs in that same turn; a hook that a turn end registers runs too,
/// before the loop waits again.
///
/// A turn that had much to do is followed by a look at what came meanwhile, after whoever else
/// wants the processor has had it: on a busy machine that finds the next work without a sleep, a
/// wake-up and the switches of both. Not where the thread has asked others for something or just
/// been answered (asked(), answered()): what comes while it sleeps makes the next batch larger.
class Loop {
public:
  static constexpr Milliseconds kTick = TimerWheel::kTick;
  /// More mail than this waits for the next turn, which does not sleep; so mail cannot keep
  /// descriptors waiting.
  static constexpr std::size_t kMailsPerTurnMax = 1024;
  /// Events and mails of a turn that had much to do.
  static constexpr std::size_t kBusyTurn = 8;

  explicit Loop(const Clock& clock);
  /// Destroys the mail that is left, unrun. Timers and hooks left behind are disarmed. No other
  /// thread may still be inside post() or wake(): where loops post to each other, stop all their
  /// threads before destroying any of them.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs until stop(). The calling thread becomes the loop's. What is stopped may be run again.
  void run();
  /// The turn under way starts no further mail; its turn ends are still run, so what was sent goes
  /// out. Mail that is pending then is destroyed, not run, on the loop's thread, before run()
  /// returns.
  void stop();
  /// One turn on the calling thread, which becomes the loop's; waits at most `wait_max`.
  void turn(Milliseconds wait_max);
  [[nodiscard]] bool in_loop_thread() const;

  /// Edge-triggered for both directions, once for the descriptor's life here. False with errno
  /// where epoll refuses.
  [[nodiscard]] bool watch(int descriptor, Watcher& watcher);
  /// No call comes after it, not even one that this turn's wait has already found.
  void unwatch(int descriptor, Watcher& watcher);
  /// on_ready(true, false) in the next turn, which does not sleep: for a watcher that stopped
  /// reading early so that others have their turn. Once per turn, however often asked for.
  void again(Watcher& watcher);

  void at_turn_end(TurnEnd& hook);
  void arm(Timer& timer, Milliseconds after);

  /// Mail of one thread arrives in the order it was posted. One allocation, no lock; the loop is
  /// woken once, not per mail.
  void post(std::unique_ptr<Mail> mail);
  template <class F>
  requires(!std::is_convertible_v<F, std::unique_ptr<Mail>>) void post(F&& function) {
    struct Call final : Mail {
      explicit Call(F&& f) : function(std::forward<F>(f)) {}
      void run() override { function(); }
      std::decay_t<F> function;
    };
    post(std::unique_ptr<Mail>(new Call(std::forward<F>(function))));
  }
  /// Ends the wait under way, if there is one.
  void wake();

  /// A thread of the server's was given something to do, and its answer will come by mail.
  void asked() {
    ++unanswered_;
    batching_ = true;
  }
  void answered() {
    --unanswered_;
    batching_ = true;
  }
  [[nodiscard]] std::size_t unanswered() const { return unanswered_; }

  [[nodiscard]] const Clock& clock() const { return clock_; }
  /// The time this turn began: cheap, the same for the whole turn.
  [[nodiscard]] MonoTime now() const { return now_; }

  /// Scratch for reads, shared by all connections of the thread; what is in it is gone when the
  /// reader returns.
  static constexpr std::size_t kScratchBytes = 256 * 1024;
  [[nodiscard]] char* scratch() { return scratch_.get(); }
  [[nodiscard]] BufferPool& buffers() { return buffers_; }
  /// Gives back buffers that nobody needed since the last call and, once there is next to nothing
  /// to do, what the allocator keeps for this thread. To be called every second or so.
  void trim();

  struct Counters {
    std::uint64_t turns = 0, waits = 0, events = 0, mails = 0, wakeups = 0, timers = 0, yields = 0;
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }
  /// Mail that has come and was not run yet. On the loop's thread; the cost grows with it.
  [[nodiscard]] std::size_t mails_waiting() const { return mailbox_.waiting(); }

private:
  friend class TurnEnd;

  /// Sleeps until something is ready, at most `wait_max`; returns the number of events.
  std::size_t wait(Milliseconds wait_max);
  std::size_t look(int timeout_ms);
  [[nodiscard]] int timeout_ms(Milliseconds wait_max);
  void run_events(std::size_t count);
  void run_again();
  void run_mail();
  void run_turn_ends();

  const Clock& clock_;
  MonoTime now_;
  Descriptor epoll_;
  Descriptor wakeup_;
  std::atomic<std::thread::id> thread_;
  std::atomic<bool> stopping_{false};
  /// Set by the loop before it sleeps, taken back by whoever wakes it.
  std::atomic<bool> sleeping_{false};
  Mailbox mailbox_;
  TimerWheel timers_;
  TurnEnd* first_turn_end_ = nullptr;
  TurnEnd* last_turn_end_ = nullptr;
  /// Those from event_next_ on are still to be called; unwatch() clears their flags.
  std::unique_ptr<epoll_event[]> events_;
  std::size_t event_next_ = 0;
  std::size_t event_count_ = 0;
  Watcher* again_ = nullptr;
  std::size_t unanswered_ = 0; // of what others were asked for
  bool batching_ = false;      // some of it is under way, or was in this turn
  bool was_busy_ = false;      // the turn before
  std::unique_ptr<char[]> scratch_;
  BufferPool buffers_;
  Counters counters_;
  std::uint64_t work_at_trim_ = 0; // events and mails there had been
};

} // namespace rookery::runtime

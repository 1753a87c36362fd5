// A thread that runs a loop of its own.
#pragma once

#include <thread>

#include "runtime/loop.h"

namespace rookery::runtime {

/// The loop runs from construction until stop() or destruction, whichever is first.
class LoopThread {
public:
  explicit LoopThread(const Clock& clock) : loop_(clock), thread_([this] { loop_.run(); }) {}
  ~LoopThread() { stop(); }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  /// Ends the loop and waits for its thread. Harmless twice; not from the loop's own thread.
  void stop() {
    if (!thread_.joinable())
      return;
    loop_.stop();
    thread_.join();
  }
  [[nodiscard]] Loop& loop() { return loop_; }

private:
  Loop loop_;
  std::thread thread_;
};

} // namespace rookery::runtime

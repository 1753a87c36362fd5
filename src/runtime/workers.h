// Threads for work that takes milliseconds of computing (password hashing), so that no loop's
// thread does it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rookery::runtime {

/// run() may be called from any thread. Jobs start in order; a job posts its result to the loop
/// that wants it.
class Workers {
public:
  /// Jobs waiting; reached: run() refuses.
  static constexpr std::size_t kWaitingMax = 10'000;

  explicit Workers(unsigned threads);
  ~Workers() { stop(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Ends the threads; jobs not started are destroyed, not run, and further ones refused. Harmless
  /// twice; from none of its threads.
  void stop();
  /// False where too many wait, or it is stopped: the job is destroyed.
  [[nodiscard]] bool run(std::move_only_function<void()> job);
  /// Jobs that no thread has begun. Any thread.
  [[nodiscard]] std::size_t waiting() const;

private:
  void work();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::move_only_function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace rookery::runtime

// A few threads that run what may wait for the disk: reads and backups. Any thread may give work.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rookery::storage {

class WorkerPool {
public:
  using Work = std::move_only_function<void()>;

  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();

  /// False once stop() has begun; `work` is untouched then.
  bool give(Work& work);
  /// Runs what was given, then ends the threads.
  void stop();

private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace rookery::storage

#include "storage/rocksdb/worker_pool.h"

#include "base/assert.h"
#include "base/thread_cache.h"

namespace rookery::storage {

WorkerPool::WorkerPool(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() { ROOKERY_ASSERT(threads_.empty()); }

bool WorkerPool::give(Work& work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_)
      return false;
    waiting_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_)
    thread.join();
  threads_.clear();
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wait_and_rest(wake_, lock, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty())
      return;
    Work work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

} // namespace rookery::storage

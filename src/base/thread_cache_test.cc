#include "base/thread_cache.h"

#include <atomic>
#include <cerrno>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>

namespace {
std::atomic<int> given_back = 0;
}

/// In jemalloc's place.
extern "C" int mallctl(const char* name, void* /*old*/, std::size_t* /*old_size*/, void* /*given*/,
                       std::size_t /*given_size*/) {
  if (std::string_view(name) != "thread.tcache.flush")
    return ENOENT;
  ++given_back;
  given_back.notify_all();
  return 0;
}

namespace rookery {
namespace {

struct Sleeper {
  std::mutex mutex;
  std::condition_variable wake;
  bool ready = false;

  void wait() {
    std::unique_lock lock(mutex);
    wait_and_rest(wake, lock, [this] { return ready; });
  }
};

TEST(ThreadCache, StaysWithAThreadThatHasSomethingToDo) {
  given_back = 0;
  Sleeper sleeper;
  sleeper.ready = true;
  sleeper.wait();
  EXPECT_EQ(given_back, 0);
}

TEST(ThreadCache, IsGivenBackOnceByAThreadThatRestsAndCanBeWokenStill) {
  given_back = 0;
  Sleeper sleeper;
  std::thread resting([&] { sleeper.wait(); });
  given_back.wait(0);
  {
    const std::lock_guard lock(sleeper.mutex);
    sleeper.ready = true;
  }
  sleeper.wake.notify_one();
  resting.join();
  EXPECT_EQ(given_back, 1);
}

} // namespace
} // namespace rookery

// What an allocator keeps for each thread: of use while the thread works, in everybody's way while
// it sleeps.
#pragma once

#include <condition_variable>
#include <mutex>

#include "base/clock.h"

namespace rookery {

/// Gives back what the allocator keeps for the calling thread. A few objects of each size, left
/// over from a storm, keep many pages from the system. Nothing happens with another allocator than
/// jemalloc.
void give_back_thread_cache();

/// A thread that has had nothing to do for so long rests.
constexpr Milliseconds kRestAfter{1'000};

/// std::condition_variable::wait(), for a thread that may be left alone for long: it gives back its
/// cache when it comes to rest. `ready` is called with the lock held.
template <class Ready>
void wait_and_rest(std::condition_variable& wake, std::unique_lock<std::mutex>& lock, Ready ready) {
  if (wake.wait_for(lock, kRestAfter, ready))
    return;
  lock.unlock();
  give_back_thread_cache();
  lock.lock();
  wake.wait(lock, ready);
}

} // namespace rookery

#include "base/thread_cache.h"

#include <cstddef>

/// jemalloc's, where the program is linked with it.
extern "C" __attribute__((weak)) int mallctl(const char* name, void* old, std::size_t* old_size,
                                             void* given, std::size_t given_size);

namespace rookery {

void give_back_thread_cache() {
  if (mallctl != nullptr)
    (void)mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
}

} // namespace rookery

// ROOKERY_ASSERT: a bug in this program, never a peer's or an operator's mistake. Stays on in
// Release.
#pragma once

namespace rookery {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}

#define ROOKERY_ASSERT(condition)                                                                  \
  do {                                                                                             \
    if (!(condition)) [[unlikely]]                                                                 \
      ::rookery::assertion_failed(#condition, __FILE__, __LINE__);                                 \
  } while (false)

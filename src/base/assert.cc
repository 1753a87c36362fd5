#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace rookery {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "rookery: bug: '%s' does not hold at %s:%d; please report it\n", condition,
               file, line);
  std::abort();
}

} // namespace rookery

// What a process costs, as the kernel counts it. Works for any process of the same user.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace rookery::bench {

/// Computing time of all threads since the process began, in user and kernel mode together.
[[nodiscard]] Result<Microseconds> cpu_time(pid_t process);

struct Memory {
  /// Resident, with the program's code and what it shares with others.
  std::size_t resident_bytes = 0;
  /// Its own: heap and stacks. What a session costs shows here.
  std::size_t anonymous_bytes = 0;
};
[[nodiscard]] Result<Memory> memory(pid_t process);
/// The text of /proc/PID/smaps_rollup.
[[nodiscard]] Result<Memory> parse_smaps_rollup(std::string_view text);

} // namespace rookery::bench

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

/// The same of it, of all its descendants, and of those that have ended and been waited for.
[[nodiscard]] Result<Microseconds> tree_cpu_time(pid_t root);

struct Memory {
  /// Resident, with the program's code and what it shares with others.
  std::size_t resident_bytes = 0;
  /// Its own: heap and stacks. What a session costs shows here;
  /// and memory it shares with its own kin counts once (PostgreSQL's buffers).
  std::size_t anonymous_bytes = 0;

  Memory& operator+=(const Memory& other) {
    resident_bytes += other.resident_bytes;
    anonymous_bytes += other.anonymous_bytes;
    return *this;
  }
};
[[nodiscard]] Result<Memory> memory(pid_t process);
[[nodiscard]] Result<Memory> tree_memory(pid_t root);
/// What it read from files and pipes since it began: calls, and bytes that came from a disk, not
/// from the system's cache.
struct Reads {
  std::size_t calls = 0;
  std::size_t disk_bytes = 0;
};
[[nodiscard]] Result<Reads> reads(pid_t process);
/// The text of /proc/PID/smaps_rollup.
[[nodiscard]] Result<Memory> parse_smaps_rollup(std::string_view text);

} // namespace rookery::bench

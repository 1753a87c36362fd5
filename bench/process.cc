#include "bench/process.h"

#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace rookery::bench {
namespace {

/// A line is "Name:   123 kB".
std::optional<std::size_t> bytes_of(std::string_view text, std::string_view name) {
  const std::string wanted = fmt::format("\n{}:", name);
  std::size_t at = text.find(wanted);
  if (at == std::string_view::npos)
    return std::nullopt;
  at = text.find_first_not_of(' ', at + wanted.size());
  if (at == std::string_view::npos)
    return std::nullopt;
  std::size_t kilobytes = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data() + at, end, kilobytes).ec != std::errc{})
    return std::nullopt;
  return kilobytes * 1024;
}

} // namespace

Result<Microseconds> cpu_time(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
    return fail("there is no such process", fmt::format("process {}", process));
  return std::chrono::duration_cast<Microseconds>(Seconds(time.tv_sec) +
                                                  std::chrono::nanoseconds(time.tv_nsec));
}

Result<Memory> parse_smaps_rollup(std::string_view text) {
  const auto resident = bytes_of(text, "Rss");
  const auto anonymous = bytes_of(text, "Pss_Anon");
  if (!resident || !anonymous)
    return fail("Rss or Pss_Anon is missing", "smaps_rollup", "Linux 5.4 or newer is needed");
  return Memory{.resident_bytes = *resident, .anonymous_bytes = *anonymous};
}

Result<Memory> memory(pid_t process) {
  const std::string path = fmt::format("/proc/{}/smaps_rollup", process);
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.empty())
    return fail("it cannot be read", path, "run as the user that the server runs as");
  return parse_smaps_rollup(text);
}

} // namespace rookery::bench

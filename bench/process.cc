#include "bench/process.h"

#include <unistd.h>

#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

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

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The root and all below it. A process may have ended while this looks: then it is not there.
std::vector<pid_t> tree(pid_t root) {
  std::vector<pid_t> found{root};
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::error_code none;
    const std::string tasks = fmt::format("/proc/{}/task", found[i]);
    for (const auto& task : std::filesystem::directory_iterator(tasks, none)) {
      std::istringstream children(text_of(task.path() / "children"));
      for (pid_t child = 0; children >> child;)
        found.push_back(child);
    }
  }
  return found;
}

/// Fields 16 and 17 of /proc/PID/stat, in ticks; the second field may have spaces, and ends with
/// the last ')'.
Microseconds ended_children(pid_t process) {
  const std::string text = text_of(fmt::format("/proc/{}/stat", process));
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos)
    return Microseconds(0);
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 16; ++field)
    fields >> skipped;
  long user = 0, kernel = 0;
  fields >> user >> kernel;
  return Microseconds((user + kernel) * 1'000'000 / ::sysconf(_SC_CLK_TCK));
}

} // namespace

Result<Microseconds> tree_cpu_time(pid_t root) {
  Result<Microseconds> sum = cpu_time(root);
  for (const pid_t process : tree(root)) {
    if (!sum)
      return sum;
    *sum += ended_children(process);
    if (process != root)
      *sum += cpu_time(process).value_or(Microseconds(0));
  }
  return sum;
}

Result<Memory> tree_memory(pid_t root) {
  Result<Memory> sum = memory(root);
  for (const pid_t process : tree(root))
    if (sum && process != root)
      *sum += memory(process).value_or(Memory{});
  return sum;
}

Result<Reads> reads(pid_t process) {
  std::istringstream fields(text_of(fmt::format("/proc/{}/io", process)));
  Reads found;
  bool calls = false, bytes = false;
  std::string name;
  for (std::size_t value = 0; fields >> name >> value;) {
    if (name == "syscr:") {
      found.calls = value;
      calls = true;
    } else if (name == "read_bytes:") {
      found.disk_bytes = value;
      bytes = true;
    }
  }
  if (!calls || !bytes)
    return fail("what it reads cannot be asked", fmt::format("/proc/{}/io", process));
  return found;
}

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
  const auto shared = bytes_of(text, "Pss_Shmem");
  if (!resident || !anonymous)
    return fail("Rss or Pss_Anon is missing", "smaps_rollup", "Linux 5.4 or newer is needed");
  return Memory{.resident_bytes = *resident, .anonymous_bytes = *anonymous + shared.value_or(0)};
}

Result<Memory> memory(pid_t process) {
  const std::string path = fmt::format("/proc/{}/smaps_rollup", process);
  const std::string text = text_of(path);
  if (text.empty())
    return fail("it cannot be read", path, "run as the user that the server runs as");
  return parse_smaps_rollup(text);
}

} // namespace rookery::bench

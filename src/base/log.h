// The program's structured log as an interface. Message text, passwords and tokens never go in: log
// names and numbers.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace rookery {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// May be called from any thread. `component` is the folder or module, `text` is "what happened
/// key=value ...".
class Log {
public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view component, std::string_view text) = 0;

  [[nodiscard]] bool enabled(LogLevel level) const { return level >= level_; }
  void set_level(LogLevel level) { level_ = level; }

  template <class... Args>
  void at(LogLevel level, std::string_view component, fmt::format_string<Args...> format,
          Args&&... args) {
    if (enabled(level))
      write(level, component, fmt::format(format, std::forward<Args>(args)...));
  }

private:
  LogLevel level_ = LogLevel::kInfo;
};

/// Drops everything; for tests and tools.
class NullLog final : public Log {
public:
  void write(LogLevel, std::string_view, std::string_view) override {}
};

} // namespace rookery

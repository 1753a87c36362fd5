#include "app/program_log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace rookery::app {
namespace {

class ProgramLog final : public Log {
public:
  ProgramLog() : logger_("rookery", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_level(spdlog::level::trace);
    logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    logger_.flush_on(spdlog::level::trace);
  }
  void write(LogLevel level, std::string_view component, std::string_view text) override {
    static constexpr spdlog::level::level_enum kLevels[] = {
        spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
    logger_.log(kLevels[static_cast<std::size_t>(level)], "{} {}", component, text);
  }

private:
  spdlog::logger logger_;
};

} // namespace

std::unique_ptr<Log> make_program_log(LogLevel level) {
  auto log = std::make_unique<ProgramLog>();
  log->set_level(level);
  return log;
}

} // namespace rookery::app

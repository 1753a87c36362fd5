// The log of the running program: lines on standard error, "time level component text".
#pragma once

#include <memory>

#include "base/log.h"

namespace rookery::app {

[[nodiscard]] std::unique_ptr<Log> make_program_log(LogLevel level);

} // namespace rookery::app

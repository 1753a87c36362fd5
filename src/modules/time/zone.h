// A time zone as XEP-0082 §3.3 writes it. Pure.
#pragma once

#include <string>

#include "base/clock.h"

namespace rookery::modules::time {

/// "+05:30", "-06:00"; UTC is "+00:00". Seconds beyond the minute are cut off.
[[nodiscard]] std::string format_offset(Seconds east_of_utc);

} // namespace rookery::modules::time

#include "modules/time/zone.h"

#include <fmt/format.h>

#include <cstdlib>

namespace rookery::modules::time {

std::string format_offset(Seconds east_of_utc) {
  const auto minutes = std::abs(east_of_utc.count()) / 60;
  return fmt::format("{}{:02}:{:02}", east_of_utc.count() < 0 && minutes != 0 ? '-' : '+',
                     minutes / 60, minutes % 60);
}

} // namespace rookery::modules::time

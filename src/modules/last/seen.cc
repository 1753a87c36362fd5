#include "modules/last/seen.h"

#include <charconv>

namespace rookery::modules::last {

std::string Seen::serialise() const {
  std::string out = std::to_string(time.time_since_epoch().count());
  out += '\n';
  if (status.size() <= kStatusBytesMax)
    out += status;
  return out;
}

std::optional<Seen> Seen::parse(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos)
    return std::nullopt;
  std::int64_t microseconds = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + end, microseconds);
  if (error != std::errc{} || at != text.data() + end)
    return std::nullopt;
  return Seen{.time = WallTime(Microseconds(microseconds)),
              .status = std::string(text.substr(end + 1))};
}

} // namespace rookery::modules::last

// The record of when an account was last here. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace rookery::modules::last {

/// Of a status, in bytes; a longer one is not kept.
inline constexpr std::size_t kStatusBytesMax = 1'024;

/// As text: microseconds since the Unix epoch, a line break, the status.
struct Seen {
  WallTime time{};
  std::string status; // of the last unavailable presence, "" where it had none

  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static std::optional<Seen> parse(std::string_view text);
};

} // namespace rookery::modules::last

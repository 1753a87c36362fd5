// Dates and times as XMPP writes them (XEP-0082). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace rookery::xmpp {

enum class Precision : std::uint8_t {
  kSeconds,      // 2026-01-01T00:00:00Z, what is finer is cut off
  kMicroseconds, // 2026-01-01T00:00:00.000001Z
};

/// "CCYY-MM-DDThh:mm:ss[.ssssss]Z". Times outside the years 1 to 9999 are written as the nearest
/// one inside.
[[nodiscard]] std::string format_time(WallTime time,
                                      Precision precision = Precision::kMicroseconds);
void append_time(std::string& out, WallTime time, Precision precision = Precision::kMicroseconds);

/// XEP-0082 §3.2 DateTime, strictly: four-digit year 0001 to 9999, existing days, seconds below 60,
/// "Z" or an offset up to 14:00; digits beyond the microsecond are cut off. nullopt otherwise, also
/// where the offset leads out of those years.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

} // namespace rookery::xmpp

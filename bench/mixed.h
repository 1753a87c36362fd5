// A day in the life of many users (bench/day.h), compressed into a run of some seconds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

struct MixedOptions {
  std::size_t users = 1000;
  std::uint64_t seed = 1;
  /// How long the day takes. A server that cannot follow makes it longer.
  Milliseconds duration{60'000};
  /// No connection is lost, and none resumed.
  bool steady = false;
  /// Messages that are lost, repeated or out of order are counted, and warned of, instead.
  bool tolerant = false;
};

/// Figures: user_hours and what they cost, server_cpu_us_per_user_hour, counts of what was done,
/// delivery_*, page_* and login_* latencies, resident_bytes_peak, anonymous_bytes_peak, behind_ms:
/// how late, at most, anything was begun. A message that is lost, repeated or out of order makes it
/// fail, unless `tolerant`. Warnings tell what the server does not offer and was left out.
[[nodiscard]] Result<Report> run_mixed(Subject& subject, const MixedOptions& options);

} // namespace rookery::bench

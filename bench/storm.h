// What is left in memory when many have signed in at once and have left again.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/result.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

struct StormOptions {
  /// First each account signs in and leaves once, Fleet::kAtOnce at a time: that fills what is
  /// bounded, such as the store's cache. What is left of it is the base. Then all sign in at the
  /// same time, fetch their rosters, send presence, stay until the last is there, and end their
  /// streams.
  std::size_t sessions = 15'000;
  bool stream_management = false;
  /// Before the base is looked at: a server may keep for a while what it may need again.
  Seconds rest{100};
  /// Waited at most after the storm; over as soon as the memory is within kSettled of the base.
  Seconds settle{120};
};

/// Figures: logins of the storm and what they cost; resident_bytes_start (of a server just
/// started), _base, _with (all sessions there), _after and the same of anonymous memory, which is
/// the server's own; seconds_until_settled, resident_after_to_base.
[[nodiscard]] Result<Report> run_storm(Subject& subject, const StormOptions& options);

} // namespace rookery::bench

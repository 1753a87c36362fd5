// Clients that ask for the newest page of their history (XEP-0313), as an app does when it is
// opened.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/result.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

struct HistoryOptions {
  /// They write to each other in pairs to fill their archives, and then each reads its own.
  std::size_t accounts = 20;
  /// Written before, over all pairs together; each is in two archives. 0: what is there is read.
  std::size_t messages = 20'000;
  std::size_t page = 50;
  /// The server is started anew between filling and reading, where it is ours.
  bool cold = false;
  /// Of all readers together, whether earlier ones have come or not; 0: each asks again as soon as
  /// it has the last.
  std::size_t pages_per_second = 0;
  Milliseconds duration{5000};
};

/// One page after the other, each account one at a time. Figures: filled messages per second; of
/// the first page of each account first_page_p50_us, ...; then pages and what they cost,
/// page_p50_us, _p99_us, _p999_us; of both the read calls and the bytes from the disk per page. A
/// page that is not full makes it fail.
[[nodiscard]] Result<Report> run_history(Subject& subject, const HistoryOptions& options);

} // namespace rookery::bench

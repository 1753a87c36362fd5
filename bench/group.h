// A room (XEP-0045) in which some write and all read.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/result.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

struct GroupOptions {
  std::size_t occupants = 50;
  /// Of them, each with one message under way: the next when all have it.
  std::size_t writers = 4;
  Milliseconds duration{5000};
};

/// At conference.DOMAIN; a server without rooms makes it fail. Figures: deliveries (a message that
/// reached an occupant) and what they cost, delivery_p50_us, _p99_us, _p999_us.
[[nodiscard]] Result<Report> run_group(Subject& subject, const GroupOptions& options);

} // namespace rookery::bench

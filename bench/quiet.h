// How long a message of a pair that seldom writes takes, while the server has other work.
#pragma once

#include <cstddef>
#include <filesystem>

#include "base/clock.h"
#include "base/result.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

struct QuietOptions {
  /// Written when they are due, whether or not those before have arrived.
  std::size_t messages_per_second = 50;
  std::size_t stanza_bytes = 200; // the flood's, too
  /// Of each phase; the last goes on until a compaction has ended.
  Milliseconds duration{10'000};
  /// Messages of the flood under way: more than the server takes in, at the rate that it allows.
  std::size_t flood_window = 4000;
  /// Accounts that are removed in the last phase, one after the other; their erasure makes a store
  /// that is built of sorted tables merge them.
  std::size_t removals = 3;
  /// Where the cost of a sync is measured: the file system of the server's data. "": it is not.
  std::filesystem::path disk = {};
};

/// Phases: alone, while another account writes as fast as the server lets it, while accounts are
/// removed from the store. Figures: alone_p50_us, _p99_us, _p999_us; flood_*; compaction_*; sync_*,
/// of an append of one message and its fdatasync, with nothing else to do; flood_bytes_per_second,
/// that arrived; compactions, compaction_seconds, compaction_megabytes, and the length of the phase
/// they were in, compaction_phase_seconds. A message that is lost or out of order makes it fail.
[[nodiscard]] Result<Report> run_quiet(Subject& subject, const QuietOptions& options);

} // namespace rookery::bench

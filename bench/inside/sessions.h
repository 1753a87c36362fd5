// What a session costs where there are a million, and what a message costs then.
#pragma once

#include <cstddef>
#include <filesystem>

#include "base/result.h"
#include "bench/report.h"

namespace rookery::bench {

struct SessionsOptions {
  std::filesystem::path data; // made by run_fill(), with at least as many accounts
  std::size_t sessions = 1'000'000;
  std::size_t few = 10'000; // or half of them, where that is less
  /// Written from one to another that is drawn for each, with few sessions and again with all.
  std::size_t messages = 200'000;
  bool archive = false;
};

/// Figures: sessions, few, logins_per_cpu_second, bytes_per_session beyond the few, without the
/// simulated connection's simulated_bytes; cpu_us_per_message_few, cpu_us_per_message_all,
/// simulation included, and message_growth, their ratio less 1.
[[nodiscard]] Result<Report> run_sessions(const SessionsOptions& options);

} // namespace rookery::bench

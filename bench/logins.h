// What signing in costs, and what it costs to stay.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/result.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

struct IdleOptions {
  std::size_t sessions = 1000;
  /// These come first and are not counted: what the server sets up once is paid by then.
  std::size_t warm_up_sessions = 100;
  bool stream_management = false;
  /// From the last login to the measurement.
  Milliseconds settle{2000};
};

/// Sessions that have got their roster, sent presence, and do nothing more. Figures: sessions,
/// anonymous_bytes_per_session, resident_bytes_per_session, resident_bytes_before, resident_bytes.
[[nodiscard]] Result<Report> run_idle(Subject& subject, const IdleOptions& options);

struct LoginOptions {
  /// Each signs in again and again; the first time is not counted.
  std::size_t accounts = 200;
  Milliseconds duration{10'000};
};

/// From the connection to the bound resource by SCRAM, then the end of the stream. Figures: logins,
/// logins_per_server_cpu_second, logins_per_second.
[[nodiscard]] Result<Report> run_logins(Subject& subject, const LoginOptions& options);

} // namespace rookery::bench

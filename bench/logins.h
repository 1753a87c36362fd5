// What signing in costs, and what it costs to stay.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/result.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

/// Makes the accounts u0, u1, ... and nothing else. Figures: accounts, and what they cost.
[[nodiscard]] Result<Report> run_register(Subject& subject, std::size_t accounts);

struct IdleOptions {
  std::size_t sessions = 1000;
  /// These come first and are not counted: what the server sets up once is paid by then.
  std::size_t warm_up_sessions = 100;
  bool stream_management = false;
  /// From the last login to the measurement.
  Milliseconds settle{2000};
};

/// Sessions that have got their roster, sent presence, and do nothing more. Figures: sessions,
/// anonymous_bytes_per_session, resident_bytes_per_session, resident_bytes_before, resident_bytes,
/// and what they cost in CPU while they did nothing: idle_server_cores.
[[nodiscard]] Result<Report> run_idle(Subject& subject, const IdleOptions& options);

enum class LoginKind : std::uint8_t { kScram, kPlain, kToken, kResume };

struct LoginOptions {
  LoginKind kind = LoginKind::kScram;
  /// Each signs in again and again; the first time is not counted.
  std::size_t accounts = 200;
  /// How many sign in at the same time; as many as accounts: a storm.
  std::size_t at_once = 64;
  /// With TLS: sessions are resumed by tickets. Otherwise every handshake is a full one.
  bool tickets = false;
  Milliseconds duration{10'000};
  /// Before the memory is looked at, in the end.
  Milliseconds settle{0};
};

/// From the connection to the bound (or resumed) session, then the end of the stream (or of the
/// connection). Figures: logins and what they cost, login_p50_us, _p99_us, _p999_us,
/// resident_bytes_before and resident_bytes after the last has left and `settle` has passed.
[[nodiscard]] Result<Report> run_logins(Subject& subject, const LoginOptions& options);

} // namespace rookery::bench

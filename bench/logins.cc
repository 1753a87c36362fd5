#include "bench/logins.h"

#include "bench/fleet.h"

namespace rookery::bench {
namespace {

double seconds(Microseconds time) { return static_cast<double>(time.count()) / 1e6; }

struct Generator {
  SystemClock clock;
  SystemRandom random;
  runtime::Loop loop{clock};
};

Status make_accounts(Fleet& fleet) {
  return fleet.launch(0, fleet.size(), {.register_account = true, .sign_in = false}, false);
}

} // namespace

Result<Report> run_idle(Subject& subject, const IdleOptions& options) {
  Generator generator;
  const std::size_t all = options.warm_up_sessions + options.sessions;
  Fleet fleet(generator.loop, generator.random, subject.address(), all, nullptr);
  const ClientPlan plan{.stream_management = options.stream_management};
  const auto settled_memory = [&]() -> Result<Memory> {
    if (Status settled = fleet.turn_until([] { return false; }, options.settle); !settled)
      return std::unexpected(settled.error());
    return subject.memory();
  };

  Status done = make_accounts(fleet);
  if (done)
    done = subject.restart();
  if (done)
    done = fleet.launch(0, options.warm_up_sessions, plan, true);
  if (!done)
    return std::unexpected(done.error());
  const Result<Memory> before = settled_memory();
  if (before)
    done = fleet.launch(options.warm_up_sessions, all, plan, true);
  if (!before || !done)
    return std::unexpected(before ? done.error() : before.error());
  const Result<Memory> after = settled_memory();
  if (!after)
    return std::unexpected(after.error());

  const auto sessions = static_cast<double>(options.sessions);
  const auto growth = [&](std::size_t Memory::*kind) {
    return (static_cast<double>(*after.*kind) - static_cast<double>(*before.*kind)) / sessions;
  };
  Report report;
  report.add("sessions", sessions);
  report.add("anonymous_bytes_per_session", growth(&Memory::anonymous_bytes));
  report.add("resident_bytes_per_session", growth(&Memory::resident_bytes));
  report.add("resident_bytes_before", static_cast<double>(before->resident_bytes));
  report.add("resident_bytes", static_cast<double>(after->resident_bytes));
  return report;
}

Result<Report> run_logins(Subject& subject, const LoginOptions& options) {
  Generator generator;
  Fleet fleet(generator.loop, generator.random, subject.address(), options.accounts, nullptr);
  const auto round = [&] { return fleet.launch(0, options.accounts, {.go_online = false}, false); };
  Status done = make_accounts(fleet);
  if (done)
    done = round();
  if (!done)
    return std::unexpected(done.error());

  const MonoTime began = generator.clock.mono();
  const Result<Microseconds> before = subject.cpu_time();
  double logins = 0;
  while (done && generator.clock.mono() - began < options.duration) {
    done = round();
    logins += static_cast<double>(options.accounts);
  }
  const Result<Microseconds> after = subject.cpu_time();
  const double wall = seconds(generator.clock.mono() - began);
  if (!done || !before || !after)
    return std::unexpected(!done ? done.error() : !before ? before.error() : after.error());
  Report report;
  report.add("logins", logins);
  report.add("logins_per_server_cpu_second", logins / seconds(*after - *before));
  report.add("logins_per_second", logins / wall);
  return report;
}

} // namespace rookery::bench

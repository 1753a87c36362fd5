#include "bench/logins.h"

#include "bench/fleet.h"
#include "bench/meter.h"

namespace rookery::bench {
namespace {

Status make_accounts(Fleet& fleet, const Subject& subject) {
  return subject.has_accounts() ? Status() : fleet.register_all();
}

ClientPlan plan_of(const LoginOptions& options) {
  ClientPlan plan{.go_online = false, .tickets = options.tickets};
  if (options.kind == LoginKind::kPlain)
    plan.proof = Proof::kPlain;
  if (options.kind == LoginKind::kToken)
    plan.proof = Proof::kToken;
  plan.resume = options.kind == LoginKind::kResume;
  return plan;
}

/// The first login, which leaves what the next ones need: keys, tickets, tokens, sessions.
ClientPlan first_plan_of(const LoginOptions& options) {
  ClientPlan plan = plan_of(options);
  plan.ask_for_token = options.kind == LoginKind::kToken;
  if (plan.ask_for_token)
    plan.proof = Proof::kScram;
  plan.stream_management = plan.resume;
  plan.resume = false;
  return plan;
}

} // namespace

Result<Report> run_register(Subject& subject, std::size_t accounts) {
  Fleet fleet(subject.address(), accounts, nullptr);
  Meter meter(subject, fleet.clock());
  Status done = meter.start();
  if (done)
    done = fleet.register_all();
  if (done)
    done = meter.stop();
  if (!done)
    return std::unexpected(done.error());
  Report report;
  meter.add_rates(report, "accounts", static_cast<double>(accounts));
  return report;
}

Result<Report> run_idle(Subject& subject, const IdleOptions& options) {
  const std::size_t all = options.warm_up_sessions + options.sessions;
  Fleet fleet(subject.address(), all, nullptr);
  const ClientPlan plan{.proof = subject.proof(), .stream_management = options.stream_management};
  Meter meter(subject, fleet.clock());
  const auto settled_memory = [&]() -> Result<Memory> {
    Status settled = meter.start();
    if (settled)
      settled = fleet.turn_until([] { return false; }, options.settle);
    if (settled)
      settled = meter.stop();
    if (!settled)
      return std::unexpected(settled.error());
    return subject.memory();
  };

  Status done = make_accounts(fleet, subject);
  if (done)
    done = subject.restart();
  if (done)
    done = fleet.launch(0, options.warm_up_sessions, plan, AfterPlan::kStay);
  if (!done)
    return std::unexpected(done.error());
  const Result<Memory> before = settled_memory();
  if (before)
    done = fleet.launch(options.warm_up_sessions, all, plan, AfterPlan::kStay);
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
  report.add("idle_server_cores", meter.server_cores());
  return report;
}

Result<Report> run_logins(Subject& subject, const LoginOptions& options) {
  Fleet fleet(subject.address(), options.accounts, nullptr);
  Meter meter(subject, fleet.clock());
  const AfterPlan then = options.kind == LoginKind::kResume ? AfterPlan::kCut : AfterPlan::kLeave;
  const auto round = [&](const ClientPlan& plan, std::size_t at_once) {
    return fleet.launch(0, options.accounts, plan, then, at_once);
  };
  Status done = make_accounts(fleet, subject);
  const Result<Memory> memory_before = subject.memory();
  if (done)
    done = round(first_plan_of(options), Fleet::kAtOnce);
  if (done)
    done = meter.start();
  fleet.login_times().clear();
  const MonoTime end = fleet.clock().mono() + options.duration;
  double logins = 0;
  while (done && fleet.clock().mono() < end) {
    done = round(plan_of(options), options.at_once);
    logins += static_cast<double>(options.accounts);
  }
  if (done)
    done = meter.stop();
  if (done)
    done = fleet.turn_until([] { return false; }, options.settle);
  const Result<Memory> memory_after = subject.memory();
  if (!done || !memory_before || !memory_after)
    return std::unexpected(!done            ? done.error()
                           : !memory_before ? memory_before.error()
                                            : memory_after.error());
  Report report;
  meter.add_rates(report, "logins", logins);
  add_quantiles(report, "login", fleet.login_times());
  report.add("resident_bytes_before", static_cast<double>(memory_before->resident_bytes));
  report.add("resident_bytes", static_cast<double>(memory_after->resident_bytes));
  return report;
}

} // namespace rookery::bench

#include "bench/storm.h"

#include <utility>

#include <fmt/format.h>

#include "bench/fleet.h"
#include "bench/meter.h"

namespace rookery::bench {
namespace {

/// Memory is back where it is at most so much above what it was before.
constexpr double kSettled = 1.10;
constexpr Seconds kLook{1};

class Storms {
public:
  Storms(Subject& subject, const StormOptions& options)
      : subject_(subject), options_(options), fleet_(subject.address(), options.sessions, nullptr),
        meter_(subject, fleet_.clock()) {}

  Result<Report> run() {
    Status done = subject_.has_accounts() ? Status() : fleet_.register_all();
    if (done)
      done = subject_.restart();
    if (done)
      done = look(start_);
    if (done)
      done = fleet_.launch(0, options_.sessions, plan(), AfterPlan::kLeave);
    if (done)
      done = fleet_.turn_until([] { return false; }, options_.rest);
    if (done)
      done = look(base_);
    if (done)
      done = storm();
    if (done)
      done = settle();
    if (!done)
      return std::unexpected(done.error());
    return report();
  }

private:
  [[nodiscard]] ClientPlan plan() const {
    return {.proof = subject_.proof(), .stream_management = options_.stream_management};
  }

  Status look(Memory& memory) const {
    const Result<Memory> now = subject_.memory();
    if (!now)
      return std::unexpected(now.error());
    memory = *now;
    return {};
  }

  Status storm() {
    fleet_.login_times().clear();
    Status done = meter_.start();
    if (done)
      done = fleet_.launch(0, options_.sessions, plan(), AfterPlan::kStay, options_.sessions);
    if (done)
      done = meter_.stop();
    if (done)
      done = look(with_);
    return done ? fleet_.leave() : done;
  }

  [[nodiscard]] double share() const {
    return static_cast<double>(after_.resident_bytes) / static_cast<double>(base_.resident_bytes);
  }

  Status settle() {
    const MonoTime begin = fleet_.clock().mono();
    Status done = look(after_);
    while (done && share() > kSettled && fleet_.clock().mono() - begin < options_.settle) {
      done = fleet_.turn_until([] { return false; }, kLook);
      if (done)
        done = look(after_);
    }
    settled_seconds_ = std::chrono::duration<double>(fleet_.clock().mono() - begin).count();
    return done;
  }

  Report report() {
    Report report;
    meter_.add_rates(report, "logins", static_cast<double>(options_.sessions));
    add_quantiles(report, "login", fleet_.login_times());
    const auto add = [&](std::string_view kind, std::size_t Memory::*bytes) {
      for (const auto& [when, memory] : {std::pair("start", &start_), std::pair("base", &base_),
                                         std::pair("with", &with_), std::pair("after", &after_)})
        report.add(fmt::format("{}_bytes_{}", kind, when), static_cast<double>(memory->*bytes));
    };
    add("resident", &Memory::resident_bytes);
    add("anonymous", &Memory::anonymous_bytes);
    report.add("seconds_until_settled", settled_seconds_);
    report.add("resident_after_to_base", share());
    return report;
  }

  Subject& subject_;
  const StormOptions options_;
  Fleet fleet_;
  Meter meter_;
  Memory start_, base_, with_, after_;
  double settled_seconds_ = 0;
};

} // namespace

Result<Report> run_storm(Subject& subject, const StormOptions& options) {
  return Storms(subject, options).run();
}

} // namespace rookery::bench

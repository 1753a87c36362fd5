#include "bench/inside/sessions.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <vector>

#include <fmt/format.h>

#include "app/config.h"
#include "app/running.h"
#include "base/log.h"
#include "bench/inside/simulated.h"
#include "bench/process.h"

namespace rookery::bench {
namespace {

constexpr std::size_t kAtOnce = 64;
constexpr std::size_t kUnderWay = 256;

class Sessions {
public:
  Sessions(app::Running& running, const SessionsOptions& options)
      : running_(running), options_(options), loop_(running.server().loop(0)) {}

  Result<Report> run() {
    sign_in_to(few_);
    converse(options_.messages / 10); // warms up
    const double few_us = converse(options_.messages);
    const auto before = memory(::getpid());
    const auto cpu_before = cpu_time(::getpid());
    sign_in_to(options_.sessions);
    const auto cpu_after = cpu_time(::getpid());
    const auto after = memory(::getpid());
    const double all_us = converse(options_.messages);
    if (!counts_.problem.empty())
      return fail(counts_.problem, "a simulated client");
    if (!before || !after || !cpu_before || !cpu_after)
      return fail("this process cannot be measured", "/proc/self");
    const auto added = static_cast<double>(options_.sessions - few_);
    const double grown =
        static_cast<double>(after->anonymous_bytes) - static_cast<double>(before->anonymous_bytes);
    const double cpu_seconds = static_cast<double>((*cpu_after - *cpu_before).count()) / 1e6;
    Report report;
    report.add("sessions", static_cast<double>(options_.sessions));
    report.add("few", static_cast<double>(few_));
    report.add("logins_per_cpu_second", added / cpu_seconds);
    report.add("bytes_per_session", grown / added - kOwnBytes);
    report.add("simulated_bytes", kOwnBytes);
    report.add("resident_bytes", static_cast<double>(after->resident_bytes));
    report.add("cpu_us_per_message_few", few_us);
    report.add("cpu_us_per_message_all", all_us);
    report.add("message_growth", all_us / few_us - 1);
    return report;
  }

private:
  /// The object, and its place in the vector.
  static constexpr double kOwnBytes = sizeof(Simulated) + sizeof(Simulated*) + 16;

  template <class Work> auto on_loop(Work work) {
    std::promise<decltype(work())> promise;
    loop_.post([&] { promise.set_value(work()); });
    return promise.get_future().get();
  }

  void sign_in_to(std::size_t sessions) {
    while (on_loop([&] {
      while (clients_.size() < sessions && clients_.size() - counts_.online < kAtOnce) {
        auto client = std::make_unique<Simulated>(counts_, clients_.size());
        clients_.push_back(client.get());
        running_.server().accept(0, std::move(client), {});
      }
      return counts_.problem.empty() && counts_.online < sessions;
    })) {
    }
  }

  /// CPU per message in microseconds, of all threads.
  double converse(std::size_t messages) {
    SeededRandom random(1);
    std::size_t sent = 0;
    const std::size_t arrived_before = on_loop([&] { return counts_.messages; });
    const auto cpu_before = cpu_time(::getpid());
    while (on_loop([&] {
      const std::size_t arrived = counts_.messages - arrived_before;
      for (; sent < messages && sent - arrived < kUnderWay; ++sent) {
        const std::size_t from = random.u64() % clients_.size();
        const std::size_t to = (from + 1 + random.u64() % (clients_.size() - 1)) % clients_.size();
        clients_[from]->arrive(fmt::format("<message to='u{}@localhost/b' type='chat' id='{}{:09}'>"
                                           "<body>{}</body></message>",
                                           to, Simulated::kIdPrefix, sent, std::string(24, 'x')));
      }
      return counts_.problem.empty() && arrived < messages;
    })) {
    }
    const auto cpu_after = cpu_time(::getpid());
    return static_cast<double>((*cpu_after - *cpu_before).count()) / static_cast<double>(messages);
  }

  app::Running& running_;
  const SessionsOptions options_;
  const std::size_t few_ = std::min(options_.few, options_.sessions / 2);
  runtime::Loop& loop_;
  SystemRandom random_;
  SimulatedCounts counts_{random_};
  std::vector<Simulated*> clients_; // the server's
};

Result<app::Config> configuration(const SessionsOptions& options) {
  const std::filesystem::path path = options.data / "inside.toml";
  std::ofstream(path) << fmt::format("threads = 1\n[listen]\nc2s = []\nc2s_tls = []\nhttp = []\n"
                                     "https = []\n[history]\nkeep = \"{}\"\n[limits]\n"
                                     "rate_kilobytes = 1048576\nburst_kilobytes = 1048576\n"
                                     "ping_after = 86400\nunauthenticated_per_address = 100000\n",
                                     options.archive ? "all" : "undelivered");
  auto config = app::Config::load(path);
  if (!config)
    return std::unexpected(config.error().front());
  return std::move(*config);
}

} // namespace

Result<Report> run_sessions(const SessionsOptions& options) {
  const auto config = configuration(options);
  if (!config)
    return std::unexpected(config.error());
  NullLog log;
  auto running = app::Running::start(*config, options.data, log);
  if (!running)
    return std::unexpected(running.error());
  return Sessions(**running, options).run();
}

} // namespace rookery::bench

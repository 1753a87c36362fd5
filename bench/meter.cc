#include "bench/meter.h"

#include <unistd.h>

#include <fmt/format.h>

#include "bench/process.h"

namespace rookery::bench {
namespace {

double seconds(Microseconds time) { return static_cast<double>(time.count()) / 1e6; }

} // namespace

Result<Meter::Sample> Meter::sample() const {
  const auto server = subject_.cpu_time();
  const auto generator = cpu_time(::getpid());
  if (!server || !generator)
    return std::unexpected(server ? generator.error() : server.error());
  return Sample{clock_.mono(), *server, *generator};
}

Status Meter::start() {
  const auto taken = sample();
  if (!taken)
    return std::unexpected(taken.error());
  before_ = *taken;
  return {};
}

Status Meter::stop() {
  const auto taken = sample();
  if (!taken)
    return std::unexpected(taken.error());
  after_ = *taken;
  return {};
}

double Meter::server_cores() const {
  return seconds(after_.server - before_.server) / seconds(after_.time - before_.time);
}

void Meter::add_rates(Report& report, std::string_view units, double count) const {
  const double wall = seconds(after_.time - before_.time);
  const double server = seconds(after_.server - before_.server);
  const double generator = seconds(after_.generator - before_.generator);
  report.add(units, count);
  report.add(fmt::format("{}_per_server_cpu_second", units), count / server);
  report.add(fmt::format("{}_per_second", units), count / wall);
  report.add("server_cores", server / wall);
  report.add("generator_cores", generator / wall);
  if (const auto memory = subject_.memory(); memory && memory->resident_bytes > 0)
    report.add("server_resident_bytes", static_cast<double>(memory->resident_bytes));
  if (const auto time = subject_.start_time())
    report.add("server_start_ms", seconds(*time) * 1e3);
  if (generator / wall > kGeneratorBusy)
    report.warn("the generator used its whole core: rate and latencies are the generator's");
}

void add_quantiles(Report& report, std::string_view prefix, const Histogram& times) {
  const auto add = [&](std::string_view name, double quantile) {
    report.add(fmt::format("{}_{}_us", prefix, name),
               static_cast<double>(times.quantile(quantile).count()));
  };
  add("p50", 0.5);
  add("p99", 0.99);
  add("p999", 0.999);
}

} // namespace rookery::bench

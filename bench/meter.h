// What work cost the server and the generator, between two moments.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "bench/histogram.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

class Meter {
public:
  /// Above this share of a core the generator is what limits the rate.
  static constexpr double kGeneratorBusy = 0.9;

  Meter(const Subject& subject, const Clock& clock) : subject_(subject), clock_(clock) {}
  [[nodiscard]] Status start();
  [[nodiscard]] Status stop();

  /// Adds UNITS, UNITS_per_server_cpu_second, UNITS_per_second, server_cores, generator_cores,
  /// server_resident_bytes as it is now, server_start_ms where the server is ours, and a warning
  /// where the generator was the bottleneck.
  void add_rates(Report& report, std::string_view units, double count) const;

  [[nodiscard]] double server_cores() const;

private:
  struct Sample {
    MonoTime time{};
    Microseconds server{0}, generator{0};
  };
  [[nodiscard]] Result<Sample> sample() const;

  const Subject& subject_;
  const Clock& clock_;
  Sample before_, after_;
};

/// Adds PREFIX_p50_us, PREFIX_p99_us, PREFIX_p999_us.
void add_quantiles(Report& report, std::string_view prefix, const Histogram& times);

} // namespace rookery::bench

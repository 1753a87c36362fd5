// The server's own figures, at /metrics.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "bench/link.h"

namespace rookery::bench {

/// The page's text; "" where there is none. Blocks.
[[nodiscard]] std::string read_metrics(const Address& address);
/// The value in a line that begins with this name (and labels, if any).
[[nodiscard]] std::optional<double> metric(std::string_view page, std::string_view name);

/// Looks at one figure again and again, on a thread of its own.
class MetricWatch {
public:
  MetricWatch(Address address, std::string name);
  ~MetricWatch();
  MetricWatch(const MetricWatch&) = delete;
  MetricWatch& operator=(const MetricWatch&) = delete;

  /// By how much it has grown since this object was made.
  [[nodiscard]] double growth() const { return growth_; }
  /// The server tells that figure.
  [[nodiscard]] bool known() const { return first_.has_value(); }

private:
  void run();

  const Address address_;
  const std::string name_;
  const std::optional<double> first_;
  std::atomic<double> growth_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace rookery::bench

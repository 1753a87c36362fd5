// /metrics in Prometheus' text format. Pure: numbers in, text out.
#pragma once

#include <cstdint>
#include <string>

#include "server/server.h"
#include "storage/store.h"

namespace rookery::app {

struct ProcessNumbers {
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;
  std::uint64_t open_descriptors = 0;
};
[[nodiscard]] ProcessNumbers read_process_numbers();

[[nodiscard]] std::string write_metrics(const server::Server::Totals& totals,
                                        const storage::Stats& store, const ProcessNumbers& process);

} // namespace rookery::app

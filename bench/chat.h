// Pairs of clients that write to each other as fast as a window of unanswered messages allows.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

struct ChatOptions {
  std::size_t pairs = 100;
  /// Messages a sender may have under way. The arrival of one at its receiver lets it send the
  /// next.
  std::size_t window = 16;
  /// Of the whole stanza as it is sent; the least that holds the addresses where this is less.
  std::size_t stanza_bytes = 100;
  /// Sessions beside the pairs, that do nothing.
  std::size_t idle = 0;
  bool both_ways = false;
  /// To the account's address instead of the device's: the server chooses the devices.
  bool to_bare = false;
  /// XEP-0198 for all clients.
  bool stream_management = false;
  Milliseconds warm_up{2000};
  Milliseconds duration{10'000};
};

/// Figures: messages, messages_per_server_cpu_second, messages_per_second, server_cores,
/// generator_cores, latency_p50_us, _p99_us, _p999_us. Messages that are lost, repeated or out of
/// order make it fail.
[[nodiscard]] Result<Report> run_chat(Subject& subject, const ChatOptions& options);

} // namespace rookery::bench

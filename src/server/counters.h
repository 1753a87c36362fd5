// What is counted on each thread, for /metrics. Plain integers: written by their thread, read there
// too (Server::collect).
#pragma once

#include <array>
#include <cstdint>

namespace rookery::server {

struct Counters {
  std::uint64_t stanzas_received[3] = {}; // by StanzaKind
  std::uint64_t stanzas_sent[3] = {};     // likewise
  std::uint64_t messages_logged = 0;
  std::uint64_t messages_unlogged = 0;
  std::uint64_t stanzas_refused = 0; // answered with an error
  std::uint64_t commits = 0;         // batches given to the store
  std::uint64_t commit_microseconds = 0;
  std::uint64_t committed_stanzas = 0;
  /// Commits by duration: up to 1, 2, 5, 10, 20, 50, 100, 500 ms, and longer.
  std::array<std::uint64_t, 9> commit_duration{};
  std::uint64_t logins = 0;
  std::uint64_t logins_failed = 0;
  std::uint64_t sessions_resumed = 0;
  std::uint64_t streams_opened = 0;
  std::uint64_t stream_errors = 0;
  std::uint64_t limits_reached = 0;

  /// Adds up what another thread has counted.
  Counters& operator+=(const Counters& other);
};

} // namespace rookery::server

#include "server/counters.h"

namespace rookery::server {

Counters& Counters::operator+=(const Counters& other) {
  for (std::size_t i = 0; i < 3; ++i) {
    stanzas_received[i] += other.stanzas_received[i];
    stanzas_sent[i] += other.stanzas_sent[i];
  }
  for (std::size_t i = 0; i < commit_duration.size(); ++i)
    commit_duration[i] += other.commit_duration[i];
  messages_logged += other.messages_logged;
  messages_unlogged += other.messages_unlogged;
  stanzas_refused += other.stanzas_refused;
  commits += other.commits;
  commit_microseconds += other.commit_microseconds;
  committed_stanzas += other.committed_stanzas;
  logins += other.logins;
  logins_failed += other.logins_failed;
  sessions_resumed += other.sessions_resumed;
  streams_opened += other.streams_opened;
  stream_errors += other.stream_errors;
  limits_reached += other.limits_reached;
  return *this;
}

} // namespace rookery::server

// Users who are each other's contacts and change their presence.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/result.h"
#include "bench/report.h"
#include "bench/subject.h"

namespace rookery::bench {

struct PresenceOptions {
  std::size_t users = 100;
  /// Of each user; users come in circles in which everyone is everyone's contact, so `users` is
  /// rounded up to whole circles.
  std::size_t contacts = 20;
  /// Changes per second of all users together; 0: each changes again as soon as all its contacts
  /// have seen the last change.
  std::size_t flaps_per_second = 0;
  Milliseconds duration{5000};
};

/// Figures: deliveries (a change that reached a contact) and what they cost, flaps,
/// delivery_p50_us, _p99_us, _p999_us. Subscriptions that are there already are used again.
[[nodiscard]] Result<Report> run_presence(Subject& subject, const PresenceOptions& options);

} // namespace rookery::bench

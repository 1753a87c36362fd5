// Every bound of the server, with its name and unit, in one place. What happens when one is reached
// stands beside it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "xml/framer.h"

namespace rookery::server {

struct Limits {
  // --- a stream before it has authenticated ---
  /// Stanza caps before authentication; reached: stream error, closed.
  xml::Caps caps_before_auth{.stanza_bytes_max = 10'000,
                             .depth_max = 8,
                             .attributes_max = 16,
                             .elements_max = 64,
                             .name_bytes_max = 128};
  /// All bytes a peer may send before it has authenticated; reached: policy-violation, closed.
  std::size_t bytes_before_auth_max = 64 * 1024;
  /// From connection to authenticated and bound; passed: connection-timeout, closed, whatever was
  /// sent meanwhile.
  Milliseconds auth_deadline{30'000};
  /// Failed attempts on one stream; reached: policy-violation, closed.
  std::uint32_t auth_failures_per_stream_max = 3;
  /// Connections not yet authenticated from one address; reached: the newest is closed at once.
  /// Loopback is exempt.
  std::uint32_t unauthenticated_per_address_max = 64;
  /// Wait before a failed attempt is answered: doubled with each failure of the account, and with
  /// each of the address once it has failed auth_address_failures_free times, whatever the
  /// accounts; up to auth_delay_max, and forgotten after auth_memory. A right password is never
  /// refused and never delayed by it. The address does not count for loopback.
  Milliseconds auth_delay_first{100};
  Milliseconds auth_delay_max{5'000};
  Seconds auth_memory{900};
  std::uint32_t auth_address_failures_free = 10;

  // --- a stream of a signed-in client ---
  xml::Caps caps{.stanza_bytes_max = 512 * 1024,
                 .depth_max = 64,
                 .attributes_max = 64,
                 .elements_max = 10'000,
                 .name_bytes_max = 256};
  /// Output waiting for a client that does not read; reached: its connection is closed (with stream
  /// management the session stays resumable).
  std::size_t output_bytes_max = 4 * 1024 * 1024;
  /// Devices of one account at a time; reached: the new one gets resource-constraint.
  std::uint32_t sessions_per_account_max = 64;
  /// Silence after which the client is pinged, and after which its connection is given up.
  Milliseconds ping_after{120'000};
  Milliseconds ping_timeout{30'000};
  /// Stanzas of one client not yet processed because logged ones before them wait for the disk;
  /// reached: reading pauses.
  std::uint32_t pipeline_stanzas_max = 1'000;
  std::size_t pipeline_bytes_max = 2 * 1024 * 1024;
  /// Bytes per second a client may send on average, and at once; above: reading pauses until the
  /// budget is back.
  std::size_t rate_bytes_per_second = 4 * 1024 * 1024;
  std::size_t rate_burst_bytes = 16 * 1024 * 1024;

  // --- stream management (XEP-0198) ---
  /// Sent and not acknowledged; reached: the session ends and what is unacknowledged goes to the
  /// other devices or stays in the log.
  std::uint32_t unacked_stanzas_max = 10'000;
  std::size_t unacked_bytes_max = 4 * 1024 * 1024;
  /// How long a session without a connection waits to be resumed, and the most a client may ask
  /// for.
  Seconds resume_default{600};
  Seconds resume_max{86'400};

  // --- accounts ---
  /// Devices an account is remembered to be used on; reached: the one that was not used for longest
  /// and is not signed in is forgotten, with its token.
  std::uint32_t device_records_max = 100;
  /// One that was not used for so long is forgotten too, when another signs in.
  Seconds device_memory = std::chrono::days(365);
  /// An account without sessions that nothing was sent to for so long is unloaded, at most half as
  /// long and a second after; so memory follows who is there, not who was.
  Seconds idle_account_life{60};
  /// Stanzas waiting for one account to be loaded; reached: resource-constraint to the sender.
  std::uint32_t loading_waiters_max = 10'000;
  /// Entries of an account's log that are handed out as offline messages when a device comes
  /// online; beyond: history has them. Does not hold with history.keep = "undelivered". They are
  /// sent as the device takes them: at a quarter of unacked_* or output_bytes_max it is waited for.
  std::uint32_t offline_messages_max = 1'000;
};

} // namespace rookery::server

// The keys of session tickets (RFC 5077, RFC 8446 section 2.2): made here, changed in time, kept
// nowhere else.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <span>

#include "base/clock.h"
#include "base/random.h"

namespace rookery::net {

struct TicketKey {
  std::array<std::byte, 16> name;
  std::array<std::byte, 32> cipher; // AES-256-CBC
  std::array<std::byte, 32> mac;    // HMAC-SHA-256
};

/// Thread-safe: one lock per handshake, which costs a thousand times more.
class TlsTicketKeys {
public:
  /// A new key every `life`; tickets of the newest `count` are taken.
  TlsTicketKeys(const Clock& clock, Random& random, Seconds life, std::size_t count);

  /// The key for new tickets.
  [[nodiscard]] TicketKey current();
  struct Found {
    TicketKey key;
    bool newest; // false: take the ticket, but give a new one
  };
  [[nodiscard]] std::optional<Found> find(std::span<const std::byte, 16> name);

private:
  /// Holding mutex_.
  void rotate();

  const Clock& clock_;
  Random& random_;
  const MonoTime life_;
  const std::size_t count_max_;
  std::mutex mutex_;
  std::deque<TicketKey> keys_; // newest first
  MonoTime newest_made_{0};
};

} // namespace rookery::net

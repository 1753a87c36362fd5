// How long a failed login waits for its answer (case 8): guessing gets slower, and nobody is locked
// out by another's guesses.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "net/ip_address.h"
#include "server/limits.h"
#include "xmpp/jid.h"

namespace rookery::server {

/// Failures in a row by whom they count for. Not thread-safe.
template <class Key, class Hash = std::hash<Key>, class Equal = std::equal_to<Key>>
class FailureCounts {
public:
  /// Keys remembered. Reached: all that have not failed for a minute are forgotten (looked for at
  /// most once a second); if that frees nothing, new ones are not counted.
  static constexpr std::size_t kKeysMax = 100'000;

  /// One more for `key`; how many it has now, none of them `memory` after the one before it.
  /// nullopt: there is no room to count it.
  std::optional<std::uint32_t> add(const auto& key, MonoTime now, Seconds memory) {
    auto at = counts_.find(key);
    if (at == counts_.end()) {
      make_room(now);
      if (counts_.size() >= kKeysMax)
        return std::nullopt;
      at = counts_.emplace(Key(key), Count{}).first;
    }
    Count& count = at->second;
    if (now - count.last > memory)
      count.failures = 0;
    count.last = now;
    return ++count.failures;
  }
  void forget(const auto& key) {
    if (const auto at = counts_.find(key); at != counts_.end())
      counts_.erase(at);
  }

private:
  struct Count {
    std::uint32_t failures = 0;
    MonoTime last{};
  };

  void make_room(MonoTime now) {
    if (counts_.size() < kKeysMax || now < next_sweep_)
      return;
    next_sweep_ = now + Seconds(1);
    std::erase_if(counts_, [&](const auto& item) { return now - item.second.last > Seconds(60); });
  }

  std::unordered_map<Key, Count, Hash, Equal> counts_;
  MonoTime next_sweep_{};
};

/// By account, on the account's thread, whether it exists or not.
class AuthThrottle {
public:
  explicit AuthThrottle(const Limits& limits) : limits_(limits) {}

  /// Notes a failure; the wait before it is answered. Without room to note it, the longest.
  [[nodiscard]] Milliseconds failed(std::string_view bare_jid, MonoTime now);
  void succeeded(std::string_view bare_jid) { failures_.forget(bare_jid); }

private:
  const Limits& limits_;
  FailureCounts<std::string, xmpp::JidHash, xmpp::JidEqual> failures_;
};

/// By address (an IPv6 network of 64 bits counts as one), whatever the accounts: one password tried
/// on many. A success takes nothing back, or an account of one's own would pay for guesses at
/// others. One for all threads; it has a lock, and is touched by failures only.
class AddressThrottle {
public:
  explicit AddressThrottle(const Limits& limits) : limits_(limits) {}

  /// As AuthThrottle's; text that is no address counts as one address.
  [[nodiscard]] Milliseconds failed(std::string_view address, MonoTime now);

private:
  const Limits& limits_;
  std::mutex mutex_;
  FailureCounts<net::IpAddress> failures_;
};

} // namespace rookery::server

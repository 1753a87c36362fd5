// How often an address may do something that costs the server more than it costs the address:
// making accounts, above all.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "net/ip_address.h"

namespace rookery::server {

/// One for all threads. It has a lock: it is for what happens seldom, never for the path of a
/// message.
class AddressQuota {
public:
  /// Addresses remembered. Reached: those whose time is over are forgotten; if that frees nothing,
  /// new addresses are refused.
  static constexpr std::size_t kAddressesMax = 100'000;

  /// Counts one more of `what` for `address` (an IPv6 network of 64 bits counts as one address).
  /// False, and nothing is counted, where it has done `max` since its first of them, at most
  /// `window` ago.
  [[nodiscard]] bool take(std::string_view what, std::string_view address, std::uint32_t max,
                          Seconds window, MonoTime now);

private:
  struct Used {
    std::uint32_t count = 0;
    MonoTime until{};
  };

  std::mutex mutex_;
  std::map<std::pair<std::string, net::IpAddress>, Used> used_;
};

} // namespace rookery::server

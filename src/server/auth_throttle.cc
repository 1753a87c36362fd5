#include "server/auth_throttle.h"

#include <algorithm>

namespace rookery::server {
namespace {

/// After the `count`th failure that waits: doubled with each.
Milliseconds wait_after(const Limits& limits, std::uint32_t count) {
  const std::uint32_t doublings = std::min(count - 1, 16U);
  return std::min(limits.auth_delay_max, limits.auth_delay_first * (1 << doublings));
}

} // namespace

Milliseconds AuthThrottle::failed(std::string_view bare_jid, MonoTime now) {
  const auto count = failures_.add(bare_jid, now, limits_.auth_memory);
  return count ? wait_after(limits_, *count) : limits_.auth_delay_max;
}

Milliseconds AddressThrottle::failed(std::string_view address, MonoTime now) {
  const net::IpAddress who = net::IpAddress::parse(address).value_or(net::IpAddress()).limit_key();
  const std::lock_guard lock(mutex_);
  const auto count = failures_.add(who, now, limits_.auth_memory);
  if (!count)
    return limits_.auth_delay_max;
  const std::uint32_t free = limits_.auth_address_failures_free;
  return *count > free ? wait_after(limits_, *count - free) : Milliseconds(0);
}

} // namespace rookery::server

#include "server/address_quota.h"

namespace rookery::server {

bool AddressQuota::take(std::string_view what, std::string_view address, std::uint32_t max,
                        Seconds window, MonoTime now) {
  const net::IpAddress who = net::IpAddress::parse(address).value_or(net::IpAddress()).limit_key();
  const std::lock_guard lock(mutex_);
  auto at = used_.find({std::string(what), who});
  if (at == used_.end()) {
    if (used_.size() >= kAddressesMax)
      std::erase_if(used_, [&](const auto& entry) { return entry.second.until <= now; });
    if (used_.size() >= kAddressesMax)
      return false;
    at = used_.emplace(std::pair(std::string(what), who), Used{}).first;
  }
  Used& used = at->second;
  if (used.until <= now)
    used = {.count = 0, .until = now + window};
  if (used.count >= max)
    return false;
  ++used.count;
  return true;
}

} // namespace rookery::server

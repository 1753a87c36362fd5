#include "server/auth_throttle.h"

#include <algorithm>

namespace rookery::server {

Milliseconds AuthThrottle::failed(std::string_view bare_jid, MonoTime now) {
  auto at = failures_.find(bare_jid);
  if (at == failures_.end()) {
    if (failures_.size() >= kNamesMax)
      std::erase_if(failures_,
                    [&](const auto& entry) { return now - entry.second.last > Seconds(60); });
    if (failures_.size() >= kNamesMax)
      return limits_.auth_delay_max;
    at = failures_.emplace(std::string(bare_jid), Failures{}).first;
  }
  Failures& failures = at->second;
  if (now - failures.last > limits_.auth_memory)
    failures.count = 0;
  failures.last = now;
  const std::uint32_t doublings = std::min(failures.count++, 16U);
  return std::min(limits_.auth_delay_max, limits_.auth_delay_first * (1 << doublings));
}

} // namespace rookery::server

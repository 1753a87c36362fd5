#include "server/doorway.h"

namespace rookery::server {

std::optional<Doorway::Guest> Doorway::enter(std::string_view text, std::uint32_t max) {
  const auto parsed = net::IpAddress::parse(text);
  if (!parsed)
    return std::nullopt;
  const net::IpAddress address = parsed->limit_key();
  const std::lock_guard lock(mutex_);
  std::uint32_t& count = guests_[address];
  if (count >= max)
    return std::nullopt;
  ++count;
  return std::optional<Guest>(std::in_place, *this, address);
}

void Doorway::leave(const net::IpAddress& address) {
  const std::lock_guard lock(mutex_);
  const auto at = guests_.find(address);
  if (--at->second == 0)
    guests_.erase(at);
}

} // namespace rookery::server

#include "net/tls_tickets.h"

#include <algorithm>

namespace rookery::net {

TlsTicketKeys::TlsTicketKeys(const Clock& clock, Random& random, Seconds life, std::size_t count)
    : clock_(clock), random_(random), life_(life), count_max_(count) {}

void TlsTicketKeys::rotate() {
  const MonoTime now = clock_.mono();
  if (!keys_.empty() && now - newest_made_ < life_)
    return;
  // After a long silence the older keys have had their time too.
  if (now - newest_made_ >= life_ * static_cast<std::int64_t>(count_max_))
    keys_.clear();
  TicketKey key;
  random_.fill(key.name);
  random_.fill(key.cipher);
  random_.fill(key.mac);
  keys_.push_front(key);
  if (keys_.size() > count_max_)
    keys_.pop_back();
  newest_made_ = now;
}

TicketKey TlsTicketKeys::current() {
  const std::lock_guard lock(mutex_);
  rotate();
  return keys_.front();
}

std::optional<TlsTicketKeys::Found> TlsTicketKeys::find(std::span<const std::byte, 16> name) {
  const std::lock_guard lock(mutex_);
  rotate();
  const auto found = std::ranges::find_if(
      keys_, [&](const TicketKey& key) { return std::ranges::equal(key.name, name); });
  if (found == keys_.end())
    return std::nullopt;
  return Found{*found, found == keys_.begin()};
}

} // namespace rookery::net

#include "modules/roster/directed.h"

#include <algorithm>

namespace rookery::modules::roster {

bool DirectedPresence::add(const xmpp::Jid& to, std::size_t max) {
  const auto at = std::ranges::lower_bound(to_, to);
  if (at != to_.end() && *at == to)
    return true;
  if (to_.size() >= max)
    return false;
  to_.insert(at, to);
  return true;
}

void DirectedPresence::remove(const xmpp::Jid& to) {
  const auto at = std::ranges::lower_bound(to_, to);
  if (at != to_.end() && *at == to)
    to_.erase(at);
}

} // namespace rookery::modules::roster

#include "server/account.h"

#include <algorithm>

namespace rookery::server {

Session* Account::find_session(std::string_view resource) const {
  const auto at = std::ranges::find_if(
      sessions_, [&](const auto& session) { return session->jid().resource() == resource; });
  return at == sessions_.end() ? nullptr : at->get();
}

Session* Account::find_session(std::uint64_t serial) const {
  const auto at = std::ranges::find_if(
      sessions_, [&](const auto& session) { return session->serial() == serial; });
  return at == sessions_.end() ? nullptr : at->get();
}

bool Account::has_visible() const {
  return std::ranges::any_of(sessions_, [](const auto& session) { return session->visible(); });
}

} // namespace rookery::server

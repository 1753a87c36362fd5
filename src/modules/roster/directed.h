// To whom a device has sent presence of its own accord (RFC 6121 §4.6), so that it can be taken
// back. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "xmpp/jid.h"

namespace rookery::modules::roster {

/// A set of addresses, bare and full. Costs nothing while it is empty.
class DirectedPresence {
public:
  /// False where it is full and `to` is not in it yet.
  [[nodiscard]] bool add(const xmpp::Jid& to, std::size_t max);
  void remove(const xmpp::Jid& to);
  [[nodiscard]] const std::vector<xmpp::Jid>& all() const { return to_; }
  [[nodiscard]] bool empty() const { return to_.empty(); }
  void clear() { std::vector<xmpp::Jid>().swap(to_); }

private:
  std::vector<xmpp::Jid> to_; // sorted
};

} // namespace rookery::modules::roster

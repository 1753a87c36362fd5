// Makes users each other's contacts, as they would do it: a request, and a grant, both ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bench/fleet.h"

namespace rookery::bench {

class Befriend {
public:
  /// Mutual; a user's number is that of its client, and its name is u<number>.
  using Contacts = std::vector<std::vector<std::uint32_t>>;

  Befriend(Fleet& fleet, const Address& address, const Contacts& contacts)
      : fleet_(fleet), address_(address), contacts_(contacts) {}

  /// All clients are online. Returns when all are contacts; at once where
  /// all of them were already.
  [[nodiscard]] Status run();
  /// What comes meanwhile.
  void on_stanza(std::size_t client, std::string_view bytes);

private:
  void say(std::size_t user, std::string_view type, std::size_t to);
  void ask();

  Fleet& fleet_;
  const Address& address_;
  const Contacts& contacts_;
  std::size_t user_ = 0, contact_ = 0; // who asks whom next
  std::size_t asked_ = 0, granted_ = 0;
};

} // namespace rookery::bench

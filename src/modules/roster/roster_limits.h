// Every bound of the module. What an operator may set is an option (roster.cc) and overwrites the
// default here.
#pragma once

#include <cstddef>

namespace rookery::modules::roster {

struct RosterLimits {
  // --- options ---
  /// Items in one roster. Reached: policy-violation to the owner who adds one.
  std::size_t contacts_max = 1'000;
  /// Requests of strangers that wait for an answer. Reached: further ones are dropped, which to
  /// their senders looks like a user who has not answered.
  std::size_t requests_max = 200;
  /// Addresses one device has sent directed presence to. Reached: resource-constraint, and the
  /// presence is not passed on, since nobody would take it back later.
  std::size_t directed_max = 500;

  // --- fixed ---
  /// RFC 6121 §2.3.3. Above: not-acceptable.
  std::size_t name_bytes_max = 1'023;
  std::size_t group_bytes_max = 1'023;
  std::size_t groups_max = 64;
  /// A request is kept with what it contains up to this size, a longer one without.
  std::size_t request_bytes_max = 4'096;
  /// Presence stanzas for one account that wait behind a change of its roster. Reached: further
  /// ones are dropped.
  std::size_t waiting_max = 10'000;
};

} // namespace rookery::modules::roster

// Strong types for what must not be mixed. All are plain 64- or 16-bit values, copied freely
// between threads.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace rookery {

/// A value of type T that only mixes with its own kind. `Tag` is any incomplete type.
template <class Tag, class T> struct StrongId {
  T value{};
  constexpr StrongId() = default;
  constexpr explicit StrongId(T v) : value(v) {}
  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;
};

/// Owner of one log and of records: an account or a room. Given once when the account is created
/// and never used again, so that what a deleted account left behind can never be seen by its
/// successor of the same name. Owner{0} is the node itself (directory of accounts, tickets, store's
/// own records).
using Owner = StrongId<struct OwnerTag, std::uint64_t>;
inline constexpr Owner kNodeOwner{0};

/// Position in a log: microseconds since the Unix epoch at the time of commit, raised where needed
/// so that ids of one store strictly increase in the order of commits. It is the XEP-0359
/// stanza-id. EntryId{0} is before all entries.
using EntryId = StrongId<struct EntryIdTag, std::uint64_t>;
inline constexpr EntryId kBeforeAll{0};
inline constexpr EntryId kAfterAll{~std::uint64_t{0}};

/// Unit of placement: hash(bare JID) mod kHomes. See ARCHITECTURE.md.
using HomeId = StrongId<struct HomeTag, std::uint16_t>;
inline constexpr std::uint16_t kHomes = 1024;

} // namespace rookery

template <class Tag, class T> struct std::hash<rookery::StrongId<Tag, T>> {
  std::size_t operator()(const rookery::StrongId<Tag, T>& id) const noexcept {
    return std::hash<T>{}(id.value * T(0x9E3779B97F4A7C15ULL | 1));
  }
};

// A day in the life of many users, as a list of what each does when: a pure function of a seed.
// bench/README.md has it as a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rookery::bench {

enum class Deed : std::uint8_t {
  kLogin,
  kLogout,
  kLose,   // the connection is gone
  kResume, // and is back
  kAway,
  kBack,
  kLookAway, // at a phone: nobody looks at it any more (XEP-0352)
  kLook,
  kType, // to `other`
  kStopTyping,
  kWrite,
};

struct DayEvent {
  std::uint32_t at_s = 0; // from the day's beginning, in its own time
  std::uint32_t user = 0;
  std::uint32_t other = 0;
  Deed deed = Deed::kLogin;

  bool operator==(const DayEvent&) const = default;
};

struct Day {
  /// From 06:00 to 24:00; what happens at night is nothing here.
  static constexpr std::uint32_t kSeconds = 18 * 3600;
  static constexpr double kHours = 18;
  static constexpr std::uint32_t kContactsMin = 3, kContactsMax = 100;

  /// Each with its contacts, closest first; contacts are mutual.
  std::vector<std::vector<std::uint32_t>> contacts;
  std::vector<bool> has_phone; // else a desktop
  /// In order of time. A user's begin with kLogin and end with kLogout; all others are between, and
  /// kLose is followed by kResume before kLogout.
  std::vector<DayEvent> events;
};

[[nodiscard]] Day plan_day(std::size_t users, std::uint64_t seed);

} // namespace rookery::bench

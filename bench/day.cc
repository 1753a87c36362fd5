#include "bench/day.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <utility>

namespace rookery::bench {
namespace {

constexpr std::uint32_t kMinute = 60, kHour = 3600;
/// Between signing in, or out, and anything else.
constexpr std::uint32_t kMargin = 2 * kMinute;

/// The standard's engine with distributions of our own: the standard leaves theirs to the library.
class Dice {
public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  bool chance(double of_one) { return unit() < of_one; }
  std::uint32_t below(std::size_t end) {
    return static_cast<std::uint32_t>(unit() * static_cast<double>(end));
  }
  std::uint32_t between(std::uint32_t first, std::uint32_t end) {
    return first + below(end - first);
  }
  /// Around the middle, at most `spread` away, mostly near.
  std::uint32_t around(std::uint32_t middle, std::uint32_t spread) {
    const double off = (unit() + unit() + unit()) / 1.5 - 1;
    return static_cast<std::uint32_t>(middle + off * spread);
  }
  /// Many small, few large: a power law with this exponent of its tail.
  std::uint32_t power(std::uint32_t least, std::uint32_t most, double exponent) {
    const double value = least * std::pow(1 - unit(), -1 / exponent);
    return static_cast<std::uint32_t>(std::min<double>(value, most));
  }

private:
  std::mt19937_64 engine_;
};

struct Interval {
  std::uint32_t from = 0, to = 0;
  [[nodiscard]] bool holds(std::uint32_t at) const {
    return at >= from + kMargin && at + kMargin <= to;
  }
};

/// An hour of the clock, as seconds of the day.
constexpr std::uint32_t clock(double hour) {
  return static_cast<std::uint32_t>((hour - 6) * kHour);
}

class Planner {
public:
  Planner(std::size_t users, std::uint64_t seed) : dice_(seed), online_(users) {
    day_.contacts.resize(users);
    day_.has_phone.resize(users);
  }

  Day plan() {
    make_friends();
    for (std::uint32_t user = 0; user < online_.size(); ++user)
      attend(user);
    for (std::uint32_t user = 0; user < online_.size(); ++user)
      talk(user);
    std::ranges::stable_sort(day_.events, {}, &DayEvent::at_s);
    return std::move(day_);
  }

private:
  void add(std::uint32_t at_s, std::uint32_t user, Deed deed, std::uint32_t other = 0) {
    day_.events.push_back({at_s, user, other, deed});
  }

  /// Each draws how many it wants; who wants is paired at random with who wants.
  void make_friends() {
    std::vector<std::uint32_t> wanting;
    for (std::uint32_t user = 0; user < online_.size(); ++user)
      wanting.insert(wanting.end(), dice_.power(Day::kContactsMin, Day::kContactsMax, 1.5), user);
    for (std::size_t i = wanting.size(); i > 1; --i)
      std::swap(wanting[i - 1], wanting[dice_.below(i)]);
    std::set<std::pair<std::uint32_t, std::uint32_t>> made;
    for (std::size_t i = 0; i + 1 < wanting.size(); i += 2) {
      const auto [one, other] = std::minmax(wanting[i], wanting[i + 1]);
      if (one == other || !made.emplace(one, other).second)
        continue;
      day_.contacts[one].push_back(other);
      day_.contacts[other].push_back(one);
    }
  }

  // --- being there ---

  void attend(std::uint32_t user) {
    day_.has_phone[user] = dice_.chance(0.6);
    if (day_.has_phone[user])
      return attend_by_phone(user);
    be_online(user, dice_.around(clock(9), 45 * kMinute), dice_.around(clock(18), kHour), 0.5);
    const std::uint32_t lunch = dice_.around(clock(12.5), 30 * kMinute);
    add(lunch, user, Deed::kAway);
    add(lunch + dice_.between(20 * kMinute, 60 * kMinute), user, Deed::kBack);
    if (dice_.chance(0.3))
      be_online(user, dice_.around(clock(20), 30 * kMinute), dice_.around(clock(22.5), kHour), 0.1);
  }

  void attend_by_phone(std::uint32_t user) {
    const std::uint32_t up = dice_.around(clock(7.5), 60 * kMinute);
    const std::uint32_t down = dice_.around(clock(23), 50 * kMinute);
    be_online(user, up, down, 5);
    add(up + kMargin, user, Deed::kLookAway);
    for (std::uint32_t glances = dice_.between(5, 20); glances > 0; --glances)
      look(user, dice_.between(up, down), dice_.between(20, 4 * kMinute));
  }

  void look(std::uint32_t user, std::uint32_t at, std::uint32_t for_s) {
    if (!day_.has_phone[user] || !is_online(user, at) || !is_online(user, at + for_s))
      return;
    add(at, user, Deed::kLook);
    add(at + for_s, user, Deed::kLookAway);
  }

  /// `losses`: lost connections to expect, each for one to ten minutes.
  void be_online(std::uint32_t user, std::uint32_t from, std::uint32_t to, double losses) {
    online_[user].push_back({from, to});
    add(from, user, Deed::kLogin);
    const double each = (to - from) / (losses + 1);
    std::uint32_t at = from;
    while (losses > 0) {
      at += kMargin + static_cast<std::uint32_t>(-std::log(1 - dice_.unit()) * each);
      const std::uint32_t back = at + dice_.between(kMinute, 10 * kMinute);
      if (back + kMargin > to)
        break;
      add(at, user, Deed::kLose);
      add(back, user, Deed::kResume);
      at = back;
    }
    add(to, user, Deed::kLogout);
  }

  [[nodiscard]] bool is_online(std::uint32_t user, std::uint32_t at) const {
    return std::ranges::any_of(online_[user], [at](const Interval& i) { return i.holds(at); });
  }

  // --- talking ---

  void talk(std::uint32_t user) {
    const auto& contacts = day_.contacts[user];
    if (contacts.empty())
      return;
    for (std::uint32_t chats = dice_.power(2, 40, 1.6); chats > 0; --chats) {
      const Interval& when = online_[user][dice_.below(online_[user].size())];
      const double closeness = dice_.unit();
      const auto whom =
          static_cast<std::size_t>(closeness * closeness * static_cast<double>(contacts.size()));
      chat(user, contacts[whom], dice_.between(when.from + kMargin, when.to - kMargin));
    }
  }

  /// Goes on until somebody leaves; to one who is not there, it is a message or two.
  void chat(std::uint32_t user, std::uint32_t other, std::uint32_t at) {
    const std::uint32_t began = at;
    const bool there = is_online(other, at);
    std::uint32_t left = there ? 2 + dice_.power(3, 40, 1.2) : dice_.between(1, 3);
    std::uint32_t writer = user, reader = other;
    look(user, began, 5 * kMinute);
    look(there ? other : user, began + 30, 5 * kMinute);
    for (; left > 0 && is_online(writer, at + kMinute); --left) {
      add(at, writer, Deed::kType, reader);
      if (dice_.chance(0.2)) {
        at += dice_.between(3, 10);
        add(at, writer, Deed::kStopTyping, reader);
        at += dice_.between(3, 20);
        add(at, writer, Deed::kType, reader);
      }
      at += dice_.between(3, 15);
      add(at, writer, Deed::kWrite, reader);
      at += dice_.between(5, 60); // read, and think
      if (there && dice_.chance(0.6))
        std::swap(writer, reader);
    }
  }

  Day day_;
  Dice dice_;
  std::vector<std::vector<Interval>> online_;
};

} // namespace

Day plan_day(std::size_t users, std::uint64_t seed) { return Planner(users, seed).plan(); }

} // namespace rookery::bench

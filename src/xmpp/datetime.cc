#include "xmpp/datetime.h"

#include <algorithm>
#include <chrono>

namespace rookery::xmpp {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;

constexpr WallTime kFirst{sys_days{std::chrono::year{1} / 1 / 1}};
constexpr WallTime kLast{sys_days{std::chrono::year{10000} / 1 / 1} - Microseconds{1}};

void append_digits(std::string& out, std::int64_t value, std::size_t width) {
  const std::size_t end = out.size() + width;
  out.resize(end);
  for (std::size_t i = 1; i <= width; ++i, value /= 10)
    out[end - i] = static_cast<char>('0' + value % 10);
}

/// Takes from the front of a text what is expected there, or fails for good.
class Scanner {
public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = value * 10 + digit();
    return value;
  }
  void literal(char expected) {
    if (!next_is(expected))
      failed_ = true;
  }
  bool next_is(char expected) {
    if (!rest_.starts_with(expected))
      return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// At least one digit; what is finer than a microsecond is cut off.
  std::int64_t fraction() {
    std::int64_t value = 0;
    std::int64_t unit = 100'000;
    do {
      value += digit() * unit;
      unit /= 10;
    } while (!failed_ && !rest_.empty() && is_digit(rest_.front()));
    return value;
  }
  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] bool done() const { return rest_.empty(); }

private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  int digit() {
    if (rest_.empty() || !is_digit(rest_.front())) {
      failed_ = true;
      return 0;
    }
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool failed_ = false;
};

/// What is to be taken from the local time to get UTC; nullopt where it is no time zone.
std::optional<minutes> scan_offset(Scanner& in) {
  if (in.next_is('Z'))
    return minutes{0};
  const bool west = in.next_is('-');
  if (!west)
    in.literal('+');
  const int hour = in.digits(2);
  in.literal(':');
  const int minute = in.digits(2);
  if (!in.ok() || minute > 59 || hour > 14 || (hour == 14 && minute > 0))
    return std::nullopt;
  const minutes offset = hours{hour} + minutes{minute};
  return west ? -offset : offset;
}

} // namespace

void append_time(std::string& out, WallTime time, Precision precision) {
  time = std::clamp(time, kFirst, kLast);
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<Microseconds> clock{time - day};
  append_digits(out, int{date.year()}, 4);
  out += '-';
  append_digits(out, unsigned{date.month()}, 2);
  out += '-';
  append_digits(out, unsigned{date.day()}, 2);
  out += 'T';
  append_digits(out, clock.hours().count(), 2);
  out += ':';
  append_digits(out, clock.minutes().count(), 2);
  out += ':';
  append_digits(out, clock.seconds().count(), 2);
  if (precision == Precision::kMicroseconds) {
    out += '.';
    append_digits(out, clock.subseconds().count(), 6);
  }
  out += 'Z';
}

std::string format_time(WallTime time, Precision precision) {
  std::string out;
  append_time(out, time, precision);
  return out;
}

std::optional<WallTime> parse_time(std::string_view text) {
  Scanner in(text);
  const int year = in.digits(4);
  in.literal('-');
  const int month = in.digits(2);
  in.literal('-');
  const int day = in.digits(2);
  in.literal('T');
  const int hour = in.digits(2);
  in.literal(':');
  const int minute = in.digits(2);
  in.literal(':');
  const int second = in.digits(2);
  const std::int64_t fraction = in.next_is('.') ? in.fraction() : 0;
  const std::optional<minutes> offset = scan_offset(in);
  if (!in.ok() || !in.done() || !offset)
    return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (year < 1 || !date.ok() || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  const WallTime time = WallTime{sys_days{date}} + hours{hour} + minutes{minute} +
                        std::chrono::seconds{second} + Microseconds{fraction} - *offset;
  if (time < kFirst || time > kLast)
    return std::nullopt;
  return time;
}

} // namespace rookery::xmpp

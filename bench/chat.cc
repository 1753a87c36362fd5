#include "bench/chat.h"

#include <charconv>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/fleet.h"
#include "bench/histogram.h"
#include "bench/meter.h"

namespace rookery::bench {
namespace {

constexpr std::size_t kDigits = 9;

/// One sender, one receiver. A message's id is its number, in kDigits digits.
struct Direction {
  std::size_t sender = 0;
  std::string stanza;
  std::size_t digits_at = 0;
  std::uint64_t sent = 0, received = 0;
  std::vector<MonoTime> sent_at; // of the messages under way, by number modulo the window
};

/// The number in the stanza's id, which is the first attribute of that name: stanza-ids come later.
std::optional<std::uint64_t> number_of(std::string_view stanza) {
  constexpr std::string_view kId = " id=";
  const std::size_t at = stanza.find(kId);
  if (at == std::string_view::npos || stanza.size() < at + kId.size() + 1 + kDigits)
    return std::nullopt;
  const char* first = stanza.data() + at + kId.size() + 1;
  std::uint64_t number = 0;
  if (std::from_chars(first, first + kDigits, number).ec != std::errc{})
    return std::nullopt;
  return number;
}

class Chat final : FleetEvents {
public:
  Chat(Subject& subject, const ChatOptions& options)
      : subject_(subject), options_(options),
        fleet_(subject.address(), 2 * options.pairs + options.idle, this),
        meter_(subject, fleet_.clock()) {}

  Result<Report> run() {
    if (Status online = go_online(); !online)
      return std::unexpected(online.error());
    start_sending();
    if (Status warm = converse(options_.warm_up); !warm)
      return std::unexpected(warm.error());
    latencies_.clear();
    received_ = 0;
    Status done = meter_.start();
    if (done)
      done = converse(options_.duration);
    if (done)
      done = meter_.stop();
    const std::uint64_t measured = received_;
    sending_ = false;
    if (done)
      done = drain();
    if (!done)
      return std::unexpected(done.error());
    return report(measured);
  }

private:
  Status go_online() {
    if (Status made = subject_.has_accounts() ? Status() : fleet_.register_all(); !made)
      return made;
    return fleet_.launch(
        0, fleet_.size(),
        {.proof = subject_.proof(), .stream_management = options_.stream_management},
        AfterPlan::kStay);
  }

  void start_sending() {
    directions_.resize(2 * options_.pairs);
    for (std::size_t i = 0; i < 2 * options_.pairs; ++i)
      directions_[i] = make_direction(i);
    for (std::size_t i = 0; i < 2 * options_.pairs; ++i)
      for (std::size_t n = 0; n < options_.window && (options_.both_ways || i % 2 == 1); ++n)
        send(directions_[i]);
  }

  /// Clients 2n and 2n+1 are a pair; directions are numbered by their receivers.
  Direction make_direction(std::size_t receiver) {
    Direction direction;
    direction.sender = receiver ^ 1U;
    std::string to = fleet_[receiver].jid();
    if (options_.to_bare)
      to.resize(to.find('/'));
    std::string& stanza = direction.stanza;
    stanza =
        fmt::format("<message{} to='{}' type='chat' id='", fleet_[receiver].stanza_xmlns(), to);
    direction.digits_at = stanza.size();
    stanza += std::string(kDigits, '0') + "'><body>";
    constexpr std::string_view kEnd = "</body></message>";
    const std::size_t filled = stanza.size() + kEnd.size();
    stanza.append(options_.stanza_bytes > filled ? options_.stanza_bytes - filled : 1, 'x');
    stanza += kEnd;
    direction.sent_at.resize(options_.window);
    return direction;
  }

  void send(Direction& direction) {
    char* end = direction.stanza.data() + direction.digits_at + kDigits;
    for (std::uint64_t rest = direction.sent, i = 0; i < kDigits; ++i, rest /= 10)
      *--end = static_cast<char>('0' + rest % 10);
    direction.sent_at[direction.sent % options_.window] = fleet_.clock().mono();
    ++direction.sent;
    fleet_[direction.sender].send(direction.stanza);
  }

  void on_stanza(std::size_t client, std::string_view bytes) override {
    if (!bytes.starts_with("<message"))
      return;
    Direction& direction = directions_[client];
    if (number_of(bytes) != direction.received) {
      if (!wrong_)
        wrong_ = fmt::format("message {} was expected, this came: {}", direction.received, bytes);
      return;
    }
    latencies_.record(fleet_.clock().mono() -
                      direction.sent_at[direction.received % options_.window]);
    ++direction.received;
    ++received_;
    if (sending_)
      send(direction);
  }

  Status converse(Milliseconds duration) {
    const Status turned = fleet_.turn_until([this] { return wrong_.has_value(); }, duration);
    return wrong_ ? fail(*wrong_, "order of messages") : turned;
  }

  Status drain() {
    const auto missing = [this] {
      std::uint64_t count = 0;
      for (const Direction& direction : directions_)
        count += direction.sent - direction.received;
      return count;
    };
    Status turned = fleet_.turn_until([&] { return wrong_ || missing() == 0; }, Fleet::kPatience);
    if (wrong_)
      return fail(*wrong_, "order of messages");
    if (turned && missing() != 0)
      return fail(fmt::format("{} messages did not arrive", missing()), "server");
    return turned;
  }

  Report report(std::uint64_t messages) const {
    Report report;
    meter_.add_rates(report, "messages", static_cast<double>(messages));
    add_quantiles(report, "latency", latencies_);
    return report;
  }

  Subject& subject_;
  const ChatOptions options_;
  Fleet fleet_;
  Meter meter_;
  std::vector<Direction> directions_;
  Histogram latencies_;
  std::uint64_t received_ = 0;
  bool sending_ = true;
  std::optional<std::string> wrong_;
};

} // namespace

Result<Report> run_chat(Subject& subject, const ChatOptions& options) {
  return Chat(subject, options).run();
}

} // namespace rookery::bench

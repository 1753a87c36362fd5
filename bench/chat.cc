#include "bench/chat.h"

#include <unistd.h>

#include <charconv>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/fleet.h"
#include "bench/histogram.h"

namespace rookery::bench {
namespace {

/// Above this share of a core the generator is what limits the rate.
constexpr double kGeneratorBusy = 0.9;
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
      : subject_(subject), options_(options), loop_(clock_),
        fleet_(loop_, random_, subject.address(), 2 * options.pairs, this) {}

  Result<Report> run() {
    if (Status online = go_online(); !online)
      return std::unexpected(online.error());
    start_sending();
    if (Status warm = converse(options_.warm_up); !warm)
      return std::unexpected(warm.error());
    latencies_.clear();
    const auto before = sample();
    Status conversed = before ? converse(options_.duration) : std::unexpected(before.error());
    if (!conversed)
      return std::unexpected(conversed.error());
    const auto after = sample();
    if (!after)
      return std::unexpected(after.error());
    sending_ = false;
    if (Status drained = drain(); !drained)
      return std::unexpected(drained.error());
    return report(*before, *after);
  }

private:
  struct Sample {
    MonoTime time;
    Microseconds server, generator;
    std::uint64_t received;
  };

  Status go_online() {
    // In steps of their own: computing keys for new accounts would starve the rest.
    Status registered =
        fleet_.launch(0, fleet_.size(), {.register_account = true, .sign_in = false}, false);
    if (!registered)
      return registered;
    return fleet_.launch(0, fleet_.size(), {.stream_management = options_.stream_management}, true);
  }

  void start_sending() {
    directions_.resize(fleet_.size());
    for (std::size_t i = 0; i < fleet_.size(); ++i)
      directions_[i] = make_direction(i);
    for (std::size_t i = 0; i < fleet_.size(); ++i)
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
    stanza = fmt::format("<message to='{}' type='chat' id='", to);
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
    direction.sent_at[direction.sent % options_.window] = clock_.mono();
    ++direction.sent;
    fleet_[direction.sender].send(direction.stanza);
  }

  void on_message(std::size_t client, std::string_view bytes) override {
    Direction& direction = directions_[client];
    if (number_of(bytes) != direction.received) {
      if (!wrong_)
        wrong_ = fmt::format("message {} was expected, this came: {}", direction.received, bytes);
      return;
    }
    latencies_.record(clock_.mono() - direction.sent_at[direction.received % options_.window]);
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

  Result<Sample> sample() {
    const auto server = subject_.cpu_time();
    const auto generator = cpu_time(::getpid());
    if (!server || !generator)
      return std::unexpected(server ? generator.error() : server.error());
    return Sample{clock_.mono(), *server, *generator, received_};
  }

  Report report(const Sample& before, const Sample& after) const {
    const auto seconds = [](Microseconds time) { return static_cast<double>(time.count()) / 1e6; };
    const auto messages = static_cast<double>(after.received - before.received);
    const double wall = seconds(after.time - before.time);
    const double server = seconds(after.server - before.server);
    const double generator = seconds(after.generator - before.generator);
    Report report;
    report.add("messages", messages);
    report.add("messages_per_server_cpu_second", messages / server);
    report.add("messages_per_second", messages / wall);
    report.add("server_cores", server / wall);
    report.add("generator_cores", generator / wall);
    const auto latency = [&](std::string_view name, double quantile) {
      report.add(name, static_cast<double>(latencies_.quantile(quantile).count()));
    };
    latency("latency_p50_us", 0.5);
    latency("latency_p99_us", 0.99);
    latency("latency_p999_us", 0.999);
    if (generator / wall > kGeneratorBusy)
      report.warn("the generator used its whole core: rate and latencies are the generator's");
    return report;
  }

  Subject& subject_;
  const ChatOptions options_;
  SystemClock clock_;
  SystemRandom random_;
  runtime::Loop loop_;
  Fleet fleet_;
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

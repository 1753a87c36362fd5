#include "bench/history.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "bench/fleet.h"
#include "bench/meter.h"
#include "xmpp/namespaces.h"

namespace rookery::bench {
namespace {

/// Messages of a pair under way while archives are filled.
constexpr std::size_t kFillWindow = 64;

class History final : FleetEvents {
public:
  History(Subject& subject, const HistoryOptions& options)
      : subject_(subject), options_(options), accounts_(options.accounts + options.accounts % 2),
        fleet_(subject.address(), accounts_, this), meter_(subject, fleet_.clock()),
        readers_(accounts_) {}

  Result<Report> run() {
    Status done = sign_in(!subject_.has_accounts());
    if (done && options_.messages > 0)
      done = fill();
    if (done && options_.cold)
      done = begin_anew();
    if (done)
      done = read_pages(Milliseconds(0), first_pages_, "first_page");
    if (done)
      done = meter_.start();
    if (done)
      done = read_pages(options_.duration, pages_, "page");
    if (done)
      done = meter_.stop();
    if (!done)
      return std::unexpected(done.error());
    meter_.add_rates(report_, "pages", static_cast<double>(pages_.count()));
    add_quantiles(report_, "page", pages_);
    add_quantiles(report_, "first_page", first_pages_);
    return report_;
  }

private:
  struct Reader {
    MonoTime asked{};
    std::size_t got = 0; // messages of the page under way
    bool waiting = false;
  };

  Status sign_in(bool make_accounts) {
    Status done = make_accounts ? fleet_.register_all() : Status();
    return done ? fleet_.launch(0, accounts_, {.proof = subject_.proof()}, AfterPlan::kStay) : done;
  }

  Status begin_anew() {
    Status done = fleet_.leave();
    if (done)
      done = subject_.restart();
    return done ? sign_in(false) : done;
  }

  // --- filling ---

  Status fill() {
    const MonoTime began = fleet_.clock().mono();
    left_to_send_ = options_.messages;
    for (std::size_t window = 0; window < kFillWindow; ++window)
      for (std::size_t i = 0; i < accounts_; i += 2)
        write_from(i);
    while (arrived_ < options_.messages) {
      const std::size_t before = arrived_;
      Status turned =
          fleet_.turn_until([&] { return arrived_ == options_.messages; }, Fleet::kPatience);
      if (!turned)
        return turned;
      if (arrived_ == before)
        return fail(fmt::format("{} messages did not arrive", options_.messages - arrived_),
                    "server");
    }
    const auto seconds = std::chrono::duration<double>(fleet_.clock().mono() - began).count();
    report_.add("filled_messages", static_cast<double>(options_.messages));
    report_.add("filled_messages_per_second", static_cast<double>(options_.messages) / seconds);
    return {};
  }

  [[nodiscard]] bool left_to_arrive() const { return arrived_ < options_.messages; }

  void write_from(std::size_t sender) {
    if (left_to_send_ == 0)
      return;
    --left_to_send_;
    Client& client = fleet_[sender];
    client.send(fmt::format("<message{} to='{}' type='chat' id='{:09}'><body>{}</body></message>",
                            client.stanza_xmlns(), fleet_[sender + 1].jid(), left_to_send_,
                            std::string(30, 'x')));
  }

  // --- reading ---

  /// At least one page of each.
  Status read_pages(Milliseconds duration, Histogram& into, std::string_view name) {
    const auto before = subject_.reads();
    times_ = &into;
    end_ = fleet_.clock().mono() + duration;
    Status turned = options_.pages_per_second == 0 ? ask_all(duration) : ask_at_pace();
    if (wrong_)
      return fail(*wrong_, "history");
    if (turned && waiting() > 0)
      return fail("a page did not come", "server");
    const auto after = subject_.reads();
    if (before && after) {
      const auto pages = static_cast<double>(into.count());
      report_.add(fmt::format("{}_reads", name),
                  static_cast<double>(after->calls - before->calls) / pages);
      report_.add(fmt::format("{}_disk_bytes", name),
                  static_cast<double>(after->disk_bytes - before->disk_bytes) / pages);
    }
    return turned;
  }

  [[nodiscard]] std::size_t waiting() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(readers_, [](const Reader& r) { return r.waiting; }));
  }

  Status ask_all(Milliseconds duration) {
    for (std::size_t i = 0; i < accounts_; ++i)
      ask(i);
    return fleet_.turn_until([&] { return wrong_ || waiting() == 0; }, duration + Fleet::kPatience);
  }

  Status ask_at_pace() {
    const MonoTime began = fleet_.clock().mono();
    std::size_t asked = 0;
    const auto over = [&] {
      const MonoTime now = fleet_.clock().mono();
      if (wrong_ || (asked >= accounts_ && now >= end_))
        return wrong_ || waiting() == 0;
      const auto due = static_cast<std::size_t>(std::chrono::duration<double>(now - began).count() *
                                                static_cast<double>(options_.pages_per_second));
      for (; asked < due && !readers_[asked % accounts_].waiting; ++asked)
        ask(asked % accounts_);
      return false;
    };
    const auto least = Seconds(accounts_ / options_.pages_per_second);
    return fleet_.turn_until(over, options_.duration + least + Fleet::kPatience);
  }

  void ask(std::size_t reader) {
    Client& client = fleet_[reader];
    readers_[reader] = {.asked = fleet_.clock().mono(), .got = 0, .waiting = true};
    client.send(fmt::format("<iq{} type='set' id='page'><query xmlns='{}'><set xmlns='{}'><max>{}"
                            "</max><before/></set></query></iq>",
                            client.stanza_xmlns(), xmpp::kNsMam2, xmpp::kNsRsm, options_.page));
  }

  void on_stanza(std::size_t client, std::string_view bytes) override {
    Reader& reader = readers_[client];
    if (bytes.starts_with("<message")) {
      // The others are messages themselves: those just written, or old ones given out at sign-in.
      if (bytes.find("<result") != bytes.npos)
        ++reader.got;
      else if (left_to_arrive() && ++arrived_ && client % 2 == 1)
        write_from(client - 1);
      return;
    }
    if (!bytes.starts_with("<iq") || !reader.waiting)
      return;
    times_->record(fleet_.clock().mono() - reader.asked);
    reader.waiting = false;
    if (reader.got != options_.page && !wrong_)
      wrong_ = fmt::format("a page of {} messages, not {}: {}", reader.got, options_.page, bytes);
    if (options_.pages_per_second == 0 && fleet_.clock().mono() < end_ && !wrong_)
      ask(client);
  }

  Subject& subject_;
  const HistoryOptions options_;
  const std::size_t accounts_;
  Fleet fleet_;
  Meter meter_;
  Report report_;
  std::vector<Reader> readers_;
  std::size_t left_to_send_ = 0, arrived_ = 0;
  Histogram first_pages_, pages_;
  Histogram* times_ = nullptr;
  MonoTime end_{};
  std::optional<std::string> wrong_;
};

} // namespace

Result<Report> run_history(Subject& subject, const HistoryOptions& options) {
  return History(subject, options).run();
}

} // namespace rookery::bench

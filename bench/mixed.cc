#include "bench/mixed.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/befriend.h"
#include "bench/day.h"
#include "bench/fleet.h"
#include "bench/meter.h"
#include "bench/mixed_talk.h"
#include "xmpp/namespaces.h"

namespace rookery::bench {
namespace {

/// Clients signing in at a time; those beyond wait, as they would in a server's backlog.
constexpr std::size_t kComingMax = 256;
constexpr int kMemorySamples = 60;
/// What has not come so long after anything else is lost.
constexpr Seconds kFinishMax{20};
constexpr Milliseconds kBetweenVisits{500};

enum class Where : std::uint8_t { kOut, kComing, kIn, kLost, kLeaving };

struct User {
  Where where = Where::kOut;
  bool looking = true;
  std::deque<DayEvent> waiting; // for the connection
};

struct Counts {
  std::uint64_t logins = 0, token_logins = 0, resumptions = 0;
};

bool is_needed_in(Deed deed) { return deed != Deed::kLogin && deed != Deed::kResume; }

class Mixed final : FleetEvents {
public:
  Mixed(Subject& subject, const MixedOptions& options)
      : subject_(subject), options_(options), day_(plan_day(options.users, options.seed)),
        fleet_(subject.address(), options.users, this), meter_(subject, fleet_.clock()),
        befriend_(fleet_, subject.address(), day_.contacts),
        talk_(fleet_, subject.address().domain, options.tolerant), users_(options.users) {}

  Result<Report> run() {
    Status done = set_up();
    if (done)
      done = meter_.start();
    if (done)
      done = live();
    if (done)
      done = meter_.stop();
    if (!done)
      return std::unexpected(done.error());
    Report figures = report();
    done = next_morning();
    if (lost_ > 0)
      figures.warn(
          fmt::format("{} messages never came, neither by themselves nor in an archive", lost_));
    if (const double mistakes = figures.value("repeated_or_out_of_order"); mistakes > 0)
      figures.warn(fmt::format("{} messages were repeated or out of order", mistakes));
    return done ? Result<Report>(figures) : std::unexpected(done.error());
  }

private:
  Status set_up() {
    Status done = subject_.has_accounts() ? Status() : fleet_.register_all();
    if (done)
      done = fleet_.launch(0, fleet_.size(), {.proof = subject_.proof()}, AfterPlan::kStay);
    if (done)
      done = befriend_.run();
    if (done)
      done = fleet_.leave();
    fleet_.login_times().clear();
    setting_up_ = false;
    return done;
  }

  // --- the day ---

  Status live() {
    began_ = fleet_.clock().mono();
    const auto idle = [this] { return next_ == day_.events.size() && is_over(); };
    return turn_until(idle, [this] {
      begin_what_is_due();
      sample_memory();
    });
  }

  /// All have left. One who has not been looked at since the last turn may have events waiting.
  [[nodiscard]] bool is_over() const {
    return moved_.empty() && blocked_.empty() && std::ranges::all_of(users_, [](const User& user) {
             return user.where == Where::kOut && user.waiting.empty();
           });
  }

  /// Fails where nothing arrives for long, or something is wrong.
  template <class Done, class Step> Status turn_until(Done done, Step step) {
    last_ = fleet_.clock().mono();
    const auto ended = [&] {
      step();
      carry_on();
      return wrong() || done() || fleet_.clock().mono() - last_ > Fleet::kPatience;
    };
    Status turned = fleet_.turn_until(ended, Milliseconds(24 * 3600 * 1000));
    if (turned && wrong())
      return fail(*wrong(), "messages");
    if (turned && !done())
      return fail(fmt::format("nothing has come for {} s", Fleet::kPatience.count()), "server",
                  stuck());
    return turned;
  }

  [[nodiscard]] const std::optional<std::string>& wrong() const {
    return wrong_ ? wrong_ : talk_.wrong();
  }

  [[nodiscard]] std::string stuck() const {
    std::size_t coming = 0, leaving = 0;
    for (const User& user : users_) {
      coming += user.where == Where::kComing ? 1U : 0U;
      leaving += user.where == Where::kLeaving ? 1U : 0U;
    }
    return fmt::format("{} users are signing in, {} are leaving; see its log", coming, leaving);
  }

  [[nodiscard]] double elapsed_ms() const {
    return std::chrono::duration<double, std::milli>(fleet_.clock().mono() - began_).count();
  }
  [[nodiscard]] double due_ms(const DayEvent& event) const {
    return static_cast<double>(event.at_s) * static_cast<double>(options_.duration.count()) /
           Day::kSeconds;
  }

  void begin_what_is_due() {
    const double now = elapsed_ms();
    while (next_ < day_.events.size() && due_ms(day_.events[next_]) <= now) {
      const DayEvent& event = day_.events[next_++];
      last_ = fleet_.clock().mono(); // at night nothing comes
      wait_for_turn(users_[event.user].waiting, event);
      do_what_waits(event.user);
    }
  }

  /// Coming back goes before what waits for that.
  static void wait_for_turn(std::deque<DayEvent>& waiting, const DayEvent& event) {
    if (event.deed != Deed::kResume)
      return waiting.push_back(event);
    const auto loss =
        std::ranges::find(waiting.rbegin(), waiting.rend(), Deed::kLose, &DayEvent::deed);
    waiting.insert(loss.base(), event);
  }

  /// Of those who have come, gone, or have had to wait for others.
  void carry_on() {
    for (const std::uint32_t user : std::exchange(moved_, {}))
      do_what_waits(user);
    while (coming_ < kComingMax && !blocked_.empty()) {
      const std::uint32_t user = blocked_.front();
      blocked_.pop_front();
      do_what_waits(user);
    }
  }

  void do_what_waits(std::uint32_t number) {
    User& user = users_[number];
    while (!user.waiting.empty() && can(user, user.waiting.front())) {
      if (!is_needed_in(user.waiting.front().deed) && coming_ >= kComingMax)
        return blocked_.push_back(number);
      const DayEvent event = user.waiting.front();
      user.waiting.pop_front();
      if (event.deed == Deed::kLogin || event.deed == Deed::kLogout)
        behind_ms_ = is_morning_ ? behind_ms_ : std::max(behind_ms_, elapsed_ms() - due_ms(event));
      carry_out(number, user, event);
    }
  }

  [[nodiscard]] bool can(const User& user, const DayEvent& event) const {
    if (event.deed == Deed::kLogin)
      return user.where == Where::kOut;
    if (event.deed == Deed::kResume)
      return user.where == Where::kLost || user.where == Where::kIn; // the latter: it never left
    return user.where == Where::kIn;
  }

  void carry_out(std::uint32_t number, User& user, const DayEvent& event) {
    switch (event.deed) {
    case Deed::kLogin:
      return come(number, login_plan(number));
    case Deed::kResume:
      if (user.where == Where::kLost)
        come(number, {.resume = true, .tickets = true, .where_offered = true, .send_again = true});
      return;
    case Deed::kLogout:
      user.where = Where::kLeaving;
      talk_.leaves(number);
      return fleet_[number].close();
    case Deed::kLose:
      if (!offers_.stream_management || options_.steady)
        return;
      user.where = Where::kLost;
      talk_.is_lost(number);
      return fleet_[number].cut();
    case Deed::kAway:
      return talk_.say_presence(number, "<show>away</show>");
    case Deed::kBack:
      return talk_.say_presence(number, "");
    case Deed::kLook:
    case Deed::kLookAway:
      return look(number, user, event.deed == Deed::kLook);
    case Deed::kType:
      return talk_.type(number, event.other, "composing");
    case Deed::kStopTyping:
      return talk_.type(number, event.other, "paused");
    case Deed::kWrite:
      return talk_.write(number, event.other);
    }
  }

  [[nodiscard]] ClientPlan login_plan(std::uint32_t number) {
    const bool has_token = !fleet_.account(number).token.empty();
    counts_.token_logins += has_token ? 1 : 0;
    ++counts_.logins;
    return {.proof = has_token ? Proof::kToken : Proof::kScram,
            .ask_for_token = !has_token,
            .stream_management = true,
            .tickets = true,
            .where_offered = true,
            .send_again = true,
            .hand_out_early = true};
  }

  void come(std::uint32_t number, const ClientPlan& plan) {
    users_[number].where = Where::kComing;
    talk_.comes(number);
    ++coming_;
    if (Status started = fleet_.start(number, plan); !started)
      wrong_ = started.error().text();
    resuming_[number] = plan.resume;
  }

  void on_ready(std::size_t client) override {
    User& user = users_[client];
    const auto number = static_cast<std::uint32_t>(client);
    user.where = Where::kIn;
    talk_.is_in(number, resuming_[number]);
    --coming_;
    last_ = fleet_.clock().mono();
    moved_.push_back(number);
    const bool looked = std::exchange(user.looking, true);
    if (resuming_[number]) {
      ++counts_.resumptions;
      return looked ? void() : look(number, user, false); // a new connection is an active one
    }
    offers_ = fleet_[client].offers();
  }

  void on_gone(std::size_t client) override {
    if (users_[client].where == Where::kLost)
      return;
    users_[client].where = Where::kOut;
    last_ = fleet_.clock().mono();
    moved_.push_back(static_cast<std::uint32_t>(client));
  }

  void look(std::uint32_t number, User& user, bool looking) {
    if (!offers_.client_state || std::exchange(user.looking, looking) == looking)
      return;
    fleet_[number].send(
        fmt::format("<{} xmlns='{}'/>", looking ? "active" : "inactive", xmpp::kNsCsi));
  }

  void on_stanza(std::size_t client, std::string_view bytes) override {
    last_ = fleet_.clock().mono();
    if (setting_up_)
      befriend_.on_stanza(client, bytes);
    else
      talk_.on_stanza(static_cast<std::uint32_t>(client), bytes);
  }

  /// Who was out when the last messages to it were written signs in once more and reads them. A
  /// server may still be busy with what was written before its writer left.
  Status next_morning() {
    is_morning_ = true;
    talk_.read_all();
    std::uint64_t missing = talk_.missing_of_all();
    for (MonoTime progress = fleet_.clock().mono();
         missing > 0 && fleet_.clock().mono() - progress < kFinishMax;) {
      Status read = visit_all_who_miss();
      if (read)
        read = fleet_.turn_until([] { return false; }, kBetweenVisits);
      if (!read)
        return read;
      if (std::exchange(missing, talk_.missing_of_all()) != talk_.missing_of_all())
        progress = fleet_.clock().mono();
    }
    lost_ = missing;
    if (missing > 0 && !options_.tolerant)
      return fail(fmt::format("{} messages never came, neither by themselves nor in an archive; {}",
                              missing, talk_.a_missing_one()),
                  "server");
    return {};
  }

  Status visit_all_who_miss() {
    for (std::uint32_t number = 0; number < users_.size(); ++number) {
      if (!talk_.misses(number))
        continue;
      users_[number].waiting = {{.user = number, .deed = Deed::kLogin}};
      moved_.push_back(number);
    }
    const auto leave_when_read = [this] {
      for (std::uint32_t number = 0; number < users_.size(); ++number)
        if (users_[number].where == Where::kIn && !talk_.is_reading(number) &&
            (!talk_.misses(number) || talk_.has_archive()))
          carry_out(number, users_[number], {.user = number, .deed = Deed::kLogout});
    };
    return turn_until([this] { return is_over(); }, leave_when_read);
  }

  // --- figures ---

  void sample_memory() {
    if (elapsed_ms() < static_cast<double>(samples_ * options_.duration.count()) / kMemorySamples)
      return;
    ++samples_;
    if (const auto memory = subject_.memory()) {
      peak_.resident_bytes = std::max(peak_.resident_bytes, memory->resident_bytes);
      peak_.anonymous_bytes = std::max(peak_.anonymous_bytes, memory->anonymous_bytes);
    }
  }

  Report report() {
    Report report;
    const auto add = [&](std::string_view name, auto value) {
      report.add(name, static_cast<double>(value));
    };
    add("users", options_.users);
    meter_.add_rates(report, "user_hours", static_cast<double>(options_.users) * Day::kHours);
    add("server_cpu_us_per_user_hour", 1e6 / report.value("user_hours_per_server_cpu_second"));
    talk_.add_figures(report);
    add("logins", counts_.logins);
    add("token_logins", counts_.token_logins);
    add("resumptions", counts_.resumptions);
    add_quantiles(report, "login", fleet_.login_times());
    add("resident_bytes_peak", peak_.resident_bytes);
    add("anonymous_bytes_peak", peak_.anonymous_bytes);
    add("behind_ms", behind_ms_);
    for (const auto& [offered, what] :
         {std::pair(offers_.tokens, "tokens (XEP-0484), so each login is by SCRAM"),
          std::pair(offers_.stream_management, "stream management, so no connection is lost"),
          std::pair(offers_.client_state, "client states (XEP-0352)"),
          std::pair(talk_.has_archive(), "archives")})
      if (!offered)
        report.warn(fmt::format("left out, as the server does not offer it: {}", what));
    if (options_.steady)
      report.warn("left out, as was asked for: lost connections");
    return report;
  }

  Subject& subject_;
  const MixedOptions options_;
  const Day day_;
  Fleet fleet_;
  Meter meter_;
  Befriend befriend_;
  MixedTalk talk_;
  std::vector<User> users_;
  std::vector<bool> resuming_ = std::vector<bool>(users_.size());
  Offers offers_;
  Counts counts_;
  Memory peak_;
  std::int64_t samples_ = 0;
  std::size_t next_ = 0; // of the day's events
  std::size_t coming_ = 0;
  std::vector<std::uint32_t> moved_;  // came or went: their waiting events want to be looked at
  std::deque<std::uint32_t> blocked_; // want to come, while too many do
  MonoTime began_{}, last_{};
  double behind_ms_ = 0;
  std::uint64_t lost_ = 0;
  bool setting_up_ = true, is_morning_ = false;
  std::optional<std::string> wrong_;
};

} // namespace

Result<Report> run_mixed(Subject& subject, const MixedOptions& options) {
  return Mixed(subject, options).run();
}

} // namespace rookery::bench

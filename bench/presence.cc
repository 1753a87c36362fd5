#include "bench/presence.h"

#include <charconv>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/fleet.h"
#include "bench/meter.h"

namespace rookery::bench {
namespace {

/// So long nothing comes: what signing in and subscribing set off is over.
constexpr Milliseconds kQuiet{500};
/// The same where not every request has been granted: they were there already, or it is stuck.
constexpr Milliseconds kQuietBefore{15'000};

/// n of "u<n>@..." in an attribute; nullopt where it is another address.
std::optional<std::size_t> user_in(std::string_view stanza, std::string_view attribute) {
  const std::size_t at = stanza.find(attribute);
  if (at == std::string_view::npos || stanza.size() < at + attribute.size() + 2)
    return std::nullopt;
  const char* first = stanza.data() + at + attribute.size() + 1;
  std::size_t number = 0;
  if (*first != 'u' ||
      std::from_chars(first + 1, stanza.data() + stanza.size(), number).ec != std::errc{})
    return std::nullopt;
  return number;
}

class Presence final : FleetEvents {
public:
  Presence(Subject& subject, const PresenceOptions& options)
      : subject_(subject), options_(options), circle_(options.contacts + 1),
        users_((options.users + circle_ - 1) / circle_ * circle_),
        fleet_(subject.address(), users_, this), meter_(subject, fleet_.clock()), flaps_(users_) {}

  Result<Report> run() {
    Status done = subject_.has_accounts() ? Status() : fleet_.register_all();
    if (done)
      done = fleet_.launch(0, users_, {.proof = subject_.proof()}, AfterPlan::kStay);
    if (done)
      done = subscribe_all();
    if (done)
      done = meter_.start();
    if (done)
      done = flap();
    if (done)
      done = meter_.stop();
    if (!done)
      return std::unexpected(done.error());
    Report report;
    meter_.add_rates(report, "deliveries", static_cast<double>(times_.count()));
    report.add("flaps", static_cast<double>(begun_));
    add_quantiles(report, "delivery", times_);
    return report;
  }

private:
  struct Flap {
    MonoTime sent{};
    std::size_t unseen = 0;
  };

  void say(std::size_t user, std::string_view attributes, std::string_view inner) {
    fleet_[user].send(
        fmt::format("<presence{}{}>{}</presence>", fleet_[user].stanza_xmlns(), attributes, inner));
  }
  [[nodiscard]] std::string to(std::size_t user) const {
    return fmt::format(" to='u{}@{}'", user, subject_.address().domain);
  }

  /// In each circle everyone asks everyone; requests are granted where they come in.
  Status subscribe_all() {
    for (std::size_t user = 0; user < users_; ++user) {
      const std::size_t first = user / circle_ * circle_;
      for (std::size_t other = first; other < first + circle_; ++other)
        if (other != user)
          say(user, " type='subscribe'" + to(other), "");
      if (Status quiet = wait_for_quiet(Milliseconds(0)); !quiet)
        return quiet;
    }
    Status quiet = wait_for_quiet(kQuietBefore);
    return quiet ? wait_for_quiet(kQuiet) : quiet;
  }

  Status wait_for_quiet(Milliseconds quiet) {
    last_ = fleet_.clock().mono();
    const std::size_t all = users_ * options_.contacts;
    return fleet_.turn_until(
        [&] {
          return fleet_.clock().mono() - last_ >= quiet ||
                 (quiet == kQuietBefore && granted_ == all);
        },
        Fleet::kPatience);
  }

  Status flap() {
    const MonoTime began = fleet_.clock().mono();
    flapping_ = true;
    if (options_.flaps_per_second == 0)
      for (std::size_t user = 0; user < users_; ++user)
        change(user);
    const auto keep_up = [&] {
      const auto passed = std::chrono::duration<double>(fleet_.clock().mono() - began).count();
      const auto due =
          static_cast<std::size_t>(passed * static_cast<double>(options_.flaps_per_second));
      while (begun_ < due)
        change(begun_ % users_);
      return false;
    };
    Status turned = fleet_.turn_until(keep_up, options_.duration);
    // However short the time was, and busy the machine: something has to have arrived.
    const auto arrived = [&] { return keep_up() || times_.count() != 0; };
    if (turned && !arrived())
      turned = fleet_.turn_until(arrived, Fleet::kPatience);
    flapping_ = false;
    return turned;
  }

  void change(std::size_t user) {
    flaps_[user] = {.sent = fleet_.clock().mono(), .unseen = options_.contacts};
    say(user, "", begun_ / users_ % 2 == 0 ? "<show>away</show>" : "<show>chat</show>");
    ++begun_;
  }

  void on_stanza(std::size_t client, std::string_view bytes) override {
    last_ = fleet_.clock().mono();
    if (!bytes.starts_with("<presence"))
      return;
    const std::string_view tag = bytes.substr(0, bytes.find('>'));
    const auto from = user_in(tag, " from=");
    if (!from || *from >= users_ || *from == client)
      return;
    if (tag.find("type='subscribe'") != tag.npos || tag.find("type=\"subscribe\"") != tag.npos)
      return say(client, " type='subscribed'" + to(*from), "");
    if (tag.find("type='subscribed'") != tag.npos || tag.find("type=\"subscribed\"") != tag.npos)
      ++granted_;
    Flap& flap = flaps_[*from];
    if (!flapping_ || flap.unseen == 0 || tag.find(" type=") != tag.npos)
      return;
    times_.record(fleet_.clock().mono() - flap.sent);
    if (--flap.unseen == 0 && options_.flaps_per_second == 0)
      change(*from);
  }

  Subject& subject_;
  const PresenceOptions options_;
  const std::size_t circle_, users_;
  Fleet fleet_;
  Meter meter_;
  std::vector<Flap> flaps_;
  std::size_t begun_ = 0, granted_ = 0;
  Histogram times_;
  MonoTime last_{};
  bool flapping_ = false;
};

} // namespace

Result<Report> run_presence(Subject& subject, const PresenceOptions& options) {
  return Presence(subject, options).run();
}

} // namespace rookery::bench

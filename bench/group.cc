#include "bench/group.h"

#include <charconv>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/fleet.h"
#include "bench/meter.h"
#include "xmpp/namespaces.h"

namespace rookery::bench {
namespace {

/// Joining costs a server occupants × occupants presences: so many at a time.
constexpr std::size_t kJoiningMax = 16;

class Group final : FleetEvents {
public:
  Group(Subject& subject, const GroupOptions& options)
      : subject_(subject), options_(options), fleet_(subject.address(), options.occupants, this),
        meter_(subject, fleet_.clock()), messages_(options.writers) {}

  Result<Report> run() {
    Status done = subject_.has_accounts() ? Status() : fleet_.register_all();
    if (done)
      done = fleet_.launch(0, options_.occupants, {.proof = subject_.proof()}, AfterPlan::kStay);
    if (done)
      done = join_all();
    if (done)
      done = meter_.start();
    for (std::size_t writer = 0; done && writer < options_.writers; ++writer)
      write_from(writer);
    if (done)
      done = fleet_.turn_until([&] { return refused_.has_value(); }, options_.duration);
    if (done)
      done = meter_.stop();
    if (done && refused_)
      done = fail(*refused_, "room");
    if (!done)
      return std::unexpected(done.error());
    Report report;
    meter_.add_rates(report, "deliveries", static_cast<double>(times_.count()));
    add_quantiles(report, "delivery", times_);
    return report;
  }

private:
  struct Message {
    MonoTime sent{};
    std::size_t unseen = 0;
  };

  [[nodiscard]] std::string room() const { return "bench@conference." + subject_.address().domain; }

  Status join_all() {
    for (std::size_t begun = 0; begun < options_.occupants;) {
      // The first makes the room, and nobody else before it is there.
      const std::size_t at_once = joined_ == 0 ? 1 : kJoiningMax;
      for (; begun < options_.occupants && begun - joined_ < at_once; ++begun) {
        Client& client = fleet_[begun];
        client.send(fmt::format("<presence{} to='{}/u{}'><x xmlns='{}'><history maxstanzas='0'/>"
                                "</x></presence>",
                                client.stanza_xmlns(), room(), begun, xmpp::kNsMuc));
      }
      if (Status joined = wait_for(begun == options_.occupants ? begun : joined_ + 1); !joined)
        return joined;
    }
    return {};
  }

  Status wait_for(std::size_t joined) {
    Status turned =
        fleet_.turn_until([&] { return refused_ || joined_ >= joined; }, Fleet::kPatience);
    if (refused_)
      return fail(*refused_, "room");
    if (turned && joined_ < joined)
      return fail(fmt::format("{} have joined, not {}", joined_, joined), "room");
    return turned;
  }

  void write_from(std::size_t writer) {
    messages_[writer] = {.sent = fleet_.clock().mono(), .unseen = options_.occupants};
    Client& client = fleet_[writer];
    client.send(fmt::format("<message{} to='{}' type='groupchat' id='w{}.'><body>{}</body>"
                            "</message>",
                            client.stanza_xmlns(), room(), writer, std::string(40, 'x')));
  }

  void on_stanza(std::size_t, std::string_view bytes) override {
    if (bytes.starts_with("<presence")) {
      if (bytes.find("<error") != bytes.npos)
        refused_ = std::string(bytes);
      else if (bytes.find("\"110\"") != bytes.npos || bytes.find("'110'") != bytes.npos)
        ++joined_;
      return;
    }
    const std::size_t at = bytes.find(" id=");
    if (!bytes.starts_with("<message") || at == bytes.npos || bytes.substr(at + 5, 1) != "w")
      return;
    std::size_t writer = 0;
    std::from_chars(bytes.data() + at + 6, bytes.data() + bytes.size(), writer);
    if (writer >= messages_.size() || messages_[writer].unseen == 0)
      return;
    times_.record(fleet_.clock().mono() - messages_[writer].sent);
    if (--messages_[writer].unseen == 0)
      write_from(writer);
  }

  Subject& subject_;
  const GroupOptions options_;
  Fleet fleet_;
  Meter meter_;
  std::vector<Message> messages_;
  std::size_t joined_ = 0;
  Histogram times_;
  std::optional<std::string> refused_;
};

} // namespace

Result<Report> run_group(Subject& subject, const GroupOptions& options) {
  return Group(subject, options).run();
}

} // namespace rookery::bench

#include "bench/quiet.h"

#include <fcntl.h>
#include <unistd.h>

#include <deque>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "bench/fleet.h"
#include "bench/flood.h"
#include "bench/meter.h"
#include "bench/metrics_page.h"
#include "runtime/descriptor.h"
#include "xmpp/namespaces.h"

namespace rookery::bench {
namespace {

constexpr std::size_t kSyncs = 300;
/// Clients: the pair, the two of the flood, those that are removed.
constexpr std::size_t kFlood = 2, kRemoved = 4;
constexpr Seconds kCompactionMax{120};

double seconds(Microseconds time) { return std::chrono::duration<double>(time).count(); }

/// What a write and its sync take, each behind the one before.
Result<Histogram> measure_syncs(const std::filesystem::path& folder, const Clock& clock,
                                std::size_t bytes) {
  std::string path = (folder / "rookery-sync-XXXXXX").string();
  const runtime::Descriptor file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file.valid())
    return fail("no file can be made to measure syncs", folder.string());
  ::unlink(path.c_str());
  Histogram times;
  const std::string text(bytes, 'x');
  for (std::size_t i = 0; i < kSyncs; ++i) {
    const MonoTime began = clock.mono();
    if (::pwrite(file.get(), text.data(), bytes, static_cast<off_t>(i * bytes)) < 0 ||
        ::fdatasync(file.get()) != 0)
      return fail("the disk refused a write", folder.string());
    times.record(clock.mono() - began);
  }
  return times;
}

class Quiet final : FleetEvents {
public:
  Quiet(Subject& subject, const QuietOptions& options)
      : subject_(subject), options_(options),
        fleet_(subject.address(), kRemoved + options.removals, this) {}

  Result<Report> run() {
    Status done = set_up();
    if (done)
      done = measure_disk();
    if (done)
      done = phase("alone");
    if (done)
      done = phase_with_flood();
    if (done && options_.removals > 0)
      done = phase_with_removals();
    return done ? Result<Report>(report_) : std::unexpected(done.error());
  }

private:
  Status set_up() {
    const ClientPlan plan{.proof = subject_.proof()};
    Status done = subject_.has_accounts() ? Status() : fleet_.register_all();
    if (done)
      done = fleet_.launch(0, kFlood, plan, AfterPlan::kStay);
    // In a store that is there, a run before may have removed them.
    if (done)
      done = fleet_.launch(kRemoved, fleet_.size(),
                           {.register_account = true, .proof = subject_.proof()}, AfterPlan::kStay);
    if (!done)
      return done;
    send(); // behind what has waited for its reader
    return drain("setting up");
  }

  Status measure_disk() {
    if (options_.disk.empty())
      return {};
    const auto times = measure_syncs(options_.disk, fleet_.clock(), options_.stanza_bytes);
    if (!times)
      return std::unexpected(times.error());
    add_quantiles(report_, "sync", *times);
    return {};
  }

  Status phase(std::string_view name) {
    return phase(name, [](Microseconds) { return true; });
  }

  /// `beside` is called each turn, with the time that has passed; past the duration, the phase ends
  /// when it says so.
  template <class Beside> Status phase(std::string_view name, Beside beside) {
    times_.clear();
    const MonoTime began = fleet_.clock().mono();
    std::uint64_t written = 0;
    const auto step = [&] {
      const Microseconds passed = fleet_.clock().mono() - began;
      const bool may_end = beside(passed);
      for (; static_cast<double>(written) <
             seconds(passed) * static_cast<double>(options_.messages_per_second);
           ++written)
        send();
      return wrong_ || (may_end && passed >= options_.duration);
    };
    Status turned = fleet_.turn_until(step, options_.duration + Milliseconds(kCompactionMax));
    if (turned)
      turned = drain(name);
    add_quantiles(report_, name, times_);
    return turned;
  }

  /// Until all have arrived.
  Status drain(std::string_view phase) {
    Status turned =
        fleet_.turn_until([this] { return wrong_ || under_way_.empty(); }, Fleet::kPatience);
    if (turned && wrong_)
      return fail(*wrong_, "order of messages");
    if (turned && !under_way_.empty())
      return fail("a message did not arrive", "server", fmt::format("in the phase '{}'", phase));
    return turned;
  }

  void send() {
    std::string stanza = fmt::format("<message{} to='{}' type='chat' id='{}{}'><body>",
                                     fleet_[0].stanza_xmlns(), fleet_[1].jid(), mark_, sent_++);
    stanza.append(options_.stanza_bytes, 'x');
    under_way_.push_back(fleet_.clock().mono());
    fleet_[0].send(stanza + "</body></message>");
  }

  void on_stanza(std::size_t client, std::string_view bytes) override {
    if (client == 1 && bytes.starts_with("<message"))
      return on_message(bytes);
    if (client >= kRemoved && bytes.starts_with("<iq"))
      on_answer(client, bytes.substr(0, bytes.find('>')));
  }

  void on_message(std::string_view bytes) {
    const std::string_view tag = bytes.substr(0, bytes.find('>'));
    if (tag.find(mark_) == tag.npos)
      return; // from before
    const std::uint64_t expected = sent_ - under_way_.size();
    if (tag.find(fmt::format("{}{}'", mark_, expected)) == tag.npos &&
        tag.find(fmt::format("{}{}\"", mark_, expected)) == tag.npos) {
      wrong_ = fmt::format("message {} was expected, this came: {}", expected, bytes);
      return;
    }
    times_.record(fleet_.clock().mono() - under_way_.front());
    under_way_.pop_front();
  }

  Status phase_with_flood() {
    Flood flood(subject_, kFlood, options_.flood_window, options_.stanza_bytes);
    if (Status started = flood.start(); !started)
      return started;
    const std::uint64_t before = flood.bytes_arrived();
    const MonoTime began = fleet_.clock().mono();
    const Status done = phase("flood");
    report_.add("flood_bytes_per_second", static_cast<double>(flood.bytes_arrived() - before) /
                                              seconds(fleet_.clock().mono() - began));
    const Status stopped = flood.stop();
    return done ? stopped : done;
  }

  // --- removals (XEP-0077 §3.2) ---

  Status phase_with_removals() {
    const std::string before = read_metrics(subject_.address());
    const MetricWatch ended(subject_.address(), "rookery_store_compactions_total");
    const MonoTime began = fleet_.clock().mono();
    std::size_t begun = 0;
    const Status done = phase("compaction", [&](Microseconds passed) {
      if (begun < options_.removals && passed * options_.removals >= options_.duration * begun)
        remove(kRemoved + begun++);
      return !ended.known() || ended.growth() > 0;
    });
    if (!done)
      return done;
    report_.add("compaction_phase_seconds", seconds(fleet_.clock().mono() - began));
    const std::string after = read_metrics(subject_.address());
    const auto growth = [&](std::string_view name) {
      return metric(after, name).value_or(0) - metric(before, name).value_or(0);
    };
    report_.add("removals", static_cast<double>(removed_));
    report_.add("compactions", growth("rookery_store_compactions_total"));
    report_.add("compaction_seconds", growth("rookery_store_compaction_seconds_total"));
    report_.add("compaction_megabytes",
                growth("rookery_store_compaction_bytes_written_total") / 1e6);
    if (growth("rookery_store_compactions_total") < 1)
      report_.warn("no compaction is known to have ended");
    return {};
  }

  void remove(std::size_t client) {
    fleet_[client].send(fmt::format("<iq{} type='set' id='remove'><query xmlns='{}'><remove/>"
                                    "</query></iq>",
                                    fleet_[client].stanza_xmlns(), xmpp::kNsRegister));
  }

  void on_answer(std::size_t client, std::string_view tag) {
    if (tag.find("'remove'") == tag.npos && tag.find("\"remove\"") == tag.npos)
      return; // a push: those it is a contact of are told
    if (tag.find("result") == tag.npos)
      wrong_ = fmt::format("an account was not removed: {}", tag);
    ++removed_;
    fleet_[client].close(); // the server does so, too
  }

  Subject& subject_;
  const QuietOptions options_;
  Fleet fleet_;
  Report report_;
  Histogram times_;
  /// Of this run, in each id.
  const std::string mark_ = fmt::format("quiet-{}-", fleet_.clock().mono().count());
  std::deque<MonoTime> under_way_; // when they were written
  std::uint64_t sent_ = 0;
  std::size_t removed_ = 0;
  std::optional<std::string> wrong_;
};

} // namespace

Result<Report> run_quiet(Subject& subject, const QuietOptions& options) {
  return Quiet(subject, options).run();
}

} // namespace rookery::bench

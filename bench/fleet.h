// Many clients, each with an account of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "bench/client.h"
#include "bench/histogram.h"
#include "runtime/loop.h"

namespace rookery::bench {

/// What they do once they are online.
class FleetEvents {
public:
  virtual void on_stanza(std::size_t client, std::string_view bytes) = 0;
  /// Of a client that start() began: its plan is done; it has ended in order, or was cut.
  virtual void on_ready(std::size_t) {}
  virtual void on_gone(std::size_t) {}

protected:
  ~FleetEvents() = default;
};

/// What a client does when its plan is done.
enum class AfterPlan : std::uint8_t {
  kStay,
  kLeave, // ends its stream in order
  kCut,   // leaves a session that can be resumed
};

class Fleet final : ClientEvents {
public:
  /// Clients that sign in at the same time, where nothing else is said.
  static constexpr std::size_t kAtOnce = 64;
  /// Without any progress of a login, or of the run.
  static constexpr Seconds kPatience{60};

  /// `events` may be null where nobody sends stanzas.
  Fleet(Address address, std::size_t size, FleetEvents* events);

  /// Clients `from` to `to` (exclusive) carry out the plan, `at_once` of them at a time; returns
  /// when the last is done.
  [[nodiscard]] Status launch(std::size_t from, std::size_t to, ClientPlan plan, AfterPlan then,
                              std::size_t at_once = kAtOnce);
  /// One client carries out the plan, beside all others, and stays; it may have ended before. Not
  /// from inside of an event.
  [[nodiscard]] Status start(std::size_t i, ClientPlan plan) { return begin(i, plan, true); }
  /// Makes the accounts, in a step of its own: computing keys for them would starve the rest.
  [[nodiscard]] Status register_all();
  /// All of them leave in order.
  [[nodiscard]] Status leave();
  /// Turns the loop until `done()`, for `at_most`; an error where a client was lost.
  template <class Done> [[nodiscard]] Status turn_until(Done done, Milliseconds at_most) {
    const MonoTime end = clock_.mono() + at_most;
    while (!problem_ && !done() && clock_.mono() < end)
      loop_.turn(Milliseconds(10));
    return problem_ ? fail(*problem_, "generator") : Status();
  }

  [[nodiscard]] Client& operator[](std::size_t i) { return *clients_[i]; }
  [[nodiscard]] Account& account(std::size_t i) { return accounts_[i]; }
  [[nodiscard]] std::size_t size() const { return accounts_.size(); }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  /// From the connection to the end of the plan, of all launches since it was cleared.
  [[nodiscard]] Histogram& login_times() { return login_times_; }

private:
  void on_done(Client& client) override;
  void on_stanza(Client& client, std::string_view bytes) override;
  void on_ended(Client& client, const std::string& problem) override;
  [[nodiscard]] Status begin(std::size_t i, ClientPlan plan, bool alone);

  SystemClock clock_;
  SystemRandom random_;
  runtime::Loop loop_{clock_};
  TlsClient tls_;
  const Address address_;
  FleetEvents* events_;
  std::vector<Account> accounts_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<MonoTime> began_;
  std::vector<bool> alone_;         // began by start()
  std::vector<std::size_t> to_cut_; // a client must not be cut inside its own call
  Histogram login_times_;
  std::size_t finished_ = 0; // of the launch under way
  AfterPlan then_ = AfterPlan::kStay;
  std::optional<std::string> problem_;
};

} // namespace rookery::bench

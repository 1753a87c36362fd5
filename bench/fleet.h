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
#include "runtime/loop.h"

namespace rookery::bench {

/// What they do once they are online.
class FleetEvents {
public:
  virtual void on_message(std::size_t client, std::string_view bytes) = 0;

protected:
  ~FleetEvents() = default;
};

class Fleet final : ClientEvents {
public:
  /// Clients that sign in at the same time.
  static constexpr std::size_t kAtOnce = 64;
  /// Without any progress of a login, or of the run.
  static constexpr Seconds kPatience{30};

  /// `events` may be null where nobody sends messages.
  Fleet(runtime::Loop& loop, Random& random, Address address, std::size_t size,
        FleetEvents* events);

  /// Clients `from` to `to` (exclusive) carry out the plan; returns when the last is done. With
  /// `stay` false each leaves when it is done.
  [[nodiscard]] Status launch(std::size_t from, std::size_t to, ClientPlan plan, bool stay);
  /// Turns the loop until `done()`, for `at_most`; an error where a client was lost.
  template <class Done> [[nodiscard]] Status turn_until(Done done, Milliseconds at_most) {
    const MonoTime end = loop_.clock().mono() + at_most;
    while (!problem_ && !done() && loop_.clock().mono() < end)
      loop_.turn(Milliseconds(10));
    return problem_ ? fail(*problem_, "generator") : Status();
  }

  [[nodiscard]] Client& operator[](std::size_t i) { return *clients_[i]; }
  [[nodiscard]] std::size_t size() const { return accounts_.size(); }

private:
  void on_done(Client& client) override;
  void on_message(Client& client, std::string_view bytes) override;
  void on_ended(Client& client, const std::string& problem) override;

  runtime::Loop& loop_;
  Random& random_;
  const Address address_;
  FleetEvents* events_;
  std::vector<Account> accounts_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t finished_ = 0; // of the launch under way
  bool stay_ = true;
  std::optional<std::string> problem_;
};

} // namespace rookery::bench

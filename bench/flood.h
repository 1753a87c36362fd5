// An account that writes to another as fast as the server lets it, on a thread of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "bench/fleet.h"
#include "bench/subject.h"

namespace rookery::bench {

class Flood final : FleetEvents {
public:
  /// Clients `first` and `first + 1`, whose accounts are there; `window` messages are under way.
  Flood(const Subject& subject, std::size_t first, std::size_t window, std::size_t stanza_bytes);
  ~Flood();

  /// Returns when both are signed in and the flood has begun.
  [[nodiscard]] Status start();
  /// What went wrong on its way, if anything did: also a message that is lost, repeated or out of
  /// order.
  [[nodiscard]] Status stop();
  [[nodiscard]] std::uint64_t bytes_arrived() const { return bytes_; }

private:
  void on_stanza(std::size_t client, std::string_view bytes) override;
  void run();
  void send();

  Fleet fleet_;
  const std::size_t first_, window_;
  const Proof proof_;
  const std::size_t stanza_bytes_;
  /// Of this flood, in each id.
  const std::string mark_ = "flood-" + std::to_string(fleet_.clock().mono().count()) + "-";
  std::uint64_t sent_ = 0, arrived_ = 0;
  std::size_t stanza_size_ = 0;
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<bool> stopping_{false};
  Status outcome_, order_;
  std::thread thread_;
};

} // namespace rookery::bench

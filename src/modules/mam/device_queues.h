// One query of a device at a time is answered, in order, and none while the device is far behind in
// taking what it was sent: results that pile up would end its session or close its connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "server/binder.h"
#include "server/session.h"
#include "xmpp/stanza_error.h"

namespace rookery::modules::mam {

/// Queries of one device that wait while another of it is answered; more are refused with
/// resource-constraint.
inline constexpr std::size_t kWaitingQueriesMax = 64;
/// Bytes on their way to a device, sent and not acknowledged or not taken by the network; above,
/// its next query waits.
inline constexpr std::size_t kBacklogBytesMax = 1024 * 1024;
/// How often it is looked whether they have become less.
inline constexpr Milliseconds kBacklogCheck{50};

/// Lives on its homes' thread as long as they do.
class DeviceQueues {
public:
  DeviceQueues();
  ~DeviceQueues();
  void bind(server::Binder& on);

  /// Begins to answer a query. Destroyed uncalled where the session ends before.
  using Begin = std::move_only_function<void()>;
  [[nodiscard]] bool full(server::Session& session);
  /// What a query is told that finds it full().
  [[nodiscard]] static xmpp::StanzaError too_many();
  /// Calls `begin` now or later; not when full().
  void add(server::Session& session, Begin begin);
  /// The query that was begun last for the device with this serial number has its answer.
  void done(const server::Account& account, std::uint64_t serial);

private:
  struct Queue;
  void run_next(Queue& queue);

  server::Slot<server::Session, std::unique_ptr<Queue>> queues_;
};

} // namespace rookery::modules::mam

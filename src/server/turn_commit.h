// What the stanzas of one loop turn put into the store, as one batch, and who waits for it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "server/account.h"
#include "server/packet.h"
#include "storage/store.h"

namespace rookery::server {

class Homes;

/// Filled on one homes' thread, given to the store at the end of the turn. When the batch is
/// durable, the store's thread hands the packets to their receivers' homes (in the order of the
/// log) and the rest back to the homes it came from.
class TurnCommit {
public:
  struct Item {
    AccountPin sender;
    std::uint64_t session; // serial; 0: it came from no session
    std::uint32_t number;
    std::size_t append; // index in Committed::ids
    Homes* receiver;    // null: the receiver is not here
    PacketPtr packet;
    PacketPtr sent_copy;    // where the sender has further devices
    bool sent_kept = false; // it is part of the sender's history
  };
  /// A count of handled stanzas that is in the batch.
  struct Position {
    AccountPin account;
    std::uint64_t session;
    std::uint32_t handled;
  };
  /// A commit of a module's own.
  struct Waiter {
    std::move_only_function<void(Status)> then;
  };

  TurnCommit(Homes& homes, MonoTime began) : homes_(homes), began_(began) {}

  /// Submits the batch; `self` lives until Homes::committed() has been called for it.
  static void submit(std::unique_ptr<TurnCommit> self, storage::Store& store);

  storage::Batch batch;
  std::vector<Item> items;
  std::vector<Position> positions;
  std::vector<Waiter> waiters;
  Status status;

  [[nodiscard]] MonoTime began() const { return began_; }

private:
  static void completed(std::unique_ptr<TurnCommit> self, const Result<storage::Committed>& result);

  Homes& homes_;
  MonoTime began_;
};

} // namespace rookery::server

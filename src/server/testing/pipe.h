// A connection that is memory: the test's thread holds one end, a net::Transport on the server's
// loops is the other.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "net/transport.h"

namespace rookery::server::testing {

/// Where a client seems to come from.
struct Peer {
  std::string address = "127.0.0.1";
  bool loopback = true;
  bool secure = false; // as over TLS
  bool can_start_tls = false;
};

/// Both directions of one connection. Outlives the transport and the client (TestServer keeps it).
/// The members here are the client's end, and may be called from any thread but a loop's.
class Pipe {
public:
  explicit Pipe(Peer peer) : peer_(std::move(peer)) {}

  /// The server's end. Called once.
  [[nodiscard]] std::unique_ptr<net::Transport> make_transport();

  void send(std::string_view data);
  /// The connection breaks without a word. What was sent before still arrives.
  void cut();
  /// From now on the client takes nothing: what the server sends piles up at the server.
  void stop_taking();

  struct Taken {
    std::string data;
    bool closed = false; // nothing will follow
  };
  /// Waits until there is something to take or the server has closed; nullopt when `until` comes
  /// first.
  [[nodiscard]] std::optional<Taken> take(std::chrono::steady_clock::time_point until);
  /// Waits until the server has destroyed its end, after cut() or when it has closed. Then this may
  /// be destroyed.
  void wait_until_gone();

private:
  class End;

  void schedule();
  void deliver(runtime::Loop& loop);
  bool deliver_next(runtime::Loop& loop);

  const Peer peer_;
  mutable std::mutex mutex_; // guards all below; never held while the server's code runs
  std::condition_variable arrived_;
  std::string to_server_;
  std::string to_client_;
  std::optional<std::string> held_; // Transport::hold_output()
  End* end_ = nullptr;              // null: the transport is gone
  runtime::Loop* loop_ = nullptr;
  net::TransportHandler* handler_ = nullptr;
  std::size_t output_limit_ = net::Transport::kOutputBytesMax;
  std::optional<net::CloseReason> closing_; // on_closed() is due
  bool told_closed_ = false;
  bool cut_ = false;
  bool taking_ = true;
  bool reading_ = true;
};

} // namespace rookery::server::testing

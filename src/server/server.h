// The server as a whole: its threads, the table of homes, and what all threads share without
// changing it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "net/transport.h"
#include "runtime/loop_thread.h"
#include "runtime/workers.h"
#include "server/address_quota.h"
#include "server/auth_throttle.h"
#include "server/counters.h"
#include "server/doorway.h"
#include "server/homes.h"
#include "server/limits.h"
#include "server/module.h"
#include "storage/store.h"

namespace rookery::server {

/// A module and the values of its options, which outlive the server.
struct ModuleChoice {
  const ModuleDescriptor* descriptor;
  const Options* options;
};

/// What history is for.
enum class HistoryKept : std::uint8_t {
  kAll,         // every message that is worth it goes to both logs
  kUndelivered, // only what found no device: nothing stays once delivered
};

struct ServerOptions {
  std::vector<std::string> domains{"localhost"}; // prepared; the first is the default
  unsigned threads = 0;                          // 0: one per core
  HistoryKept history = HistoryKept::kAll;
  bool tls_required = true;      // for logins from elsewhere than loopback
  bool plain_allowed = true;     // SASL PLAIN over TLS
  bool clear_on_loopback = true; // PLAIN and tokens from loopback without TLS
  /// "HOST" or "HOST:PORT" that clients over TCP are told to resume at; "": where they were.
  std::string resume_location{};
  /// Where browsers reach the web client, like "https://chat.example.org"; "": not known.
  std::string web_url{};
  bool keep_addresses = true; // of devices, where they last signed in from
  std::string secret; // of the installation, at least 16 bytes: fake salts and the like (case 20)
  Limits limits;
};

/// How a connection came in.
struct Arrival {
  bool websocket = false;
  bool secure = false; // TLS before the first byte of XMPP
};

class Server {
public:
  /// All references outlive the server.
  Server(ServerOptions options, storage::Store& store, Log& log, const Clock& clock,
         Random& random);
  ~Server();

  /// Starts the threads and the modules on each. Called once.
  [[nodiscard]] Status start(std::span<const ModuleChoice> modules);
  /// Closes all streams with system-shutdown, writes what is to be kept, stops the threads. From no
  /// loop's thread.
  void stop();

  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] storage::Store& store() const { return store_; }
  [[nodiscard]] Log& log() const { return log_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Random& random() const { return random_; }
  [[nodiscard]] runtime::Workers& workers() { return workers_; }
  /// Any thread.
  /// Unique while the server runs: tells a stream from a later one at the same address in memory.
  [[nodiscard]] std::uint64_t next_stream_serial() { return next_stream_serial_++; }
  [[nodiscard]] Doorway& doorway() { return doorway_; }
  [[nodiscard]] AddressQuota& address_quota() { return address_quota_; }
  [[nodiscard]] AddressThrottle& address_throttle() { return address_throttle_; }
  [[nodiscard]] MonoTime started() const { return started_; }

  [[nodiscard]] bool is_local(std::string_view domain) const;
  /// The homes a bare JID belongs to. Any thread; what they own is touched on their thread only.
  [[nodiscard]] Homes& homes_of(std::string_view bare_jid);
  [[nodiscard]] std::size_t thread_count() const { return threads_.size(); }
  [[nodiscard]] runtime::Loop& loop(std::size_t thread) { return threads_[thread]->loop.loop(); }
  [[nodiscard]] Homes& homes(std::size_t thread) { return *threads_[thread]->homes; }

  /// A connection was accepted on thread `thread`'s loop, and is attached to nothing yet. On that
  /// thread.
  void accept(std::size_t thread, std::unique_ptr<net::Transport> transport, Arrival arrival);

  /// Sum over all threads; `then` is called on one of their loops.
  struct Totals {
    Counters counters;
    std::size_t sessions = 0, streams = 0, accounts = 0;
    runtime::Loop::Counters loop;
    Queues queues;
  };
  void collect(std::move_only_function<void(Totals)> then);

private:
  struct Thread {
    explicit Thread(const Clock& clock) : loop(clock) {}
    std::unique_ptr<Homes> homes; // made and destroyed on the loop's thread
    runtime::LoopThread loop;
  };

  void collect_from(std::size_t thread, Totals totals, std::move_only_function<void(Totals)> then);

  ServerOptions options_;
  storage::Store& store_;
  Log& log_;
  const Clock& clock_;
  Random& random_;
  AddressQuota address_quota_;
  AddressThrottle address_throttle_;
  Doorway doorway_;
  std::atomic<std::uint64_t> next_stream_serial_{1};
  runtime::Workers workers_;
  MonoTime started_{};
  std::vector<std::unique_ptr<Thread>> threads_;
  bool stopped_ = false;
};

} // namespace rookery::server

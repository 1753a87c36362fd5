// What waits inside the server, for /metrics. It is summed when somebody asks: nothing keeps count
// on the way of a message.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "runtime/loop.h"

namespace rookery::server {

class Homes;

struct Queues {
  std::size_t output_bytes = 0;                         // for clients: Limits::output_bytes_max
  std::size_t unacked_stanzas = 0, unacked_bytes = 0;   // by clients: Limits::unacked_*
  std::size_t pipeline_stanzas = 0, pipeline_bytes = 0; // of clients: Limits::pipeline_*
  std::size_t mails = 0;                                // to this thread
  std::size_t jobs = 0;                                 // for runtime::Workers

  Queues& operator+=(const Queues& other);
};

/// Goes through the streams and sessions of one thread, some at a time, so that stanzas do not wait
/// for it however many there are; what comes and goes meanwhile may be left out or counted twice.
/// Belongs to its loop's thread.
class QueueWalk final : private runtime::Timer {
public:
  /// Buckets of the tables looked at before other work has its turn.
  static constexpr std::size_t kBucketsAtOnce = 4'096;
  using Then = std::move_only_function<void(const Queues&)>;

  explicit QueueWalk(Homes& homes) : homes_(homes) {}

  /// `then` gets the sums, but for `jobs`: before this returns, where it is done at once. Who asks
  /// while it is under way gets those of that walk.
  void ask(Then then);

private:
  void on_timer() override { go_on(); }
  void go_on();
  /// True where `table` is done with.
  bool walk(const auto& table, std::size_t& bucket, std::size_t& left, auto add);

  Homes& homes_;
  std::vector<Then> waiting_;
  Queues sums_;
  std::size_t stream_bucket_ = 0;
  std::size_t account_bucket_ = 0;
};

} // namespace rookery::server

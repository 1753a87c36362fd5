// A connection that is an object in the server's own process, with a client behind it that signs in
// and then counts the messages it gets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "bench/scram_login.h"
#include "net/transport.h"

namespace rookery::bench {

/// What all simulated clients share: one thread, that of the server's only loop.
struct SimulatedCounts {
  Random& random;
  std::size_t online = 0;
  std::size_t messages = 0; // that arrived, of those with Simulated::kIdPrefix
  std::string problem = {}; // the first
};

/// Belongs to the loop's thread. Never moves: the server has one.
class Simulated final : public net::Transport {
public:
  /// What the ids of counted messages begin with: others are old ones, given out at the first
  /// login.
  static constexpr std::string_view kIdPrefix = "sim";

  Simulated(SimulatedCounts& counts, std::size_t number);
  ~Simulated() override;

  /// As if the client had sent it.
  void arrive(std::string data);

  void send(std::string_view data) override;
  void close() override { abort(); }
  void abort() override { closed_ = true; }
  [[nodiscard]] std::size_t queued_bytes() const override { return 0; }
  void set_output_limit(std::size_t) override {}
  void set_reading(bool) override {}
  void hold_output(bool) override {} // it counts, and keeps nothing
  [[nodiscard]] bool is_message_based() const override { return false; }
  [[nodiscard]] bool is_loopback() const override { return true; }
  [[nodiscard]] std::string peer_address() const override { return "127.0.0.1"; }
  [[nodiscard]] net::TlsInfo tls() const override { return {}; }
  void start_tls() override {}
  [[nodiscard]] bool can_start_tls() const override { return false; }
  [[nodiscard]] std::optional<std::string> channel_binding(std::string_view) const override {
    return std::nullopt;
  }
  void detach() override { handler_ = nullptr; }
  void attach(runtime::Loop& loop, net::TransportHandler& handler) override;
  [[nodiscard]] runtime::Loop& loop() const override { return *loop_; }
  [[nodiscard]] std::size_t memory_bytes() const override { return sizeof *this; }

private:
  /// Gone when it is online.
  struct SigningIn {
    Account account;
    ScramLogin scram{account};
    std::string heard;
    enum class Step : std::uint8_t {
      kFeatures,
      kChallenge,
      kSuccess,
      kBind
    } step = Step::kFeatures;
  };

  void react();
  void open_stream();

  SimulatedCounts& counts_;
  const std::size_t number_;
  runtime::Loop* loop_ = nullptr;
  net::TransportHandler* handler_ = nullptr;
  std::unique_ptr<SigningIn> signing_in_;
  bool closed_ = false;
};

} // namespace rookery::bench

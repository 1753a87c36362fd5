// The server under test as a child process, with a configuration and a data directory of its own.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace rookery::bench {

struct ServerSettings {
  std::filesystem::path program;
  /// Kept afterwards, with the accounts in it; "" makes a directory and removes it at the end.
  std::filesystem::path data = {};
  std::string durability = "power"; // or "process"
  std::string history = "all";      // or "undelivered"
  unsigned threads = 0;             // 0: one per core
  /// What one client may send. Lifted: a generator is one very busy client.
  std::size_t rate_kilobytes = 1'048'576, burst_kilobytes = 1'048'576;
  /// A library to be loaded before all others, as LD_PRELOAD: another allocator, a tracer.
  std::string preload = {};
};

/// A child that dies with its parent. Listens on free ports of 127.0.0.1, in clear (STARTTLS
/// is offered), and lets anyone there register.
class ServerProcess {
public:
  /// Returns when it accepts connections.
  [[nodiscard]] static Result<std::unique_ptr<ServerProcess>> start(ServerSettings settings);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Stops it in order and starts it again on the same data and port: what making accounts left in
  /// its memory is gone.
  [[nodiscard]] Status restart();
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// From its process to its first connection, at the last start.
  [[nodiscard]] Microseconds start_time() const { return start_time_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Of WebSocket, in clear.
  [[nodiscard]] std::uint16_t http_port() const { return http_port_; }

private:
  explicit ServerProcess(ServerSettings settings) : settings_(std::move(settings)) {}
  [[nodiscard]] Status make_directory();
  [[nodiscard]] Status choose_ports();
  [[nodiscard]] Status write_configuration();
  [[nodiscard]] Status launch();
  [[nodiscard]] Status wait_until_ready();
  [[noreturn]] void run_program();
  void stop();

  ServerSettings settings_;
  std::filesystem::path directory_; // configuration and log, and the data where none were named
  std::uint16_t port_ = 0, http_port_ = 0;
  pid_t pid_ = -1;
  Microseconds start_time_{0};
};

} // namespace rookery::bench

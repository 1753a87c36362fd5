// The socket DATA/control.sock: how `rookery user ...` reaches the server while it runs. Only the
// user it runs as may open it.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/result.h"
#include "server/server.h"

namespace rookery::app {

/// A line each way is at most this long: a part of an account that is imported is one.
inline constexpr std::size_t kControlLineBytesMax = 48 * 1024 * 1024;
/// Connections at a time; a further one waits until one of them ends.
inline constexpr std::size_t kControlConnectionsMax = 16;

/// Lines over a socket, which it owns. One thread.
class LineChannel {
public:
  explicit LineChannel(int descriptor) : descriptor_(descriptor) {}
  LineChannel(LineChannel&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}
  LineChannel& operator=(LineChannel&&) = delete;
  ~LineChannel();

  /// Without its end. nullopt: the other end is gone, or silent for `timeout_ms` (-1: for ever), or
  /// sends more than a line may have, or `stop` (-1: none) can be read.
  [[nodiscard]] std::optional<std::string> read(int timeout_ms, int stop = -1);
  /// false: the other end is gone or does not read.
  [[nodiscard]] bool write(std::string_view line);

private:
  int descriptor_;
  std::string buffer_;
};

/// Answers each connection on a thread of its own (app/admin.h says what).
class ControlSocket {
public:
  [[nodiscard]] static Result<std::unique_ptr<ControlSocket>>
  open(const std::filesystem::path& path, server::Server& server);
  /// Ends the threads, when they have done what they are at, and removes the socket.
  ~ControlSocket();

private:
  struct Connection {
    bool done = false;
    std::thread thread;
  };
  ControlSocket(std::filesystem::path path, int listener, int stop, server::Server& server);
  void serve();
  void serve_one(LineChannel channel);
  void make_room();

  std::filesystem::path path_;
  int listener_;
  int stop_; // eventfd: readable from the end on
  server::Server& server_;
  std::mutex mutex_; // guards Connection::done
  std::condition_variable one_is_done_;
  std::list<Connection> connections_; // of the thread that accepts
  std::thread thread_;
};

/// nullopt where no server has `path` open.
[[nodiscard]] std::optional<LineChannel>
connect_to_running_server(const std::filesystem::path& path);
/// Sends one line and waits for the answer, which is "" where the server went away.
[[nodiscard]] std::string ask_line(LineChannel& channel, std::string_view line);

} // namespace rookery::app

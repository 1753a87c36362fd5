// The socket DATA/control.sock: how `rookery user ...` reaches the server while it runs. Only the
// user it runs as may open it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "server/server.h"

namespace rookery::app {

/// Answers one connection after the other on a thread of its own (app/admin.h says what).
class ControlSocket {
public:
  [[nodiscard]] static Result<std::unique_ptr<ControlSocket>>
  open(const std::filesystem::path& path, server::Server& server);
  /// Ends the thread and removes the socket.
  ~ControlSocket();

private:
  ControlSocket(std::filesystem::path path, int listener, int stop, server::Server& server);
  void serve();
  void serve_one(int connection);

  std::filesystem::path path_;
  int listener_;
  int stop_; // eventfd
  server::Server& server_;
  std::thread thread_;
};

/// Sends one line to the server that has `path` and waits for its answer; nullopt where no server
/// is there.
[[nodiscard]] std::optional<std::string> ask_running_server(const std::filesystem::path& path,
                                                            std::string_view line);

} // namespace rookery::app

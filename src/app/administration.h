// How a command reaches the data: through the server that runs on it, or, where none does, by
// opening the store itself. The same requests do the same either way (app/admin.h).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include <boost/json/fwd.hpp>

#include "app/admin.h"
#include "app/config.h"
#include "app/control_socket.h"
#include "app/running.h"
#include "base/log.h"

namespace rookery::app {

class Administration {
public:
  [[nodiscard]] static Result<std::unique_ptr<Administration>>
  open(const Config& config, const std::filesystem::path& data);
  ~Administration();

  /// Waits for the answer.
  [[nodiscard]] Result<boost::json::object> ask(const boost::json::object& request);

private:
  Administration() = default;

  std::optional<LineChannel> channel_; // to the running server; the rest is empty then
  NullLog log_;
  std::unique_ptr<Running> running_;
  std::unique_ptr<AdminSession> session_;
};

} // namespace rookery::app

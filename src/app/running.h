// Store and server put together, with or without doors to the outside: what `serve` runs, and what
// other commands use on the data of a server that does not run.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "app/config.h"
#include "app/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "server/server.h"
#include "storage/disk.h"
#include "storage/store.h"

namespace rookery::app {

class Running {
public:
  /// Opens the store in `data` (made if it is not there) and starts the server's threads. Errors
  /// where another server has it open.
  [[nodiscard]] static Result<std::unique_ptr<Running>>
  start(const Config& config, const std::filesystem::path& data, Log& log);
  /// Stops the server, then the store. Everything acknowledged is on disk afterwards.
  ~Running();

  [[nodiscard]] server::Server& server() { return *server_; }
  [[nodiscard]] storage::Store& store() { return *store_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Random& random() { return random_; }

private:
  Running() = default;

  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<storage::Disk> unsynced_; // null but in tests
  std::unique_ptr<storage::Store> store_;
  std::vector<std::unique_ptr<Settings>> settings_;
  std::unique_ptr<server::Server> server_;
};

} // namespace rookery::app

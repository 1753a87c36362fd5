// `rookery serve`: the server with all its doors, until it is told to stop.
#pragma once

#include <filesystem>
#include <optional>

#include "app/config.h"
#include "base/result.h"

namespace rookery::app {

/// Returns after SIGTERM or SIGINT, everything closed in order; reads certificates again on SIGHUP.
[[nodiscard]] Status serve(const Config& config, const std::filesystem::path& data);

} // namespace rookery::app

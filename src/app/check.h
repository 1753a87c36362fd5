// `rookery check`: looks at everything a server needs before it is needed.
#pragma once

#include <filesystem>
#include <string>

namespace rookery::app {

/// Prints a line for each finding, "ok", "note" or "PROBLEM" first, with what to do. The exit
/// status: 1 where there is a problem.
int check(const std::string& config_file, const std::filesystem::path& data);

} // namespace rookery::app

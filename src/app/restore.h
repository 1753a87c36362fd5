// `rookery restore`.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace rookery::app {

/// Puts the store of a backup in the place of DATA/store; what was there is kept as
/// DATA/store.before-restore-N.
[[nodiscard]] Status restore(const std::filesystem::path& backup,
                             const std::filesystem::path& data);

} // namespace rookery::app

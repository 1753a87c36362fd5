// The modules built into this program.
#pragma once

#include <span>

#include "server/module.h"

namespace rookery::app {

/// By name. Made by CMake from the folders.
[[nodiscard]] std::span<const server::ModuleDescriptor* const> all_modules();

} // namespace rookery::app

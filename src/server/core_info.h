// What the core itself implements, declared as a module would.
#pragma once

#include "server/module.h"

namespace rookery::server {

/// Has no options and no keyspaces; stands first in Hooks::modules.
[[nodiscard]] const ModuleInfo& core_info();

} // namespace rookery::server

// XEP-0494: what has access to one's account, and taking it away.
#pragma once

#include "server/module.h"

namespace rookery::modules::client_access {

[[nodiscard]] const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::client_access

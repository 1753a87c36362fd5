// XEP-0202: what time it is on the server.
#pragma once

#include "server/module.h"

namespace rookery::modules::time {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::time

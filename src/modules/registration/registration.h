// XEP-0077: making an account, changing its password and removing it, from within any client.
#pragma once

#include "server/module.h"

namespace rookery::modules::registration {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::registration

// XEP-0157: whom to write to about this server.
#pragma once

#include "server/module.h"

namespace rookery::modules::contact_info {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::contact_info

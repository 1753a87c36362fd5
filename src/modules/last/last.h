// XEP-0012: how long the server has been running, and when a contact was last here.
#pragma once

#include "server/module.h"

namespace rookery::modules::last {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::last

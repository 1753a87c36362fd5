// XEP-0199: is the server still there?
#pragma once

#include "server/module.h"

namespace rookery::modules::ping {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::ping

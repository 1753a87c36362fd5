// XEP-0092: which program this is, and which version.
#pragma once

#include "server/module.h"

namespace rookery::modules::version {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::version

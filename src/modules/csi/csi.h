// XEP-0352: a device that nobody looks at is not woken by what can wait.
#pragma once

#include "server/module.h"

namespace rookery::modules::csi {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::csi

// XEP-0313: the log of an account, read by its owner's devices.
#pragma once

#include "server/module.h"

namespace rookery::modules::mam {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::mam

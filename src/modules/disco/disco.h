// XEP-0030 and XEP-0115: what the server and its accounts can do.
#pragma once

#include "server/module.h"

namespace rookery::modules::disco {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::disco

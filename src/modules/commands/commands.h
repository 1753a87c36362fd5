// XEP-0050: commands that a user can have the server carry out.
#pragma once

#include "server/module.h"

namespace rookery::modules::commands {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::commands

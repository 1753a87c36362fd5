// XEP-0191: whom a user does not want to hear from, nor be seen by.
#pragma once

#include "server/module.h"

namespace rookery::modules::blocking {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::blocking

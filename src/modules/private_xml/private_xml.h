// XEP-0049: what a user's clients keep on the server for themselves.
#pragma once

#include "server/module.h"

namespace rookery::modules::private_xml {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::private_xml

// RFC 6121 §2, §3, §4: contacts, subscriptions and presence.
#pragma once

#include "server/module.h"

namespace rookery::modules::roster {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::roster

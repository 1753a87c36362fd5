// XEP-0054: the card a user shows to the others.
#pragma once

#include "server/module.h"

namespace rookery::modules::vcard {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::vcard

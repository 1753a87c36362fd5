// XEP-0445, XEP-0379, XEP-0401: invitations make accounts and contacts.
#pragma once

#include "server/module.h"

namespace rookery::modules::invitations {

const server::ModuleDescriptor& descriptor();

} // namespace rookery::modules::invitations

// As much of presence as delivery needs, for tests of the core: no roster, no subscriptions, nobody
// is told.
#pragma once

#include "server/module.h"

namespace rookery::server::testing {

/// A module named "presence". Presence without `to` makes the device available, with its priority,
/// and gives it its offline messages; one of type unavailable takes that back. Directed presence
/// passes.
const ModuleDescriptor& fake_presence();

} // namespace rookery::server::testing

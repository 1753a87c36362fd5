// Modules of a test's own.
#pragma once

#include <memory>

#include "server/module.h"

namespace rookery::server::testing {

/// One that says nothing of itself but its name, M::kName, and is made without arguments.
template <class M> const ModuleDescriptor& test_module() {
  static constexpr ModuleInfo kInfo{.name = M::kName,
                                    .about = "",
                                    .xeps = {},
                                    .features = {},
                                    .hot = {},
                                    .cold = {},
                                    .options = {}};
  static constexpr ModuleDescriptor kDescriptor{
      kInfo, [](Homes&, const Options&) -> Result<std::unique_ptr<Module>> {
        return std::make_unique<M>();
      }};
  return kDescriptor;
}

} // namespace rookery::server::testing

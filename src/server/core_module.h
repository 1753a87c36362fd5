// The core's own handlers, put into the tables as a module's are.
#pragma once

#include "server/binder.h"
#include "server/module.h"

namespace rookery::server {

/// The session request of RFC 3921, which older clients still make.
class CoreModule final : public Module {
public:
  void bind(Binder& on) override;

private:
  void open_session(IqRequest request);
};

} // namespace rookery::server

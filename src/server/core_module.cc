#include "server/core_module.h"

#include "xmpp/namespaces.h"

namespace rookery::server {

void CoreModule::bind(Binder& on) {
  on.iq_set<&CoreModule::open_session>(*this, Target::kBoth, "session", xmpp::kNsSession);
}

// RFC 6121 Appendix E: nothing needs to be done.
void CoreModule::open_session(IqRequest request) { request.result(); }

} // namespace rookery::server

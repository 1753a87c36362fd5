#include "server/testing/fake_presence.h"

#include <cstdlib>
#include <string>

#include "server/binder.h"
#include "server/homes.h"
#include "server/session.h"
#include "server/testing/test_module.h"
#include "xmpp/namespaces.h"

namespace rookery::server::testing {
namespace {

class FakePresence final : public Module {
public:
  static constexpr std::string_view kName = "presence";

  void bind(Binder& on) override { on.presence_out<&FakePresence::sent>(*this); }

private:
  bool sent(Session& session, PacketPtr& packet) {
    if (!packet->to.empty())
      return false;
    if (packet->header.type == xmpp::StanzaType::kUnavailable) {
      session.set_unavailable();
      return true;
    }
    const std::string priority = packet->element().child("priority", xmpp::kNsClient).text();
    const auto value = static_cast<std::int8_t>(std::atoi(priority.c_str()));
    const bool first = !session.available();
    session.set_available(value, std::string(packet->element().raw()));
    if (first && value >= 0)
      session.homes().deliver_offline(session);
    return true;
  }
};

} // namespace

const ModuleDescriptor& fake_presence() { return test_module<FakePresence>(); }

} // namespace rookery::server::testing

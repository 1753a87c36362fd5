#include "server/testing/fake_presence.h"

#include <cstdlib>
#include <string>

#include "server/binder.h"
#include "server/homes.h"
#include "server/session.h"
#include "xmpp/namespaces.h"

namespace rookery::server::testing {
namespace {

constexpr ModuleInfo kInfo{.name = "presence",
                           .about = "",
                           .xeps = {},
                           .features = {},
                           .hot = {},
                           .cold = {},
                           .options = {}};

class FakePresence final : public Module {
public:
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

const ModuleDescriptor& fake_presence() {
  static constexpr ModuleDescriptor kDescriptor{
      kInfo, [](Homes&, const Options&) -> Result<std::unique_ptr<Module>> {
        return std::make_unique<FakePresence>();
      }};
  return kDescriptor;
}

} // namespace rookery::server::testing

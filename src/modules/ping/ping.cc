#include "modules/ping/ping.h"

#include "server/binder.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::ping {
namespace {

using server::Target;

constexpr server::Xep kXeps[] = {{199, "2.0.1"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsPing, Target::kBoth}};

constexpr server::ModuleInfo kInfo{
    .name = "ping",
    .about = "answers pings, so that a client knows that its connection is alive",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = {},
    .options = {},
};

class Ping final : public server::Module {
public:
  void bind(server::Binder& on) override {
    on.iq_get<&Ping::server>(*this, Target::kServer, "ping", xmpp::kNsPing);
    on.iq_get<&Ping::account>(*this, Target::kAccount, "ping", xmpp::kNsPing);
  }

private:
  void server(server::IqRequest request) { request.result(); }

  void account(server::IqRequest request) {
    if (!request.from_owner())
      return request.error(xmpp::StanzaCondition::kServiceUnavailable);
    request.result();
  }
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options&) {
  return std::make_unique<Ping>();
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::ping

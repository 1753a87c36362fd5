#include "modules/client_access/client_access.h"

#include <algorithm>

#include "server/accounts.h"
#include "server/binder.h"
#include "server/devices.h"
#include "server/homes.h"
#include "xmpp/datetime.h"

namespace rookery::modules::client_access {
namespace {

using server::AccountAdmin;
using server::Device;
using server::IqRequest;
using server::Target;
using xmpp::StanzaCondition;
using xmpp::StanzaError;

constexpr std::string_view kNsCam = "urn:xmpp:cam:0";

constexpr server::Xep kXeps[] = {{494, "0.1.0", "every client has full access: no grants"}};
constexpr server::Feature kFeatures[] = {{kNsCam, Target::kAccount}};

constexpr server::ModuleInfo kInfo{
    .name = "client_access",
    .about = "shows where an account is signed in, and signs a lost device out",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = {},
    .options = {},
};

void write_user_agent(xml::Writer& writer, const Device& device) {
  if (device.software.empty() && device.device.empty())
    return;
  writer.open("user-agent");
  if (!device.software.empty())
    writer.leaf("software", device.software);
  if (!device.device.empty())
    writer.leaf("device", device.device);
  writer.close();
}

void write_client(xml::Writer& writer, const Device& device) {
  writer.open("client")
      .attribute("connected", device.connected ? "true" : "false")
      .attribute("id", device.name)
      .attribute("type", "session");
  writer.leaf("first-seen", xmpp::format_time(device.first_used, xmpp::Precision::kSeconds));
  writer.leaf("last-seen", xmpp::format_time(device.last_used, xmpp::Precision::kSeconds));
  writer.open("auth");
  if (device.password)
    writer.open("password").close();
  if (device.token)
    writer.open("fast").close();
  writer.close();
  writer.open("permission").attribute("status", "unrestricted").close();
  write_user_agent(writer, device);
  writer.close();
}

class ClientAccess final : public server::Module {
public:
  void bind(server::Binder& on) override {
    on.iq_get<&ClientAccess::list>(*this, Target::kAccount, "list", kNsCam);
    on.iq_set<&ClientAccess::revoke>(*this, Target::kAccount, "revoke", kNsCam);
  }

private:
  void list(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    AccountAdmin admin(request.homes().server());
    const xmpp::BareJid jid = request.from().bare();
    admin.devices(jid, [request = std::move(request)](Result<std::vector<Device>> devices) mutable {
      if (!devices)
        return request.error(StanzaCondition::kInternalServerError);
      request.result([&](xml::Writer& writer) {
        writer.open("clients", kNsCam);
        for (const Device& device : *devices)
          write_client(writer, device);
        writer.close();
      });
    });
  }

  void revoke(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    std::string id(request.payload().attribute_or_empty("id"));
    if (id.empty())
      return request.error({StanzaCondition::kBadRequest, "the id of a client is missing"});
    AccountAdmin admin(request.homes().server());
    const xmpp::BareJid jid = request.from().bare();
    const std::string own(request.from().resource());
    admin.sign_out(
        jid, std::move(id), own,
        [request = std::move(request)](Result<std::vector<Device>> signed_out) mutable {
          if (!signed_out && signed_out.error().what == AccountAdmin::kNoSuchDevice)
            return request.error({StanzaCondition::kItemNotFound, "there is no such client"});
          if (!signed_out)
            return request.error(
                {StanzaCondition::kInternalServerError, "the server cannot write to its disk"});
          if (std::ranges::any_of(*signed_out, &Device::password))
            return request.error(knows_the_password());
          request.result();
        });
  }

  /// It is signed out, and could sign in again.
  static StanzaError knows_the_password() {
    StanzaError error(StanzaCondition::kServiceUnavailable,
                      "it is signed out, but knows the password: change that to keep it out");
    error.application = "<password-reset-required xmlns='urn:xmpp:cam:0'/>";
    return error;
  }
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options&) {
  return std::make_unique<ClientAccess>();
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::client_access

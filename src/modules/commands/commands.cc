#include "modules/commands/commands.h"

#include <algorithm>

#include "server/binder.h"
#include "server/homes.h"
#include "server/server.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::commands {
namespace {

using server::IqRequest;
using server::Target;
using xmpp::StanzaCondition;
using xmpp::StanzaError;

constexpr std::size_t kSessionIdBytes = 12;

constexpr server::Xep kXeps[] = {{50, "1.3.0", "commands of the server, of one stage"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsCommands, Target::kServer}};

constexpr server::ModuleInfo kInfo{
    .name = "commands",
    .about = "carries out commands that other modules declare, from within any app",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = {},
    .options = {},
};

/// XEP-0050 §4.5.
StanzaError refusal(StanzaCondition condition, std::string_view name, std::string text) {
  StanzaError error(condition, std::move(text));
  xml::Writer writer(error.application);
  writer.open(name, xmpp::kNsCommands).close();
  return error;
}

class Commands final : public server::Module {
public:
  explicit Commands(server::Homes& homes) : homes_(homes) {}

  void bind(server::Binder& on) override {
    on.iq_set<&Commands::execute>(*this, Target::kServer, "command", xmpp::kNsCommands);
    hooks_ = &on.hooks();
  }

private:
  void execute(IqRequest request) {
    const xml::Element command = request.payload();
    const std::string_view node = command.attribute_or_empty("node");
    if (!request.from().has_local() || !homes_.server().is_local(request.from().domain()))
      return request.error(StanzaCondition::kForbidden);
    const auto at = std::ranges::find(hooks_->commands, node, &server::Hooks::Command::node);
    if (at == hooks_->commands.end())
      return request.error({StanzaCondition::kItemNotFound, "there is no such command"});
    const std::string_view action = command.attribute("action").value_or("execute");
    const bool known = action == "execute" || action == "cancel" || action == "prev" ||
                       action == "next" || action == "complete";
    if (!known)
      return request.error(
          refusal(StanzaCondition::kBadRequest, "malformed-action", "there is no such action"));
    // What is completed at once leaves no session to go on with, or to cancel.
    if (command.attribute("sessionid"))
      return request.error(
          refusal(StanzaCondition::kBadRequest, "bad-sessionid", "the command is over"));
    if (action != "execute")
      return request.error(refusal(StanzaCondition::kBadRequest, "bad-action",
                                   "a command is executed before anything else"));
    at->call(server::CommandRequest(std::move(request), at->node,
                                    homes_.random().token(kSessionIdBytes)));
  }

  server::Homes& homes_;
  const server::Hooks* hooks_ = nullptr;
};

Result<std::unique_ptr<server::Module>> create(server::Homes& homes, const server::Options&) {
  return std::make_unique<Commands>(homes);
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::commands

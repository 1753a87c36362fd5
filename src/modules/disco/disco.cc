#include "modules/disco/disco.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/assert.h"
#include "modules/disco/capabilities.h"
#include "server/binder.h"
#include "server/client_stream.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::disco {
namespace {

using server::IqRequest;
using server::Target;
using xmpp::StanzaCondition;

/// XEP-0115 `node`: names the program, not an installation of it.
constexpr std::string_view kNode = "urn:x-rookery";

constexpr server::Xep kXeps[] = {
    {30, "2.5.0",
     "a stranger's disco#items for an account is refused, where the XEP has an empty answer"},
    {115, "1.6.0", "for the server itself"},
    {128, "1.0.1"},
};
constexpr server::Feature kFeatures[] = {
    {xmpp::kNsDiscoInfo, Target::kBoth},
    {xmpp::kNsDiscoItems, Target::kBoth},
    {xmpp::kNsCaps, Target::kServer},
};

constexpr server::ModuleInfo kInfo{
    .name = "disco",
    .about = "lets apps find out what the server and an account can do",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = {},
    .options = {},
};

/// What a domain answers to disco#info, and the hash of it. It stays the same while the server
/// runs.
struct ServerInfo {
  std::string inside; // of <query/>
  std::string ver;
};

class Disco final : public server::Module {
public:
  void bind(server::Binder& on) override {
    on.iq_get<&Disco::server_info>(*this, Target::kServer, "query", xmpp::kNsDiscoInfo);
    on.iq_get<&Disco::account_info>(*this, Target::kAccount, "query", xmpp::kNsDiscoInfo);
    on.iq_get<&Disco::server_items>(*this, Target::kServer, "query", xmpp::kNsDiscoItems);
    on.iq_get<&Disco::account_items>(*this, Target::kAccount, "query", xmpp::kNsDiscoItems);
    on.stream_features<&Disco::announce>(*this);
    hooks_ = &on.hooks();
  }

private:
  void server_info(IqRequest request) {
    const std::string node(request.payload().attribute_or_empty("node"));
    if (const server::Hooks::Command* command = command_of(request, node))
      return command_info(std::move(request), *command);
    const ServerInfo& info = info_of(std::string(request.to().domain()));
    if (!node.empty() && node != std::string(kNode) + '#' + info.ver)
      return request.error(StanzaCondition::kItemNotFound);
    request.result([&](xml::Writer& writer) {
      writer.open("query", xmpp::kNsDiscoInfo).attribute_if("node", node).raw(info.inside);
    });
  }

  void account_info(IqRequest request) {
    if (!admits(request))
      return;
    request.result([&](xml::Writer& writer) {
      writer.open("query", xmpp::kNsDiscoInfo);
      writer.open("identity")
          .attribute("category", "account")
          .attribute("type", "registered")
          .close();
      write_features(writer, Target::kAccount);
    });
  }

  // XEP-0050 §2: the node of all commands, and one for each.
  static bool from_user(const IqRequest& request) {
    return request.from().has_local() && request.from().domain() == request.to().domain();
  }

  [[nodiscard]] const server::Hooks::Command* command_of(const IqRequest& request,
                                                         std::string_view node) const {
    const auto at = std::ranges::find(hooks_->commands, node, &server::Hooks::Command::node);
    return at != hooks_->commands.end() && from_user(request) ? &*at : nullptr;
  }

  static void command_info(IqRequest request, const server::Hooks::Command& command) {
    request.result([&](xml::Writer& writer) {
      writer.open("query", xmpp::kNsDiscoInfo).attribute("node", command.node);
      writer.open("identity").attribute("category", "automation").attribute("type", "command-node");
      writer.attribute("name", command.name).close();
      for (const std::string_view var : {xmpp::kNsCommands, xmpp::kNsDataForms})
        writer.open("feature").attribute("var", var).close();
    });
  }

  void list_commands(IqRequest request) {
    const std::string server(request.to().domain());
    const bool user = from_user(request);
    request.result([&](xml::Writer& writer) {
      writer.open("query", xmpp::kNsDiscoItems).attribute("node", xmpp::kNsCommands);
      for (const server::Hooks::Command& command : hooks_->commands)
        if (user)
          writer.open("item")
              .attribute("jid", server)
              .attribute("node", command.node)
              .attribute("name", command.name)
              .close();
    });
  }

  void server_items(IqRequest request) {
    if (request.payload().attribute("node") == xmpp::kNsCommands && !hooks_->commands.empty())
      return list_commands(std::move(request));
    if (request.payload().attribute("node"))
      return request.error(StanzaCondition::kItemNotFound);
    request.result([](xml::Writer& writer) { writer.open("query", xmpp::kNsDiscoItems); });
  }

  void account_items(IqRequest request) {
    if (!admits(request))
      return;
    request.result([](xml::Writer& writer) { writer.open("query", xmpp::kNsDiscoItems); });
  }

  // XEP-0030 §8, case 43: only those who may see the account's presence. There are no nodes here.
  static bool admits(IqRequest& request) {
    if (!request.from_contact())
      request.error(StanzaCondition::kServiceUnavailable);
    else if (request.payload().attribute("node"))
      request.error(StanzaCondition::kItemNotFound);
    else
      return true;
    return false;
  }

  // XEP-0115 §6.3. Before login it would be the same for everyone, and cost everyone its bytes.
  void announce(xml::Writer& writer, const server::ClientStream& stream) {
    if (!stream.authenticated())
      return;
    writer.open("c", xmpp::kNsCaps).attribute("hash", "sha-1").attribute("node", kNode);
    writer.attribute("ver", info_of(std::string(stream.domain())).ver).close();
  }

  // Not before all modules have bound, so at the first question.
  const ServerInfo& info_of(const std::string& domain) {
    const auto at = infos_.find(domain);
    if (at != infos_.end())
      return at->second;
    ServerInfo info;
    xml::Writer writer(info.inside, xmpp::kNsDiscoInfo);
    writer.open("identity").attribute("category", "server").attribute("type", "im");
    writer.attribute("name", "Rookery").close();
    write_features(writer, Target::kServer);
    for (const auto& hook : hooks_->server_info)
      hook.call(writer, domain);
    writer.close_all();

    std::string query;
    xml::Writer(query).open("query", xmpp::kNsDiscoInfo).raw(info.inside).close();
    xml::Document document;
    ROOKERY_ASSERT(document.parse_trusted(query, xmpp::kNsClient));
    info.ver = verification_string(document.root());
    return infos_.emplace(domain, std::move(info)).first->second;
  }

  void write_features(xml::Writer& writer, Target target) const {
    std::set<std::string_view> vars;
    for (const server::ModuleInfo* module : hooks_->modules)
      for (const server::Feature& feature : module->features)
        if ((static_cast<unsigned>(feature.target) & static_cast<unsigned>(target)) != 0)
          vars.insert(feature.var);
    for (const std::string_view var : vars)
      writer.open("feature").attribute("var", var).close();
  }

  const server::Hooks* hooks_ = nullptr;
  std::map<std::string, ServerInfo> infos_; // by domain
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options&) {
  return std::make_unique<Disco>();
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::disco

#include "modules/invitations/invitations.h"

#include <utility>

#include "server/account.h"
#include "server/binder.h"
#include "server/client_stream.h"
#include "server/homes.h"
#include "server/invitations.h"
#include "server/server.h"
#include "xmpp/data_form.h"
#include "xmpp/datetime.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::invitations {
namespace {

using server::EarlyRequest;
using server::Invitation;
using server::PacketPtr;
using xmpp::StanzaCondition;
using xmpp::StanzaError;
using Type = server::Option::Type;

constexpr server::Xep kXeps[] = {
    {379, "0.3.3", "the server grants the request; links are made as XEP-0401 says"},
    {401, "0.6.0", "invitations of users; the operator has the command line"},
    {445, "0.2.0"},
};
constexpr server::Option kOptions[] = {
    {.type = Type::kBool,
     .name = "users_may_invite",
     .standard = "false",
     .unit = "",
     .about =
         "an invitation that a user makes is good for an account here, not only for a contact"},
    {.type = Type::kInteger,
     .name = "per_account_max",
     .standard = "20",
     .min = 1,
     .max = server::kInvitationsMax,
     .unit = "invitations",
     .about = "that one user has made and nobody has used"},
    {.type = Type::kInteger,
     .name = "days",
     .standard = "7",
     .min = 1,
     .max = std::chrono::floor<std::chrono::days>(server::kInvitationLifeMax).count(),
     .unit = "days",
     .about = "that an invitation of a user can be used"},
};

constexpr storage::Keyspace kCold[] = {server::kInvitationRecords};
constexpr server::Stays kStays[] = {
    {server::kInvitationRecords, "links name this server; who invites makes new ones"}};

constexpr server::ModuleInfo kInfo{
    .name = "invitations",
    .about = "lets who is invited make an account, and become a contact of who invites",
    .xeps = kXeps,
    .features = {},
    .hot = {},
    .cold = kCold,
    .options = kOptions,
    .stays = kStays,
};

/// Requests with a token that wait for the store, of one thread's accounts. Reached: further ones
/// go the way of those without a token.
constexpr std::size_t kAskingMax = 1'000;

struct Rules {
  bool users_may_invite;
  std::size_t per_account_max;
  std::chrono::days life;
};

bool is_preauth(const xml::Element& child, std::string_view) {
  return child.is("preauth", xmpp::kNsPars);
}

class Invitations final : public server::Module {
public:
  Invitations(server::Homes& homes, Rules rules) : homes_(homes), rules_(rules) {}

  void bind(server::Binder& on) override {
    on.stream_features<&Invitations::announce>(*this);
    on.iq_before_auth<&Invitations::show>(*this, "preauth", xmpp::kNsPars);
    on.presence_in<&Invitations::asked>(*this);
    on.command<&Invitations::invite>(*this, xmpp::kNsInvite, "Invite somebody");
  }

private:
  // --- before login (XEP-0445) ---

  void announce(xml::Writer& writer, const server::ClientStream& stream) {
    if (stream.authenticated() || !(stream.secure() || stream.transport().is_loopback()))
      return;
    writer.open("register", xmpp::kNsIbrToken).close();
    writer.open("register", xmpp::kNsInviteFeature).close();
  }

  void show(EarlyRequest request) {
    const auto to = request.packet->header.to;
    if (request.packet->header.type != xmpp::StanzaType::kSet || (to && *to != request.domain))
      return request.error(StanzaCondition::kServiceUnavailable);
    const auto key = server::read_invitation_token(request.payload().attribute_or_empty("token"));
    if (!key)
      return request.wrong_guess(not_good());
    server::Invitations::find(
        homes_, *key, [this, key = *key, request = std::move(request)](auto found) {
          if (!found)
            return request.error(StanzaCondition::kInternalServerError);
          const std::optional<Invitation>& invitation = *found;
          if (!invitation || !invitation->registers || invitation->domain != request.domain ||
              invitation->expires <= homes_.clock().wall()) {
            homes_.log().at(LogLevel::kInfo, "invitations", "invitation refused address={}",
                            request.peer_address);
            return request.wrong_guess(not_good());
          }
          request.invite({.key = key, .name = invitation->name});
          request.result({});
        });
  }

  static StanzaError not_good() {
    return {StanzaCondition::kItemNotFound, "The provided token is invalid or expired"};
  }

  // --- a contact who asks with an invitation (XEP-0379 §3.5) ---

  // A token that the account has not made is its devices' to know: it stays in the request.
  bool asked(server::Account& account, PacketPtr& packet) {
    if (packet->header.type != xmpp::StanzaType::kSubscribe)
      return false;
    const xml::Element preauth = packet->element().child("preauth", xmpp::kNsPars);
    const auto key =
        preauth ? server::read_invitation_token(preauth.attribute_or_empty("token")) : std::nullopt;
    if (!key || key->owner != account.owner() || asking_ >= kAskingMax)
      return false;
    ++asking_;
    const xmpp::BareJid contact = packet->from.bare();
    server::Invitations::accept(account, contact, *key,
                                [this, request = std::move(packet)](bool accepted) {
                                  --asking_;
                                  if (!accepted)
                                    pass_on(*request);
                                });
    return true;
  }

  // As if there were no token in it (XEP-0379 §4.1).
  void pass_on(const server::Packet& request) {
    std::string xml;
    xmpp::write_stanza(
        xml, request.element(),
        {.from = request.from.str(), .to = request.to.str(), .append = {}, .drop = &is_preauth});
    homes_.route(xml);
  }

  // --- the command (XEP-0401 §4.1) ---

  void invite(server::CommandRequest request) {
    const xmpp::BareJid by = request.from().bare();
    Invitation wanted{.by = std::string(by.str()),
                      .domain = std::string(request.from().domain()),
                      .name = {},
                      .expires = homes_.clock().wall() + rules_.life,
                      .uses = 1,
                      .registers = rules_.users_may_invite};
    server::Invitations(homes_.server())
        .make(std::move(wanted), rules_.per_account_max,
              [this, request = std::move(request)](auto made) mutable {
                if (made)
                  return tell(std::move(request), *made);
                if (made.error().what == server::Invitations::kTooMany)
                  return request.error({StanzaCondition::kResourceConstraint, made.error().what});
                request.error(StanzaCondition::kInternalServerError);
              });
  }

  void tell(server::CommandRequest request, const server::Invitations::Made& made) {
    xmpp::DataForm form(xmpp::FormType::kResult, xmpp::kNsInvitation);
    form.add("uri", xmpp::FieldType::kTextSingle,
             server::invitation_uri(made.invitation, made.token));
    const std::string link =
        server::invitation_link(made.invitation, made.token, homes_.server().options().web_url);
    if (!link.empty())
      form.add("landing-url", xmpp::FieldType::kTextSingle, link);
    form.add("expire", xmpp::FieldType::kTextSingle,
             xmpp::format_time(made.invitation.expires, xmpp::Precision::kSeconds));
    request.complete([&](xml::Writer& writer) { form.write(writer); });
  }

  server::Homes& homes_;
  const Rules rules_;
  std::size_t asking_ = 0;
};

Result<std::unique_ptr<server::Module>> create(server::Homes& homes,
                                               const server::Options& options) {
  return std::make_unique<Invitations>(
      homes, Rules{.users_may_invite = options.boolean("users_may_invite"),
                   .per_account_max = static_cast<std::size_t>(options.integer("per_account_max")),
                   .life = std::chrono::days(options.integer("days"))});
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::invitations

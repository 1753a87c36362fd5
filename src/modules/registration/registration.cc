#include "modules/registration/registration.h"

#include <algorithm>
#include <string>
#include <vector>

#include "modules/registration/credentials.h"
#include "modules/registration/names.h"
#include "server/account.h"
#include "server/accounts.h"
#include "server/binder.h"
#include "server/client_stream.h"
#include "server/homes.h"
#include "server/invitations.h"
#include "server/server.h"
#include "xmpp/namespaces.h"
#include "xmpp/sasl_password.h"

namespace rookery::modules::registration {
namespace {

using server::EarlyRequest;
using server::IqRequest;
using server::Target;
using xmpp::StanzaCondition;
using xmpp::StanzaError;
using Type = server::Option::Type;

constexpr Seconds kHour{3'600};

constexpr server::Xep kXeps[] = {{77, "2.4", "no redirection, no obsolete fields"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsRegister, Target::kServer}};
constexpr server::Option kOptions[] = {
    {.type = Type::kBool,
     .name = "open",
     .standard = "false",
     .unit = "",
     .about = "anyone may make an account"},
    {.type = Type::kBool,
     .name = "open_on_loopback",
     .standard = "false",
     .unit = "",
     .about = "who connects from this machine may make an account; not for a server behind a proxy "
              "here"},
    {.type = Type::kInteger,
     .name = "accounts_per_address_per_hour_max",
     .standard = "5",
     .min = 1,
     .max = 100'000,
     .unit = "accounts",
     .about = "accounts that one address may try to make; loopback is exempt"},
    {.type = Type::kInteger,
     .name = "password_characters_min",
     .standard = "8",
     .min = 1,
     .max = 64,
     .unit = "characters",
     .about = "the shortest password that is taken"},
    {.type = Type::kTexts,
     .name = "reserved_names",
     .standard =
         R"(["abuse", "admin", "administrator", "hostmaster", "info", "noreply", "operator", "postmaster", "root", "security", "server", "service", "staff", "support", "system", "webmaster"])",
     .unit = "",
     .about = "names that nobody can take from within a client"},
};

constexpr server::ModuleInfo kInfo{
    .name = "registration",
    .about = "makes accounts from within any app, changes passwords, removes accounts",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = {},
    .options = kOptions,
};

struct Rules {
  bool open;
  bool open_on_loopback;
  std::uint32_t per_hour_max;
  std::size_t password_characters_min;
  std::vector<std::string> reserved; // prepared localparts
};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

class Registration final : public server::Module {
public:
  Registration(server::Homes& homes, Rules rules) : homes_(homes), rules_(std::move(rules)) {}

  void bind(server::Binder& on) override {
    on.iq_before_auth<&Registration::early>(*this, "query", xmpp::kNsRegister);
    on.iq_get<&Registration::get>(*this, Target::kBoth, "query", xmpp::kNsRegister);
    on.iq_set<&Registration::set>(*this, Target::kBoth, "query", xmpp::kNsRegister);
    on.stream_features<&Registration::announce>(*this);
  }

private:
  [[nodiscard]] bool open_for(bool loopback) const {
    return rules_.open || (rules_.open_on_loopback && loopback);
  }

  // --- before login: a new account (XEP-0077 §3.1) ---

  // Also where only those may who show an invitation: their apps look for both (XEP-0445 §3).
  void announce(xml::Writer& writer, const server::ClientStream& stream) {
    const bool loopback = stream.transport().is_loopback();
    if (!stream.authenticated() && (open_for(loopback) || takes_invitations()) &&
        (stream.secure() || loopback))
      writer.open("register", xmpp::kNsRegisterFeature).close();
  }

  [[nodiscard]] bool takes_invitations() const {
    return homes_.hooks().iq_before_auth.contains(
        server::Hooks::IqKeyView{"preauth", xmpp::kNsPars});
  }

  void early(EarlyRequest request) {
    const auto to = request.packet->header.to;
    if ((!open_for(request.loopback) && !request.invitation) || (to && *to != request.domain))
      return request.error(StanzaCondition::kServiceUnavailable);
    if (request.packet->header.type == xmpp::StanzaType::kSet)
      return create(std::move(request));
    std::string payload;
    xml::Writer writer(payload);
    write_request(writer);
    request.result(payload);
  }

  void create(EarlyRequest request) {
    if (request.payload().child("remove", xmpp::kNsRegister))
      return request.error(StanzaCondition::kUnexpectedRequest);
    auto given = Credentials::read(request.payload());
    if (!given)
      return request.error(given.error());
    const auto jid = new_name(given->username, request.domain, request.invitation);
    if (!jid)
      return request.error(jid.error());
    if (const auto wrong = wrong_password(given->password))
      return request.error(*wrong);
    if (!request.loopback &&
        !homes_.server().address_quota().take("registration", request.peer_address,
                                              rules_.per_hour_max, kHour, homes_.clock().mono()))
      return request.error({StanzaCondition::kResourceConstraint,
                            "too many accounts were made from this address; try again in an hour"});
    unless_taken(
        std::move(request), *jid,
        [this, jid = *jid, password = std::move(given->password)](EarlyRequest free) mutable {
          const auto invitation = free.invitation;
          server::AccountAdmin::Then made = [this, jid,
                                             request = std::move(free)](Status status) mutable {
            // On the new account's thread, which is perhaps not the stream's.
            homes_.loop().post(
                [this, jid, request = std::move(request), status = std::move(status)]() mutable {
                  created(request, jid, status);
                });
          };
          if (invitation)
            return server::Invitations(homes_.server())
                .create_account(invitation->key, jid, std::move(password), std::move(made));
          server::AccountAdmin(homes_.server()).create(jid, std::move(password), std::move(made));
        });
  }

  void created(const EarlyRequest& request, const xmpp::BareJid& jid, const Status& status) {
    homes_.log().at(LogLevel::kInfo, "registration", "account {} jid={} address={}",
                    status ? "made" : "not made", jid.str(), request.peer_address);
    if (status)
      return request.result({});
    const std::string& what = status.error().what;
    if (what == server::AccountAdmin::kNameTaken || what == server::AccountAdmin::kNameKept)
      return request.error({StanzaCondition::kConflict, "this name is taken"});
    if (what == server::Invitations::kNotInvited)
      return request.error({StanzaCondition::kItemNotFound, what});
    request.error(StanzaCondition::kInternalServerError);
  }

  template <class Then>
  void unless_taken(EarlyRequest request, const xmpp::BareJid& jid, Then then) {
    homes_.get(kNodeOwner, server::kAccountRecords, jid.str(),
               [this, jid, request = std::move(request),
                then = std::move(then)](Result<std::optional<std::string>> record) mutable {
                 if (!record)
                   return request.error(StanzaCondition::kInternalServerError);
                 if (*record)
                   return request.error({StanzaCondition::kConflict, "this name is taken"});
                 unless_reserved(std::move(request), jid, std::move(then));
               });
  }

  // XEP-0445 §5.
  template <class Then>
  void unless_reserved(EarlyRequest request, const xmpp::BareJid& jid, Then then) {
    const std::string id = request.invitation ? request.invitation->key.id : std::string{};
    server::Invitations::is_free(
        homes_, jid, id,
        [request = std::move(request), then = std::move(then)](Result<bool> free) mutable {
          if (!free)
            return request.error(StanzaCondition::kInternalServerError);
          if (!*free)
            return request.error({StanzaCondition::kConflict, "this name is taken"});
          then(std::move(request));
        });
  }

  [[nodiscard]] std::expected<xmpp::BareJid, StanzaError>
  new_name(const std::string& username, const std::string& domain,
           const std::optional<server::Invited>& invitation) const {
    if (username.empty())
      return std::unexpected(StanzaError{StanzaCondition::kNotAcceptable, "a name is missing"});
    const auto jid = xmpp::Jid::from_parts(username, domain);
    if (!jid)
      return std::unexpected(StanzaError{StanzaCondition::kNotAcceptable,
                                         "the name is not allowed: " + to_string(jid.error())});
    // Who invites by name has chosen it.
    if (invitation && !invitation->name.empty()) {
      if (jid->local() != invitation->name)
        return std::unexpected(
            StanzaError{StanzaCondition::kNotAcceptable,
                        "the name is not allowed: the invitation is for another"});
      return jid->bare();
    }
    const NameVerdict verdict = check_name(jid->local(), rules_.reserved);
    if (verdict != NameVerdict::kFine)
      return std::unexpected(
          StanzaError{StanzaCondition::kNotAcceptable,
                      "the name is not allowed: " + std::string(to_string(verdict))});
    return jid->bare();
  }

  [[nodiscard]] std::optional<StanzaError> wrong_password(const std::string& password) const {
    const auto prepared = xmpp::prepare_password(password);
    if (!prepared)
      return StanzaError{StanzaCondition::kNotAcceptable, "this cannot be a password"};
    if (characters(*prepared) < rules_.password_characters_min)
      return StanzaError{StanzaCondition::kNotAcceptable,
                         "the password has to have at least " +
                             std::to_string(rules_.password_characters_min) + " characters"};
    return std::nullopt;
  }

  // --- after login: one's own account (§3.2, §3.3) ---

  /// Another's account says nothing, and this server has none for who comes from elsewhere.
  [[nodiscard]] static bool concerns_sender(const IqRequest& request) {
    return request.account() != nullptr
               ? request.from_owner()
               : request.from().has_local() && request.from().domain() == request.to().domain();
  }

  void get(IqRequest request) {
    if (!concerns_sender(request))
      return request.error(StanzaCondition::kServiceUnavailable);
    request.result([&](xml::Writer& writer) {
      writer.open("query", xmpp::kNsRegister).open("registered").close();
      writer.leaf("username", request.from().local()).leaf("password", "");
    });
  }

  void set(IqRequest request) {
    if (!concerns_sender(request))
      return request.error(StanzaCondition::kServiceUnavailable);
    const xml::Element query = request.payload();
    if (const xml::Element remove = query.child("remove", xmpp::kNsRegister)) {
      if (query.first_child().next())
        return request.error(StanzaCondition::kBadRequest);
      return remove_account(std::move(request));
    }
    change_password(std::move(request));
  }

  void change_password(IqRequest request) {
    const auto given = Credentials::read(request.payload());
    if (!given)
      return request.error(given.error());
    if (given->username.empty() || given->password.empty())
      return request.error(
          {StanzaCondition::kBadRequest, "both the name and the new password are needed"});
    const auto named = xmpp::Jid::from_parts(given->username, request.from().domain());
    if (!named || named->str() != request.from().bare_str())
      return request.error({StanzaCondition::kForbidden, "only one's own password can be changed"});
    if (const auto wrong = wrong_password(given->password))
      return request.error(*wrong);
    const xmpp::BareJid jid = request.from().bare();
    const std::string keep(request.from().resource());
    server::AccountAdmin(homes_.server())
        .set_password(jid, given->password, keep,
                      [request = std::move(request)](const Status& status) mutable {
                        if (!status)
                          return request.error({StanzaCondition::kInternalServerError,
                                                "the password was not changed"});
                        request.result();
                      });
  }

  void remove_account(IqRequest request) {
    const xmpp::BareJid jid = request.from().bare();
    const std::string last(request.from().resource());
    server::AccountAdmin(homes_.server())
        .remove(jid, last, [this, jid, request = std::move(request)](const Status& status) mutable {
          homes_.log().at(status ? LogLevel::kInfo : LogLevel::kError, "registration",
                          "account {} jid={}{}", status ? "removed by its owner" : "not removed",
                          jid.str(), status ? "" : "; " + status.error().text());
          if (!status)
            return request.error(
                {StanzaCondition::kInternalServerError, "the account was not removed"});
          request.result();
        });
  }

  server::Homes& homes_;
  const Rules rules_;
};

Result<std::unique_ptr<server::Module>> create(server::Homes& homes,
                                               const server::Options& options) {
  Rules rules{
      .open = options.boolean("open"),
      .open_on_loopback = options.boolean("open_on_loopback"),
      .per_hour_max =
          static_cast<std::uint32_t>(options.integer("accounts_per_address_per_hour_max")),
      .password_characters_min =
          static_cast<std::size_t>(options.integer("password_characters_min")),
      .reserved = {},
  };
  for (const std::string& name : options.texts("reserved_names")) {
    const auto jid = xmpp::Jid::from_parts(name, "localhost");
    if (!jid || !jid->has_local())
      return std::unexpected(
          options.mistake("reserved_names", "has \"" + name + "\", which cannot be a name",
                          "write the part of an address that stands before the '@'"));
    rules.reserved.emplace_back(jid->local());
  }
  return std::make_unique<Registration>(homes, std::move(rules));
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::registration

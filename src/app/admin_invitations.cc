#include "app/admin_invitations.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/admin_request.h"
#include "app/outcome.h"
#include "server/homes.h"
#include "server/invitations.h"

namespace rookery::app {
namespace {

namespace json = boost::json;
using server::Invitation;
using server::Invitations;

struct Found {
  std::string by;
  Invitations::Listed listed;
};

std::int64_t seconds(WallTime time) {
  return std::chrono::duration_cast<Seconds>(time.time_since_epoch()).count();
}

/// A whole number from 1 to `max`.
Result<std::int64_t> number_of(const json::object& request, std::string_view name,
                               std::int64_t max) {
  const json::value* value = request.if_contains(name);
  const std::int64_t number = value != nullptr && value->is_int64() ? value->get_int64() : 0;
  if (number < 1 || number > max)
    return fail(fmt::format("{} cannot be that many", name), {},
                fmt::format("choose a number from 1 to {}", max));
  return number;
}

/// Whom it is for and where, prepared.
Status read_people(const server::Server& server, const json::object& request, Invitation& wanted) {
  const std::string from = text_or_empty(request, "from");
  wanted.domain = text_or_empty(request, "domain");
  if (!from.empty()) {
    const auto jid = xmpp::BareJid::parse(from);
    if (!jid || !jid->has_local())
      return fail("this is no address of an account", from,
                  "write it like alice@" + server.options().domains.front());
    wanted.by = jid->str();
    if (wanted.domain.empty())
      wanted.domain = jid->domain();
    if (wanted.domain != jid->domain())
      return fail("who invites is of another domain", from, "leave out --domain, or --from");
  }
  if (wanted.domain.empty())
    wanted.domain = server.options().domains.front();
  const std::string name = text_or_empty(request, "name");
  const auto jid = xmpp::Jid::from_parts(name, wanted.domain);
  if (!jid)
    return fail("this cannot be the name of an account", name + '@' + wanted.domain,
                "write the part of an address that stands before the '@'");
  wanted.name = jid->local();
  wanted.domain = jid->domain();
  if (!server.is_local(wanted.domain))
    return fail("this server does not serve that domain", wanted.domain,
                "add it to 'domains' in the configuration");
  return {};
}

/// Of the operator and of every account: each is looked at.
Result<std::vector<Found>> find_all(server::Server& server) {
  std::vector<Found> all;
  const auto add = [&](const std::string& by) -> Status {
    Outcome<Result<std::vector<Invitations::Listed>>> outcome;
    Invitations(server).list(by, outcome.callback());
    auto listed = outcome.wait();
    if (!listed && listed.error().what != server::kNoAccount) // an alias is none
      return std::unexpected(listed.error());
    if (listed)
      for (Invitations::Listed& each : *listed)
        all.push_back({by, std::move(each)});
    return {};
  };
  if (Status status = add({}); !status)
    return std::unexpected(status.error());
  for (std::string after; true;) {
    Outcome<Result<storage::RecordPage>> outcome;
    server.store().scan(
        {.owner = kNodeOwner, .keyspace = server::kAccountRecords, .after = after, .prefix = {}},
        outcome.callback());
    const auto page = outcome.wait();
    if (!page)
      return std::unexpected(page.error());
    for (const storage::Record& record : page->records) {
      after = record.key;
      if (Status status = add(record.key); !status)
        return std::unexpected(status.error());
    }
    if (page->complete)
      return all;
  }
}

} // namespace

bool AdminInvitations::is_for(std::string_view action) {
  return action == "user.invite" || action == "user.invitations" || action == "user.revoke";
}

Result<json::object> AdminInvitations::carry_out(std::string_view action,
                                                 const json::object& request) {
  if (action == "user.invite")
    return invite(request);
  return action == "user.invitations" ? list() : revoke(request);
}

Result<json::object> AdminInvitations::invite(const json::object& request) {
  Invitation wanted;
  if (Status read = read_people(server_, request, wanted); !read)
    return std::unexpected(read.error());
  const auto uses = number_of(request, "uses", server::kInvitationUsesMax);
  if (!uses)
    return std::unexpected(uses.error());
  const auto days = number_of(
      request, "days", std::chrono::floor<std::chrono::days>(server::kInvitationLifeMax).count());
  if (!days)
    return std::unexpected(days.error());
  if (!wanted.name.empty() && *uses != 1)
    return fail("one name makes one account", wanted.name, "leave out --uses, or --name");
  wanted.uses = static_cast<std::uint32_t>(*uses);
  wanted.expires = server_.clock().wall() + std::chrono::days(*days);
  Outcome<Result<Invitations::Made>> outcome;
  Invitations(server_).make(std::move(wanted), server::kInvitationsMax, outcome.callback());
  const auto made = outcome.wait();
  if (!made)
    return std::unexpected(made.error());
  return json::object{
      {"token", made->token},
      {"uri", server::invitation_uri(made->invitation, made->token)},
      {"link", server::invitation_link(made->invitation, made->token, server_.options().web_url)},
      {"expires", seconds(made->invitation.expires)}};
}

Result<json::object> AdminInvitations::list() {
  const auto found = find_all(server_);
  if (!found)
    return std::unexpected(found.error());
  json::array invitations;
  for (const Found& each : *found) {
    const Invitation& invitation = each.listed.invitation;
    invitations.push_back({{"id", each.listed.id},
                           {"by", each.by},
                           {"domain", invitation.domain},
                           {"name", invitation.name},
                           {"uses", invitation.uses},
                           {"expires", seconds(invitation.expires)},
                           {"account", invitation.registers}});
  }
  return json::object{{"invitations", std::move(invitations)}};
}

Result<json::object> AdminInvitations::revoke(const json::object& request) {
  const auto id = text_of(request, "id");
  if (!id)
    return std::unexpected(id.error());
  const auto found = find_all(server_);
  if (!found)
    return std::unexpected(found.error());
  const auto at = std::ranges::find_if(*found, [&](const Found& f) { return f.listed.id == *id; });
  if (at == found->end())
    return fail("there is no such invitation", *id, "see 'rookery user invitations'");
  Outcome<Status> outcome;
  Invitations(server_).revoke(at->by, *id, outcome.callback());
  if (const Status status = outcome.wait(); !status)
    return std::unexpected(status.error());
  return json::object{};
}

} // namespace rookery::app

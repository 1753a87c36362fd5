#include "app/admin.h"

#include <boost/json.hpp>

#include "app/admin_invitations.h"
#include "app/admin_request.h"
#include "app/outcome.h"
#include "server/accounts.h"
#include "server/aliases.h"

namespace rookery::app {
namespace {

namespace json = boost::json;
using server::AccountAdmin;

Result<json::object> done(Status status) {
  if (!status)
    return std::unexpected(status.error());
  return json::object{};
}

Result<json::object> list_users(server::Server& server) {
  json::array users;
  std::string after;
  while (true) {
    Outcome<Result<storage::RecordPage>> outcome;
    server.store().scan(
        {.owner = kNodeOwner, .keyspace = server::kAccountRecords, .after = after, .prefix = {}},
        outcome.callback());
    const Result<storage::RecordPage> page = outcome.wait();
    if (!page)
      return std::unexpected(page.error());
    for (const storage::Record& record : page->records) {
      after = record.key;
      const auto account = server::AccountRecord::parse(record.value);
      if (!account)
        continue;
      users.push_back(
          {{"jid", record.key},
           {"created",
            std::chrono::duration_cast<Seconds>(account->created.time_since_epoch()).count()},
           {"disabled", account->disabled}});
      after = record.key;
    }
    if (page->complete)
      break;
  }
  return json::object{{"users", std::move(users)}};
}

json::object to_json(const server::Device& device) {
  const auto seconds = [](WallTime time) {
    return std::chrono::duration_cast<Seconds>(time.time_since_epoch()).count();
  };
  return {{"id", device.name},
          {"software", device.software},
          {"device", device.device},
          {"address", device.address},
          {"first_used", seconds(device.first_used)},
          {"last_used", seconds(device.last_used)},
          {"connected", device.connected},
          {"password", device.password},
          {"token", device.token}};
}

/// What there is, or what was signed out: the device of this id, "" all.
Result<json::object> devices(server::Server& server, const xmpp::BareJid& jid,
                             const std::optional<std::string>& sign_out) {
  Outcome<Result<std::vector<server::Device>>> outcome;
  AccountAdmin admin(server);
  if (sign_out)
    admin.sign_out(jid, *sign_out, {}, outcome.callback());
  else
    admin.devices(jid, outcome.callback());
  const Result<std::vector<server::Device>> found = outcome.wait();
  if (!found)
    return std::unexpected(found.error());
  json::array list;
  for (const server::Device& device : *found)
    list.push_back(to_json(device));
  return json::object{{"devices", std::move(list)}};
}

/// "alias": a name in the domain of `jid`, or an address.
Result<xmpp::BareJid> alias_of(const json::object& request, const xmpp::BareJid& jid) {
  const Result<std::string> text = text_of(request, "alias");
  if (!text)
    return std::unexpected(text.error());
  const auto alias = text->find('@') == std::string::npos
                         ? xmpp::Jid::from_parts(*text, jid.domain())
                         : xmpp::Jid::parse(*text);
  if (!alias || !alias->has_local() || !alias->is_bare())
    return fail("this cannot be an alias", *text, "write a name or a number, like 10001");
  return alias->bare();
}

Result<json::object> aliases(server::Server& server, std::string_view action,
                             const xmpp::BareJid& jid, const json::object& request) {
  server::AliasAdmin admin(server);
  if (action == "list") {
    Outcome<Result<std::vector<std::string>>> names;
    admin.list(jid, names.callback());
    const Result<std::vector<std::string>> found = names.wait();
    if (!found)
      return std::unexpected(found.error());
    return json::object{{"aliases", json::array(found->begin(), found->end())}};
  }
  const Result<xmpp::BareJid> alias = alias_of(request, jid);
  if (!alias)
    return std::unexpected(alias.error());
  Outcome<Status> outcome;
  if (action == "add")
    admin.add(jid, *alias, outcome.callback());
  else
    admin.remove(jid, *alias, outcome.callback());
  return done(outcome.wait());
}

Result<json::object> back_up(server::Server& server, const json::object& request) {
  const Result<std::string> directory = text_of(request, "directory");
  if (!directory)
    return std::unexpected(directory.error());
  Outcome<Result<std::uint64_t>> outcome;
  server.store().backup(*directory, outcome.callback());
  const Result<std::uint64_t> bytes = outcome.wait();
  if (!bytes)
    return std::unexpected(bytes.error());
  return json::object{{"bytes", *bytes}};
}

Result<json::object> status(server::Server& server) {
  Outcome<server::Server::Totals> outcome;
  server.collect(outcome.callback());
  const server::Server::Totals totals = outcome.wait();
  return json::object{{"threads", server.thread_count()},
                      {"sessions", totals.sessions},
                      {"connections", totals.streams},
                      {"accounts_loaded", totals.accounts},
                      {"store_failed", server.store().stats().failed}};
}

} // namespace

Result<json::object> AdminSession::carry_out(const json::object& request) {
  const Result<std::string> action = text_of(request, "do");
  if (!action)
    return std::unexpected(action.error());
  if (*action == "user.list")
    return list_users(server_);
  if (*action == "backup")
    return back_up(server_, request);
  if (*action == "status")
    return status(server_);
  if (Portability::is_for(*action))
    return portability_.carry_out(*action, request);
  if (AdminInvitations::is_for(*action))
    return AdminInvitations(server_).carry_out(*action, request);

  const Result<xmpp::BareJid> jid = jid_of(server_, request);
  if (!jid)
    return std::unexpected(jid.error());
  for (const std::string_view change : {"add", "remove", "list"})
    if (*action == "user.alias." + std::string(change))
      return aliases(server_, change, *jid, request);
  if (*action == "user.devices")
    return devices(server_, *jid, std::nullopt);
  if (*action == "user.sign-out") {
    const Result<std::string> device = text_of(request, "device");
    return device ? devices(server_, *jid, *device) : std::unexpected(device.error());
  }
  AccountAdmin admin(server_);
  Outcome<Status> outcome;
  if (*action == "user.add" || *action == "user.passwd") {
    Result<std::string> password = text_of(request, "password");
    if (!password)
      return std::unexpected(password.error());
    if (*action == "user.add")
      admin.create(*jid, std::move(*password), outcome.callback());
    else
      admin.set_password(*jid, std::move(*password), {}, outcome.callback());
  } else if (*action == "user.disable" || *action == "user.enable") {
    admin.set_disabled(*jid, *action == "user.disable", outcome.callback());
  } else if (*action == "user.delete") {
    admin.remove(*jid, {}, outcome.callback());
  } else {
    return fail("this program cannot do '" + *action + "'", {},
                "is the running server of another version?");
  }
  return done(outcome.wait());
}

std::string AdminSession::answer_line(std::string_view line) {
  boost::system::error_code wrong;
  const json::value request = json::parse(line, wrong);
  Result<json::object> answer = !wrong && request.is_object()
                                    ? carry_out(request.get_object())
                                    : fail("the request is no JSON object");
  if (answer)
    return json::serialize(*answer);
  const Error& error = answer.error();
  return json::serialize(json::object{
      {"error", {{"what", error.what}, {"where", error.where}, {"advice", error.advice}}}});
}

Result<json::object> read_answer(std::string_view line) {
  boost::system::error_code wrong;
  json::value answer = json::parse(line, wrong);
  if (wrong || !answer.is_object())
    return fail("the server gave no answer", "control socket", "see its log");
  const json::value* error = answer.get_object().if_contains("error");
  if (error == nullptr)
    return std::move(answer.get_object());
  const json::object& parts = error->as_object();
  const auto part = [&](std::string_view name) { return std::string(parts.at(name).as_string()); };
  return fail(part("what"), part("where"), part("advice"));
}

} // namespace rookery::app

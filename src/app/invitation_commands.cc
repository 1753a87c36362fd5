#include "app/invitation_commands.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json.hpp>

namespace rookery::app {
namespace {

namespace json = boost::json;

std::string text(const json::object& fields, std::string_view name) {
  return std::string(fields.at(name).as_string());
}

std::tm time(const json::object& fields, std::string_view name) {
  return fmt::gmtime(static_cast<std::time_t>(fields.at(name).to_number<std::int64_t>()));
}

} // namespace

Status invite(Administration& administration, const InvitationWords& words) {
  const auto answer = administration.ask({{"do", "user.invite"},
                                          {"name", words.name},
                                          {"domain", words.domain},
                                          {"from", words.from},
                                          {"uses", words.uses},
                                          {"days", words.days}});
  if (!answer)
    return std::unexpected(answer.error());
  if (const std::string link = text(*answer, "link"); !link.empty())
    fmt::print("{}\n", link);
  fmt::print("{}\n", text(*answer, "uri"));
  fmt::print("good until {:%Y-%m-%d %H:%M} UTC; whoever has it can use it\n",
             time(*answer, "expires"));
  return {};
}

Status list_invitations(Administration& administration) {
  const auto answer = administration.ask({{"do", "user.invitations"}});
  if (!answer)
    return std::unexpected(answer.error());
  for (const json::value& each : answer->at("invitations").as_array()) {
    const json::object& fields = each.as_object();
    const std::string by = text(fields, "by");
    const std::string name = text(fields, "name");
    fmt::print("{}  by {}  for {}{}  uses left {}  until {:%Y-%m-%d %H:%M}\n", text(fields, "id"),
               by.empty() ? "the operator" : by,
               !fields.at("account").as_bool() ? "a contact"
               : name.empty()                  ? "an account at "
                                               : "",
               !fields.at("account").as_bool() ? ""
               : name.empty()                  ? text(fields, "domain")
                                               : name + '@' + text(fields, "domain"),
               fields.at("uses").to_number<std::uint32_t>(), time(fields, "expires"));
  }
  return {};
}

Status revoke_invitation(Administration& administration, const InvitationWords& words) {
  const auto answer = administration.ask({{"do", "user.revoke"}, {"id", words.id}});
  return answer ? Status{} : std::unexpected(answer.error());
}

} // namespace rookery::app

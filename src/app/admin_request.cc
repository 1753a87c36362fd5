#include "app/admin_request.h"

#include <boost/json.hpp>

namespace rookery::app {

namespace json = boost::json;

Result<std::string> text_of(const json::object& request, std::string_view name) {
  const json::value* value = request.if_contains(name);
  if (value == nullptr || !value->is_string())
    return fail("the request has no '" + std::string(name) + "'");
  return std::string(value->get_string());
}

std::string text_or_empty(const json::object& request, std::string_view name) {
  return text_of(request, name).value_or(std::string());
}

Result<xmpp::BareJid> jid_of(const server::Server& server, const json::object& request) {
  const Result<std::string> text = text_of(request, "jid");
  if (!text)
    return std::unexpected(text.error());
  const auto jid = xmpp::BareJid::parse(*text);
  if (!jid || !jid->has_local())
    return fail("this is no address of an account", *text,
                "write it like alice@" + server.options().domains.front());
  return *jid;
}

} // namespace rookery::app

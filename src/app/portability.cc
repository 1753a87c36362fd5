#include "app/portability.h"

#include <boost/json.hpp>

#include "app/admin_request.h"
#include "app/modules.h"

namespace rookery::app {
namespace {

namespace json = boost::json;

constexpr std::string_view kImport = "user.import.";

Result<json::object> done(const Status& status) {
  if (!status)
    return std::unexpected(status.error());
  return json::object{};
}

json::array texts(const std::vector<std::string>& all) {
  json::array out;
  for (const std::string& text : all)
    out.emplace_back(text);
  return out;
}

} // namespace

Portability::Portability(server::Server& server) : server_(server) {
  for (const server::ModuleDescriptor* module : all_modules())
    modules_.push_back(&module->info);
}

Portability::~Portability() = default;

bool Portability::is_for(std::string_view action) {
  return action == "user.export" || action.starts_with(kImport);
}

Result<json::object> Portability::carry_out(std::string_view action, const json::object& request) {
  if (action == "user.export")
    return export_page(request);
  action.remove_prefix(kImport.size());
  if (action == "begin")
    return begin(request);
  if (action == "check") {
    const Result<xmpp::BareJid> jid = jid_of(server_, request);
    return jid ? done(server::AccountImport::check(server_, *jid)) : std::unexpected(jid.error());
  }
  if (!import_)
    return fail("no import has been begun");
  return action == "end" ? end() : step(action, request);
}

Result<json::object> Portability::export_page(const json::object& request) {
  const Result<xmpp::BareJid> jid = jid_of(server_, request);
  if (!jid)
    return std::unexpected(jid.error());
  server::AccountExport account(server_.store(), modules_);
  const auto page = account.page(*jid, text_or_empty(request, "cursor"));
  if (!page)
    return std::unexpected(page.error());
  json::object answer{{"xml", page->xml}};
  if (!page->next.empty())
    answer["cursor"] = page->next;
  if (!page->left_out.empty())
    answer["left_out"] = texts(page->left_out);
  return answer;
}

Result<json::object> Portability::begin(const json::object& request) {
  const Result<xmpp::BareJid> jid = jid_of(server_, request);
  if (!jid)
    return std::unexpected(jid.error());
  std::optional<std::string> password;
  if (const auto text = text_of(request, "password"))
    password = *text;
  import_.reset();
  auto import = server::AccountImport::begin(server_, modules_, *jid, std::move(password));
  if (!import)
    return std::unexpected(import.error());
  import_ = std::move(*import);
  return json::object{};
}

Result<json::object> Portability::step(std::string_view action, const json::object& request) {
  if (action == "part")
    return done(import_->part(text_or_empty(request, "xml")));
  if (action == "offline")
    return done(import_->offline(text_or_empty(request, "message")));
  if (action != "archived")
    return fail("this program cannot do 'user.import." + std::string(action) + "'");
  const json::value* messages = request.if_contains("messages");
  if (messages == nullptr || !messages->is_array())
    return fail("the request has no 'messages'");
  for (const json::value& each : messages->get_array()) {
    if (!each.is_object())
      return fail("a message is no object");
    const json::object& message = each.get_object();
    const Status kept = import_->archived({.message = text_or_empty(message, "message"),
                                           .id = text_or_empty(message, "id"),
                                           .stamp = text_or_empty(message, "stamp"),
                                           .undelivered = message.contains("undelivered")});
    if (!kept)
      return done(kept);
  }
  return json::object{};
}

Result<json::object> Portability::end() {
  const auto summary = import_->finish();
  import_.reset();
  if (!summary)
    return std::unexpected(summary.error());
  return json::object{{"records", summary->records},
                      {"messages", summary->messages},
                      {"offline", summary->offline},
                      {"notes", texts(summary->notes)}};
}

} // namespace rookery::app

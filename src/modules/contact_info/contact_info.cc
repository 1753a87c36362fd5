#include "modules/contact_info/contact_info.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "server/binder.h"
#include "xmpp/data_form.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::contact_info {
namespace {

using Type = server::Option::Type;

constexpr server::Xep kXeps[] = {{157, "1.1.1"}};

constexpr server::Option purpose(std::string_view name, std::string_view about) {
  return {.type = Type::kTexts, .name = name, .standard = "[]", .unit = "URIs", .about = about};
}

constexpr std::array kOptions{
    purpose("abuse", "whom to tell about users of this server who do harm"),
    purpose("admin", "who runs this server"),
    purpose("feedback", "where to say what is good and bad about it"),
    purpose("sales", "whom to ask about what it costs"),
    purpose("security", "whom to tell about holes in its defence"),
    purpose("status", "where to see whether it works"),
    purpose("support", "who helps its users"),
};

constexpr server::ModuleInfo kInfo{
    .name = "contact_info",
    .about = "tells whom to write to about this server",
    .xeps = kXeps,
    .features = {},
    .hot = {},
    .cold = {},
    .options = kOptions,
};

/// RFC 3986 §3.1: a scheme and a colon, and something behind it.
bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size())
    return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto allowed = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  return letter(text.front()) && std::ranges::all_of(text.substr(0, colon), allowed) &&
         text.find_first_of(" \t\r\n") == std::string_view::npos;
}

class ContactInfo final : public server::Module {
public:
  explicit ContactInfo(xmpp::DataForm form) : form_(std::move(form)) {}

  void bind(server::Binder& on) override { on.server_info<&ContactInfo::describe>(*this); }

private:
  void describe(xml::Writer& writer, const std::string&) {
    if (form_.fields().size() > 1) // beside FORM_TYPE
      form_.write(writer);
  }

  xmpp::DataForm form_;
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options& options) {
  xmpp::DataForm form(xmpp::FormType::kResult, xmpp::kNsServerInfo);
  for (const server::Option& option : kOptions) {
    std::vector<std::string> addresses = options.texts(option.name);
    for (const std::string& address : addresses)
      if (!is_uri(address))
        return std::unexpected(options.mistake(
            option.name, "has \"" + address + "\", which is no address",
            "write it as a URI, like \"mailto:help@example.org\" or \"xmpp:help@example.org\""));
    if (!addresses.empty())
      form.add(std::string(option.name) + "-addresses", xmpp::FieldType::kListMulti,
               std::move(addresses));
  }
  return std::make_unique<ContactInfo>(std::move(form));
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::contact_info

#include "modules/registration/credentials.h"

#include "xmpp/data_form.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::registration {
namespace {

constexpr std::string_view kInstructions = "Choose a name and a password for your account here.";

} // namespace

std::expected<Credentials, xmpp::StanzaError> Credentials::read(const xml::Element& query) {
  const xml::Element x = query.child("x", xmpp::kNsDataForms);
  if (!x)
    return Credentials{.username = query.child("username", xmpp::kNsRegister).text(),
                       .password = query.child("password", xmpp::kNsRegister).text()};
  const auto form = xmpp::DataForm::read(x);
  if (!form)
    return std::unexpected(form.error());
  const auto username = form->text("username");
  if (!username)
    return std::unexpected(username.error());
  const auto password = form->text("password");
  if (!password)
    return std::unexpected(password.error());
  return Credentials{.username = std::string(username->value_or("")),
                     .password = std::string(password->value_or(""))};
}

void write_request(xml::Writer& writer) {
  writer.open("query", xmpp::kNsRegister).leaf("instructions", kInstructions);
  writer.open("username").close().open("password").close();
  xmpp::DataForm form(xmpp::FormType::kForm, xmpp::kNsRegister);
  form.title("A new account").instructions(kInstructions);
  form.add(
      {.var = "username", .type = xmpp::FieldType::kTextSingle, .label = "Name", .required = true});
  form.add({.var = "password",
            .type = xmpp::FieldType::kTextPrivate,
            .label = "Password",
            .required = true});
  form.write(writer);
  writer.close();
}

} // namespace rookery::modules::registration

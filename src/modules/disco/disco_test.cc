#include "modules/disco/disco.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "modules/disco/capabilities.h"
#include "server/account.h"
#include "server/binder.h"
#include "server/testing/test_server.h"
#include "xmpp/data_form.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::disco {
namespace {

using server::Target;
using server::testing::TestClient;
using server::testing::TestServer;

constexpr std::string_view kInfoQuery = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
constexpr std::string_view kItemsQuery = "<query xmlns='http://jabber.org/protocol/disco#items'/>";

/// Another module: features for each target, a form, and juliet as a contact of everybody.
class Other final : public server::Module {
public:
  void bind(server::Binder& on) override {
    on.server_info<&Other::describe>(*this);
    on.contacts<&Other::contacts>(*this);
  }

private:
  void describe(xml::Writer& writer, const std::string& domain) {
    xmpp::DataForm(xmpp::FormType::kResult, "urn:example:form")
        .add("domain", xmpp::FieldType::kTextSingle, domain)
        .write(writer);
  }
  void contacts(server::Account&, std::string_view bare, std::vector<server::Contact>& out) {
    if (bare == "juliet@localhost")
      out.push_back({.jid = xmpp::Jid::from_trusted(std::string(bare)), .sees_presence = true});
  }
};

constexpr server::Feature kOtherFeatures[] = {
    {"urn:example:server", Target::kServer},
    {"urn:example:account", Target::kAccount},
    {"urn:example:both", Target::kBoth},
    {"http://jabber.org/protocol/disco#info", Target::kBoth},
};
constexpr server::ModuleInfo kOtherInfo{.name = "other",
                                        .about = "",
                                        .xeps = {},
                                        .features = kOtherFeatures,
                                        .hot = {},
                                        .cold = {},
                                        .options = {}};
constexpr server::ModuleDescriptor kOther{
    kOtherInfo,
    [](server::Homes&, const server::Options&) -> Result<std::unique_ptr<server::Module>> {
      return std::make_unique<Other>();
    }};

std::string condition(const xml::Document& answer) {
  const xml::Element error = answer.root().first_child();
  return error.name() == "error" ? std::string(error.first_child().name()) : "";
}

std::vector<std::string> features(const xml::Document& answer) {
  std::vector<std::string> vars;
  for (const xml::Element child : answer.root().first_child().children())
    if (child.name() == "feature")
      vars.emplace_back(child.attribute_or_empty("var"));
  return vars;
}

class DiscoTest : public testing::Test {
protected:
  TestServer server_{{&descriptor(), &kOther}};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(DiscoTest, Xep0030Section3_1TheServersIdentityAndFeatures) {
  const xml::Document answer = romeo_.iq("get", "localhost", kInfoQuery);
  const xml::Element identity = answer.root().first_child().first_child();
  EXPECT_EQ(identity.attribute("category"), "server");
  EXPECT_EQ(identity.attribute("type"), "im");
  EXPECT_EQ(features(answer),
            (std::vector<std::string>{"http://jabber.org/protocol/caps",
                                      "http://jabber.org/protocol/disco#info",
                                      "http://jabber.org/protocol/disco#items", "msgoffline",
                                      "urn:example:both", "urn:example:server"}));
}

TEST_F(DiscoTest, Xep0128FormsOfOtherModulesStandInIt) {
  const xml::Document answer = romeo_.iq("get", "localhost", kInfoQuery);
  const auto form =
      xmpp::DataForm::read(answer.root().first_child().child("x", xmpp::kNsDataForms));
  ASSERT_TRUE(form.has_value());
  EXPECT_EQ(form->form_type(), "urn:example:form");
  EXPECT_EQ(*form->text("domain"), "localhost");
}

TEST_F(DiscoTest, TheOwnAccount) {
  for (const std::string_view to : {"", "romeo@localhost"}) {
    const xml::Document answer = romeo_.iq("get", to, kInfoQuery);
    EXPECT_EQ(answer.root().first_child().first_child().attribute("category"), "account");
    EXPECT_EQ(features(answer), (std::vector<std::string>{"http://jabber.org/protocol/disco#info",
                                                          "http://jabber.org/protocol/disco#items",
                                                          "urn:example:account", "urn:example:both",
                                                          "urn:xmpp:sid:0"}));
  }
}

TEST_F(DiscoTest, AContactMayAskAnAccount) {
  TestClient juliet = server_.login("juliet@localhost");
  EXPECT_EQ(juliet.iq("get", "romeo@localhost", kInfoQuery).root().attribute("type"), "result");
  EXPECT_EQ(juliet.iq("get", "romeo@localhost", kItemsQuery).root().attribute("type"), "result");
}

TEST_F(DiscoTest, Case43AStrangerLearnsNothingOfAnAccount) {
  server_.add_account("juliet@localhost");
  for (const std::string_view to : {"juliet@localhost", "nobody@localhost"})
    for (const std::string_view query : {kInfoQuery, kItemsQuery})
      EXPECT_EQ(condition(romeo_.iq("get", to, query)), "service-unavailable") << to << query;
}

TEST_F(DiscoTest, Xep0030Section3_2NodesThatAreNotThere) {
  for (const std::string_view ns : {xmpp::kNsDiscoInfo, xmpp::kNsDiscoItems})
    for (const std::string_view to : {"localhost", "romeo@localhost"})
      EXPECT_EQ(condition(romeo_.iq("get", to, fmt::format("<query xmlns='{}' node='x'/>", ns))),
                "item-not-found");
}

TEST_F(DiscoTest, TheServerHasNoItems) {
  const xml::Document answer = romeo_.iq("get", "localhost", kItemsQuery);
  EXPECT_EQ(answer.root().attribute("type"), "result");
  EXPECT_FALSE(answer.root().first_child().first_child());
}

TEST_F(DiscoTest, Xep0115Section6_3TheStreamsFeaturesAnnounceTheServersOwnHash) {
  TestClient client = server_.connect();
  const xml::Document before = client.open_stream();
  EXPECT_FALSE(before.root().child("c", xmpp::kNsCaps));
  const xml::Document features = client.authenticate("romeo@localhost", TestServer::kPassword);
  const xml::Element caps = features.root().child("c", xmpp::kNsCaps);
  EXPECT_EQ(caps.attribute("hash"), "sha-1");
  const std::string node =
      fmt::format("{}#{}", caps.attribute_or_empty("node"), caps.attribute_or_empty("ver"));

  const xml::Document answer = romeo_.iq(
      "get", "localhost",
      fmt::format("<query xmlns='http://jabber.org/protocol/disco#info' node='{}'/>", node));
  const xml::Element query = answer.root().first_child();
  EXPECT_EQ(query.attribute("node"), node);
  EXPECT_EQ(verification_string(query), caps.attribute_or_empty("ver"));
}

} // namespace
} // namespace rookery::modules::disco

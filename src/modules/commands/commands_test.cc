#include "modules/commands/commands.h"

#include <gtest/gtest.h>

#include "server/binder.h"
#include "server/testing/test_module.h"
#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::commands {
namespace {

using server::testing::TestClient;
using server::testing::TestServer;

/// A module with a command that says who has asked for it.
class Echo final : public server::Module {
public:
  static constexpr std::string_view kName = "echo";
  void bind(server::Binder& on) override { on.command<&Echo::run>(*this, "echo", "Say it again"); }

private:
  void run(server::CommandRequest request) {
    const std::string from(request.from().str());
    request.complete([&](xml::Writer& writer) { writer.leaf("note", from); });
  }
};

class CommandsTest : public testing::Test {
protected:
  /// The error's conditions, "" for a result.
  std::string refused(std::string_view command, std::string_view to = "localhost") {
    const xml::Document answer = romeo_.iq("set", to, command);
    std::string all;
    for (xml::Element each = answer.root().child("error", xmpp::kNsClient).first_child(); each;
         each = each.next())
      if (each.name() != "text")
        all.append(all.empty() ? "" : " ").append(each.name());
    return all;
  }

  TestServer server_{{&descriptor(), &server::testing::test_module<Echo>()}};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

TEST_F(CommandsTest, Xep0050Section2_4ACommandIsExecutedAndCompleted) {
  for (const std::string_view action : {"", " action='execute'"}) {
    romeo_.send("<iq type='set' id='1' to='localhost'><command node='echo'" + std::string(action) +
                " xmlns='http://jabber.org/protocol/commands'/></iq>");
    const xml::Document answer = romeo_.expect(
        "<iq type='result' id='1' from='localhost'><command node='echo' status='completed' "
        "xmlns='http://jabber.org/protocol/commands'><note>romeo@localhost/orchard</note>"
        "</command></iq>");
    EXPECT_FALSE(answer.root().first_child().attribute_or_empty("sessionid").empty());
  }
}

TEST_F(CommandsTest, Xep0050Section4_5WhatIsWrongIsSaid) {
  const auto command = [](std::string_view attributes) {
    return "<command xmlns='http://jabber.org/protocol/commands' " + std::string(attributes) + "/>";
  };
  EXPECT_EQ(refused(command("node='echo'")), "");
  EXPECT_EQ(refused(command("node='none'")), "item-not-found");
  EXPECT_EQ(refused(command("")), "item-not-found");
  EXPECT_EQ(refused(command("node='echo' action='sing'")), "bad-request malformed-action");
  EXPECT_EQ(refused(command("node='echo' action='next'")), "bad-request bad-action");
  EXPECT_EQ(refused(command("node='echo' action='cancel'")), "bad-request bad-action");
  EXPECT_EQ(refused(command("node='echo' action='cancel' sessionid='x'")),
            "bad-request bad-sessionid");
  EXPECT_EQ(refused(command("node='echo' sessionid='x'")), "bad-request bad-sessionid");
}

TEST_F(CommandsTest, AnAccountHasNone) {
  EXPECT_EQ(refused("<command xmlns='http://jabber.org/protocol/commands' node='echo'/>",
                    "romeo@localhost"),
            "service-unavailable");
}

} // namespace
} // namespace rookery::modules::commands

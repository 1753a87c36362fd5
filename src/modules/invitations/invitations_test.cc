#include "modules/invitations/invitations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>

#include "server/binder.h"
#include "server/invitations.h"
#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::invitations {
namespace {

using server::Invitation;
using server::testing::OptionTexts;
using server::testing::TestClient;
using server::testing::TestServer;
using server::testing::TestSettings;

constexpr server::testing::Peer kElsewhere{
    .address = "192.0.2.1", .loopback = false, .secure = true};

TestSettings with(OptionTexts options) {
  TestSettings settings;
  settings.threads = 2;
  settings.modules = {&descriptor()};
  settings.module_options["invitations"] = std::move(options);
  return settings;
}

class InvitationsTest : public testing::Test {
protected:
  InvitationsTest() { server_.add_account("alice@localhost"); }

  std::string token(Invitation wanted) {
    std::promise<Result<server::Invitations::Made>> made;
    auto done = made.get_future();
    server::Invitations(server_.server())
        .make(std::move(wanted), 10,
              [&](Result<server::Invitations::Made> value) { made.set_value(std::move(value)); });
    return done.get().value().token;
  }
  static Invitation invitation(Seconds life = Seconds(3'600)) {
    return {.by = "alice@localhost",
            .domain = "localhost",
            .name = {},
            .expires = SystemClock().wall() + life};
  }
  static std::string preauth(std::string_view token) {
    return fmt::format("<preauth xmlns='urn:xmpp:pars:0' token='{}'/>", token);
  }
  std::string shown(std::string_view token) {
    TestClient client = server_.connect();
    client.open_stream();
    return condition(client.iq("set", "localhost", preauth(token)));
  }
  static std::string condition(const xml::Document& answer) {
    const xml::Element error = answer.root().child("error", xmpp::kNsClient);
    return error ? std::string(error.first_child().name()) : "";
  }

  TestServer server_{with({{"users_may_invite", "true"}, {"per_account_max", "2"}})};
};

TEST_F(InvitationsTest, Xep0445Section3TheStreamSaysSo) {
  TestClient client = server_.connect();
  const xml::Document features = client.open_stream();
  EXPECT_TRUE(features.root().child("register", xmpp::kNsIbrToken));
  EXPECT_TRUE(features.root().child("register", xmpp::kNsInviteFeature));
  TestClient clear = server_.connect({.address = "192.0.2.1", .loopback = false});
  EXPECT_FALSE(clear.open_stream().root().child("register", xmpp::kNsIbrToken));
}

TEST_F(InvitationsTest, Xep0445Section4AGoodTokenIsTaken) {
  const std::string good = token(invitation());
  EXPECT_EQ(shown(good), "");
  EXPECT_EQ(shown(good), ""); // showing it uses nothing up
}

TEST_F(InvitationsTest, Xep0445Section4WhatIsNoneIsNotFound) {
  Invitation contact = invitation();
  contact.registers = false;
  SeededRandom random(3);
  for (const std::string& bad :
       {std::string(), std::string("x"), std::string(48, 'a'), std::string(9'000, 'a'),
        token(contact), token(invitation(Seconds(-1))),
        server::make_invitation_token(Owner(77), random)}) {
    EXPECT_EQ(shown(bad), "item-not-found") << bad.size();
  }
}

TEST_F(InvitationsTest, AGetIsNotAnswered) {
  TestClient client = server_.connect();
  client.open_stream();
  EXPECT_EQ(condition(client.iq("get", "localhost", preauth(token(invitation())))),
            "service-unavailable");
}

TEST_F(InvitationsTest, Case8GuessesEndTheStreamAsWrongPasswordsDo) {
  TestClient client = server_.connect();
  client.open_stream();
  EXPECT_EQ(condition(client.iq("set", "", preauth("1"))), "item-not-found");
  EXPECT_EQ(condition(client.iq("set", "", preauth("2"))), "item-not-found");
  EXPECT_EQ(condition(client.iq("set", "", preauth("3"))), "item-not-found");
  client.expect_stream_error("policy-violation");
}

TEST_F(InvitationsTest, Case8GuessesCountForTheAddress) {
  const std::uint32_t free = server_.server().options().limits.auth_address_failures_free;
  for (std::uint32_t i = 0; i < free; ++i) {
    TestClient client = server_.connect(kElsewhere);
    client.open_stream();
    EXPECT_EQ(condition(client.iq("set", "", preauth("1"))), "item-not-found");
  }
  EXPECT_GT(server_.server().address_throttle().failed(kElsewhere.address, SystemClock().mono()),
            Milliseconds(0));
}

} // namespace
} // namespace rookery::modules::invitations

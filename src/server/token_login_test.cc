// Signing in by token (XEP-0484) while the right to do so is being taken away, and what it writes.
#include <chrono>
#include <future>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/accounts.h"
#include "server/homes.h"
#include "server/testing/test_server.h"
#include "xmpp/fast.h"
#include "xmpp/ht.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kRomeo = "romeo@localhost";
constexpr std::string_view kAgent = "d4565fa7-4d72-4749-b3d3-740edbf87770";
constexpr std::string_view kInside = "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'/>"
                                     "<bind xmlns='urn:xmpp:bind:0'/>";

/// A store that keeps nothing until it is told to; reads see what it has kept.
class TokenLoginTest : public ::testing::Test {
protected:
  TokenLoginTest() {
    server_.add_account(kRomeo);
    TestClient client = server_.connect();
    client.open_stream();
    client.send(fmt::format(
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>{}"
        "</initial-response>{}<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>"
        "</authenticate>",
        base64_encode(fmt::format("{0}romeo{0}{1}", '\0', TestServer::kPassword)), kInside));
    wait_for_commit();
    keep_all();
    token_ = client.expect("<success xmlns='urn:xmpp:sasl:2'/>")
                 .root()
                 .child("token", "urn:xmpp:fast:0")
                 .attribute_or_empty("token");
    client.close();
    TestClient first = login(); // from here on the token is no new one
    first.expect("<success xmlns='urn:xmpp:sasl:2'/>");
    first.close();
    keep_all();
  }

  static TestSettings settings() {
    TestSettings made;
    made.store = storage::MemoryMode::kManual;
    return made;
  }
  TestClient login() {
    TestClient client = server_.connect();
    client.open_stream();
    client.send(fmt::format(
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-NONE'>"
        "<initial-response>{}</initial-response>{}<fast xmlns='urn:xmpp:fast:0'/>"
        "</authenticate>",
        base64_encode(xmpp::make_ht(xmpp::SaslMechanism::kHtSha256None, "romeo", token_, {})),
        kInside));
    return client;
  }
  void keep_all() {
    server_.settle();
    while (server_.store().complete_all() != 0)
      server_.settle();
  }
  void wait_for_commit() {
    while (server_.store().waiting() == 0)
      server_.settle();
  }
  std::optional<xmpp::FastTokens> kept() {
    const Owner owner =
        server_.on_home(kRomeo, [](Homes& homes) { return homes.find_account(kRomeo)->owner(); });
    std::optional<xmpp::FastTokens> found;
    server_.store().get(owner, kTokenRecords, kAgent,
                        [&](Result<std::optional<std::string>> record) {
                          if (record && *record)
                            found = xmpp::FastTokens::parse(**record);
                        });
    return found;
  }
  /// It is on its way to the store when this returns.
  void change_password() {
    AccountAdmin(server_.server())
        .set_password(*xmpp::BareJid::parse(kRomeo), "another one", {},
                      [this](const Status&) { changed_.set_value(); });
    wait_for_commit();
  }
  /// It is in, and its token on the way to the store behind what takes it away.
  void token_stays_away() {
    TestClient client = login();
    client.expect("<success xmlns='urn:xmpp:sasl:2'/>");
    ASSERT_TRUE(server_.store().complete_one());
    client.expect_stream_error("not-authorized");
    keep_all();
    EXPECT_EQ(kept(), std::nullopt);
    TestClient again = login();
    again.expect("<failure xmlns='urn:xmpp:sasl:2'/>");
  }

  /// It has been in, and is gone again, when what takes its token away is in the store.
  void token_of_who_left_stays_away() {
    TestClient client = login();
    client.expect("<success xmlns='urn:xmpp:sasl:2'/>");
    client.cut();
    keep_all();
    // What was to be written some time is written.
    server_.on_home(kRomeo, [](Homes& homes) { homes.commit({}, [](const Status&) {}); });
    keep_all();
    EXPECT_EQ(kept(), std::nullopt);
  }

  std::promise<void> changed_;
  TestServer server_{settings()};
  std::string token_;
};

TEST_F(TokenLoginTest, OfADeviceThatIsBeingSignedOut) {
  std::promise<void> out;
  AccountAdmin(server_.server()).sign_out(*xmpp::BareJid::parse(kRomeo), {}, {}, [&](const auto&) {
    out.set_value();
  });
  wait_for_commit();
  ASSERT_TRUE(server_.store().complete_one()); // what was before it
  wait_for_commit();
  token_stays_away();
  out.get_future().wait();
}

TEST_F(TokenLoginTest, OfADeviceThatLeavesWhileItIsBeingSignedOut) {
  std::promise<void> out;
  AccountAdmin(server_.server()).sign_out(*xmpp::BareJid::parse(kRomeo), {}, {}, [&](const auto&) {
    out.set_value();
  });
  wait_for_commit();
  ASSERT_TRUE(server_.store().complete_one()); // what was before it
  wait_for_commit();
  token_of_who_left_stays_away();
  out.get_future().wait();
}

TEST_F(TokenLoginTest, WhileThePasswordIsBeingChanged) {
  change_password();
  token_stays_away();
  changed_.get_future().wait();
}

TEST_F(TokenLoginTest, AndThatOfWhoLeavesMeanwhile) {
  change_password();
  token_of_who_left_stays_away();
  changed_.get_future().wait();
}

// A sync of the disk for the time of its last use would be most of what such a login costs.
TEST_F(TokenLoginTest, WhatOnlyNotesAUseIsWrittenLater) {
  const WallTime before = kept()->current->last_used;
  bool cost_nothing = false;
  for (int tries = 0; tries < 5; ++tries) { // perhaps the second is just over
    TestClient client = login();
    client.expect("<success xmlns='urn:xmpp:sasl:2'/>");
    cost_nothing |= server_.store().waiting() == 0;
    server_.store().complete_all();
  }
  EXPECT_TRUE(cost_nothing);
  const auto end = std::chrono::steady_clock::now() + Seconds(20);
  while (kept()->current->last_used == before && std::chrono::steady_clock::now() < end)
    keep_all();
  EXPECT_GT(kept()->current->last_used, before);
}

// Who listened at the line and repeats it finds the count taken, also after a crash.
TEST_F(TokenLoginTest, Section3_4ThatACountIsTakenIsDurableBeforeItIsTold) {
  TestClient client = server_.connect();
  client.open_stream();
  client.send(fmt::format(
      "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-NONE'>"
      "<initial-response>{}</initial-response>{}<fast xmlns='urn:xmpp:fast:0' count='1'/>"
      "</authenticate>",
      base64_encode(xmpp::make_ht(xmpp::SaslMechanism::kHtSha256None, "romeo", token_, {})),
      kInside));
  while (server_.store().waiting() == 0)
    server_.settle();
  client.expect_nothing();
  keep_all();
  client.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  EXPECT_EQ(kept()->current->count, 1U);
}

} // namespace
} // namespace rookery::server

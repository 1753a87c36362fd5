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
    token_ = token_in(client.expect("<success xmlns='urn:xmpp:sasl:2'/>"));
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
  /// `fast` are attributes of <fast/>, `more` stands beside it.
  TestClient show(std::string_view token, std::string_view fast, std::string_view more = {}) {
    TestClient client = server_.connect();
    client.open_stream();
    client.send(fmt::format(
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-NONE'>"
        "<initial-response>{}</initial-response>{}<fast xmlns='urn:xmpp:fast:0' {}/>{}"
        "</authenticate>",
        base64_encode(xmpp::make_ht(xmpp::SaslMechanism::kHtSha256None, "romeo", token, {})),
        kInside, fast, more));
    return client;
  }
  TestClient login(std::string_view fast = {}) { return show(token_, fast); }
  static std::string token_in(const xml::Document& success) {
    return std::string(
        success.root().child("token", "urn:xmpp:fast:0").attribute_or_empty("token"));
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
  /// Nothing is left to be done but what waits for the store.
  void settle() {
    wait_for_commit();
    server_.settle();
  }
  /// These two are on their way to the store when they return; `done_` tells of the end.
  void sign_out() {
    AccountAdmin(server_.server())
        .sign_out(*xmpp::BareJid::parse(kRomeo), {}, {},
                  [this](const auto&) { done_.set_value(); });
    wait_for_commit();
    ASSERT_TRUE(server_.store().complete_one()); // what was before it
    wait_for_commit();
  }
  void change_password() {
    AccountAdmin(server_.server())
        .set_password(*xmpp::BareJid::parse(kRomeo), "another one", {},
                      [this](const Status&) { done_.set_value(); });
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

  std::promise<void> done_;
  TestServer server_{settings()};
  std::string token_;
};

TEST_F(TokenLoginTest, OfADeviceThatIsBeingSignedOut) {
  sign_out();
  token_stays_away();
  done_.get_future().wait();
}

TEST_F(TokenLoginTest, OfADeviceThatLeavesWhileItIsBeingSignedOut) {
  sign_out();
  token_of_who_left_stays_away();
  done_.get_future().wait();
}

TEST_F(TokenLoginTest, WhileThePasswordIsBeingChanged) {
  change_password();
  token_stays_away();
  done_.get_future().wait();
}

TEST_F(TokenLoginTest, AndThatOfWhoLeavesMeanwhile) {
  change_password();
  token_of_who_left_stays_away();
  done_.get_future().wait();
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
  TestClient client = login("count='1'");
  settle();
  client.expect_nothing();
  keep_all();
  client.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  EXPECT_EQ(kept()->current->count, 1U);
}

TEST_F(TokenLoginTest, Section3_4OfTwoAtOnceWithTheSameCountOneIsTaken) {
  TestClient first = login("count='1'");
  TestClient second = login("count='1'");
  settle();
  keep_all();
  first.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  second.expect("<failure xmlns='urn:xmpp:sasl:2'><not-authorized "
                "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>");
}

// What the owner was told is gone is gone after a crash too.
TEST_F(TokenLoginTest, Section3_6ThatATokenHasEndedIsDurableBeforeItIsTold) {
  TestClient last = login("invalidate='true'");
  settle();
  last.expect_nothing();
  keep_all();
  last.expect("<success xmlns='urn:xmpp:sasl:2'/>");
}

// The device signs in a second time while the first is on its way: what that is given stays good.
TEST_F(TokenLoginTest, Section3_3ATokenIsNotLostByASecondLoginAtOnce) {
  TestClient first =
      show(token_, {}, "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>");
  settle();
  TestClient second = login();
  server_.settle();
  second.expect_nothing();
  keep_all();
  const std::string fresh = token_in(first.expect("<success xmlns='urn:xmpp:sasl:2'/>"));
  ASSERT_NE(fresh, "");
  second.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  TestClient third = show(fresh, {});
  settle();
  keep_all();
  third.expect("<success xmlns='urn:xmpp:sasl:2'/>");
}

// One that leaves while it waits, or while its commit does, holds nobody up.
TEST_F(TokenLoginTest, WhoLeavesGivesItsTurnToTheNext) {
  TestClient first = login("count='1'");
  settle();
  TestClient second = login("count='2'");
  server_.settle();
  first.cut();
  second.cut();
  server_.settle();
  TestClient third = login("count='1'");
  TestClient fourth = login("count='3'");
  server_.settle();
  keep_all();
  third.expect("<failure xmlns='urn:xmpp:sasl:2'/>");
  keep_all();
  fourth.expect("<success xmlns='urn:xmpp:sasl:2'/>");
}

} // namespace
} // namespace rookery::server

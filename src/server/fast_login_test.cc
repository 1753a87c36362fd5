// Tokens (XEP-0484) through the whole server: replaced, ended by their owner, too old, counted.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/accounts.h"
#include "server/homes.h"
#include "server/testing/test_server.h"
#include "storage/blocking.h"
#include "xmpp/fast.h"
#include "xmpp/ht.h"
#include "xmpp/namespaces.h"

namespace rookery::server {
namespace {

using storage::BlockingStore;
using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kRomeo = "romeo@localhost";
constexpr std::string_view kAgentId = "d4565fa7-4d72-4749-b3d3-740edbf87770";
constexpr std::string_view kRequest =
    "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>";

std::string token_in(const xml::Document& success) {
  return std::string(success.root().child("token", xmpp::kNsFast0).attribute_or_empty("token"));
}

/// What is sent: `fast` are attributes of <fast/>, `more` stands beside it.
std::string by_token(std::string_view token, std::string_view fast = {},
                     std::string_view more = {}) {
  return fmt::format(
      "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-NONE'>"
      "<initial-response>{}</initial-response><user-agent id='{}'/>"
      "<fast xmlns='urn:xmpp:fast:0' {}/>{}</authenticate>",
      base64_encode(xmpp::make_ht(xmpp::SaslMechanism::kHtSha256None, "romeo", token, {})),
      kAgentId, fast, more);
}

class FastLoginTest : public ::testing::Test {
protected:
  FastLoginTest() { server_.add_account(kRomeo); }

  std::string first_token() {
    TestClient client = server_.connect();
    return token_in(client.login_sasl2(kRomeo, TestServer::kPassword,
                                       fmt::format("<user-agent id='{}'/>{}", kAgentId, kRequest)));
  }
  /// <success/> or <failure/>.
  xml::Document show(std::string_view token, std::string_view fast = {},
                     std::string_view more = {}) {
    TestClient client = server_.connect();
    client.open_stream();
    client.send(by_token(token, fast, more));
    xml::Document answer = client.next();
    if (answer.root().name() == "success")
      client.close();
    return answer;
  }
  void expect_taken(std::string_view token) {
    const xml::Document answer = show(token);
    EXPECT_EQ(answer.root().name(), "success") << answer.root().raw();
  }
  void expect_refused(std::string_view token, std::string_view condition,
                      std::string_view fast = {}) {
    const xml::Document answer = show(token, fast);
    EXPECT_EQ(answer.root().name(), "failure") << answer.root().raw();
    EXPECT_TRUE(answer.root().child(condition, "urn:ietf:params:xml:ns:xmpp-sasl"))
        << answer.root().raw();
  }
  /// As if what is kept of the device's tokens had been written that long ago.
  void age(Microseconds by) {
    server_.settle();
    const Owner owner =
        server_.on_home(kRomeo, [](Homes& homes) { return homes.find_account(kRomeo)->owner(); });
    BlockingStore store(server_.store());
    xmpp::FastTokens tokens =
        xmpp::FastTokens::parse(store.get(owner, kTokenRecords, kAgentId).value().value()).value();
    for (auto* slot : {&tokens.current, &tokens.fresh})
      if (*slot) {
        (*slot)->created -= by;
        (*slot)->expires -= by;
        (*slot)->last_used -= by;
      }
    storage::Batch batch;
    batch.put(owner, kTokenRecords, kAgentId, tokens.serialise());
    ASSERT_TRUE(store.commit(std::move(batch)));
  }

  TestServer server_{TestSettings{}};
};

TEST_F(FastLoginTest, Section3_5ATokenOfYesterdayIsReplacedAndStaysGoodUntilTheNewOneIsUsed) {
  const std::string old = first_token();
  ASSERT_NE(old, "");
  EXPECT_EQ(token_in(show(old)), "") << "it is of today";
  age(std::chrono::days(2));
  const std::string lost = token_in(show(old));
  ASSERT_NE(lost, "");
  EXPECT_NE(lost, old);
  const std::string fresh = token_in(show(old)); // as if the first had not arrived
  ASSERT_NE(fresh, "");
  expect_refused(lost, "not-authorized");
  expect_taken(fresh);
  expect_refused(old, "not-authorized");
  expect_taken(fresh);
}

TEST_F(FastLoginTest, Section3_5TheNewTokenIsToldWithItsEnd) {
  const std::string old = first_token();
  age(std::chrono::days(2));
  const xml::Document success = show(old);
  EXPECT_NE(success.root().child("token", xmpp::kNsFast0).attribute_or_empty("expiry"), "")
      << success.root().raw();
}

TEST_F(FastLoginTest, Section4_2ATokenThatIsTooOldIsToldApart) {
  const std::string token = first_token();
  age(std::chrono::days(22));
  expect_refused(token, "credentials-expired");
  // One that was never right learns nothing of it.
  expect_refused("nonsense", "not-authorized");
}

TEST_F(FastLoginTest, Section3_6AClientEndsItsTokens) {
  const std::string token = first_token();
  age(std::chrono::days(2));
  ASSERT_NE(token_in(show(token)), "") << "another that was given out goes too";
  const xml::Document success = show(token, "invalidate='true'");
  EXPECT_EQ(success.root().name(), "success");
  EXPECT_EQ(token_in(success), "") << "due to be replaced, and not replaced";
  expect_refused(token, "not-authorized");
}

TEST_F(FastLoginTest, Section3_6OneIsEndedAndAnotherAskedFor) {
  const std::string token = first_token();
  const std::string next = token_in(show(token, "invalidate='1'", kRequest));
  ASSERT_NE(next, "");
  expect_refused(token, "not-authorized");
  expect_taken(next);
}

TEST_F(FastLoginTest, Section3_4ACountIsTakenOnceAndUpwardsOnly) {
  const std::string token = first_token();
  EXPECT_EQ(show(token, "count='7'").root().name(), "success");
  expect_refused(token, "not-authorized", "count='7'");
  expect_refused(token, "not-authorized", "count='6'");
  EXPECT_EQ(show(token, "count='8'").root().name(), "success");
}

TEST_F(FastLoginTest, ANewPasswordEndsTokens) {
  const std::string token = first_token();
  std::promise<bool> done;
  AccountAdmin(server_.server())
      .set_password(*xmpp::BareJid::parse(kRomeo), "another", {},
                    [&](const Status& status) { done.set_value(status.has_value()); });
  ASSERT_TRUE(done.get_future().get());
  expect_refused(token, "not-authorized");
}

// With a store that keeps what it is asked to write until it is told to.
class FastLoginCommitTest : public ::testing::Test {
protected:
  FastLoginCommitTest() { server_.add_account(kRomeo); }

  void wait_for_commit() {
    while (server_.store().waiting() == 0)
      server_.settle();
  }
  std::string first_token() {
    TestClient client = server_.connect();
    client.open_stream();
    client.send(
        fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'>"
                    "<initial-response>{}</initial-response><user-agent id='{}'/>{}"
                    "</authenticate>",
                    base64_encode(fmt::format("{0}romeo{0}{1}", '\0', TestServer::kPassword)),
                    kAgentId, kRequest));
    wait_for_commit();
    server_.store().complete_all();
    return token_in(client.expect("<success xmlns='urn:xmpp:sasl:2'/>"));
  }
  TestClient show(std::string_view token, std::string_view fast, std::string_view more = {}) {
    TestClient client = server_.connect();
    client.open_stream();
    client.send(by_token(token, fast, more));
    return client;
  }
  /// Nothing is left to be done but what waits for the store.
  void settle() {
    wait_for_commit();
    server_.settle();
  }

  static TestSettings manual() {
    TestSettings settings;
    settings.store = storage::MemoryMode::kManual;
    return settings;
  }
  TestServer server_{manual()};
};

// What the owner was told is gone is gone after a crash too.
TEST_F(FastLoginCommitTest, Section3_6ThatATokenHasEndedIsDurableBeforeItIsTold) {
  TestClient last = show(first_token(), "invalidate='true'");
  settle();
  last.expect_nothing();
  server_.store().complete_all();
  last.expect("<success xmlns='urn:xmpp:sasl:2'/>");
}

TEST_F(FastLoginCommitTest, Section3_4OfTwoAtOnceWithTheSameCountOneIsTaken) {
  const std::string token = first_token();
  TestClient first = show(token, "count='1'");
  TestClient second = show(token, "count='1'");
  settle();
  server_.store().complete_all();
  first.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  second.expect("<failure xmlns='urn:xmpp:sasl:2'><not-authorized "
                "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>");
}

// The device signs in a second time while the first is on its way: what that is given stays good.
TEST_F(FastLoginCommitTest, Section3_3ATokenIsNotLostByASecondLoginAtOnce) {
  const std::string token = first_token();
  TestClient first = show(token, {}, kRequest);
  settle();
  TestClient second = show(token, {});
  server_.settle();
  second.expect_nothing();
  server_.store().complete_all();
  const std::string fresh = token_in(first.expect("<success xmlns='urn:xmpp:sasl:2'/>"));
  ASSERT_NE(fresh, "");
  second.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  TestClient third = show(fresh, {});
  settle();
  server_.store().complete_all();
  third.expect("<success xmlns='urn:xmpp:sasl:2'/>");
}

// One that leaves while it waits, or while its commit does, holds nobody up.
TEST_F(FastLoginCommitTest, WhoLeavesGivesItsTurnToTheNext) {
  const std::string token = first_token();
  TestClient first = show(token, "count='1'");
  settle();
  TestClient second = show(token, "count='2'");
  server_.settle();
  first.cut();
  second.cut();
  server_.settle();
  TestClient third = show(token, "count='1'");
  TestClient fourth = show(token, "count='3'");
  server_.settle();
  server_.store().complete_all();
  third.expect("<failure xmlns='urn:xmpp:sasl:2'/>");
  settle();
  server_.store().complete_all();
  fourth.expect("<success xmlns='urn:xmpp:sasl:2'/>");
}

} // namespace
} // namespace rookery::server

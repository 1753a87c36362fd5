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

class FastLoginTest : public ::testing::Test {
protected:
  FastLoginTest() { server_.add_account(kRomeo); }

  std::string first_token() {
    TestClient client = server_.connect();
    return token_in(client.login_sasl2(kRomeo, TestServer::kPassword,
                                       fmt::format("<user-agent id='{}'/>{}", kAgentId, kRequest)));
  }
  /// What is sent: `fast` are attributes of <fast/>, `more` stands beside it.
  static std::string by_token(std::string_view token, std::string_view fast = {},
                              std::string_view more = {}) {
    return fmt::format(
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-NONE'>"
        "<initial-response>{}</initial-response><user-agent id='{}'/>"
        "<fast xmlns='urn:xmpp:fast:0' {}/>{}</authenticate>",
        base64_encode(xmpp::make_ht(xmpp::SaslMechanism::kHtSha256None, "romeo", token, {})),
        kAgentId, fast, more);
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

} // namespace
} // namespace rookery::server

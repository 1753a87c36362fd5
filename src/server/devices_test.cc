// What is remembered of the devices an account is signed in on, and signing them out.
#include "server/devices.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/accounts.h"
#include "server/homes.h"
#include "server/testing/test_server.h"
#include "xmpp/ht.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kPassword = TestServer::kPassword;
constexpr std::string_view kRomeo = "romeo@localhost";

std::string agent(int number) { return fmt::format("d4565fa7-4d72-4749-b3d3-{:012x}", number); }

class DevicesTest : public ::testing::Test {
protected:
  DevicesTest() { server_.add_account(kRomeo); }

  static TestSettings settings() {
    TestSettings made;
    made.threads = 2;
    made.options.limits.device_records_max = 3;
    return made;
  }
  static std::string inside(std::string_view id, std::string_view more) {
    return fmt::format("<user-agent id='{}'><software>Nest</software></user-agent>"
                       "<bind xmlns='urn:xmpp:bind:0'><enable xmlns='urn:xmpp:sm:3' resume='true'/>"
                       "</bind>{}",
                       id, more);
  }
  TestClient login(std::string_view id) {
    TestClient client = server_.connect();
    client.login_sasl2(kRomeo, kPassword, inside(id, {}));
    return client;
  }
  /// Signs in by password and is given a token.
  std::pair<TestClient, std::string> login_for_token(std::string_view id) {
    TestClient client = server_.connect();
    const xml::Document success = client.login_sasl2(
        kRomeo, kPassword,
        inside(id, "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>"));
    return {
        std::move(client),
        std::string(success.root().child("token", "urn:xmpp:fast:0").attribute_or_empty("token"))};
  }
  /// By token; the name of what comes back.
  std::string token_login(TestClient& client, std::string_view id, std::string_view token) {
    client.open_stream();
    const std::string message =
        xmpp::make_ht(xmpp::SaslMechanism::kHtSha256None, "romeo", token, {});
    client.send(fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-NONE'>"
                            "<initial-response>{}</initial-response>{}</authenticate>",
                            base64_encode(message), inside(id, "<fast xmlns='urn:xmpp:fast:0'/>")));
    return std::string(client.next().root().name());
  }
  std::vector<Device> devices() {
    std::promise<Result<std::vector<Device>>> found;
    AccountAdmin(server_.server()).devices(*xmpp::BareJid::parse(kRomeo), [&](auto list) {
      found.set_value(std::move(list));
    });
    return found.get_future().get().value();
  }
  std::vector<Device> sign_out(std::string device) {
    std::promise<Result<std::vector<Device>>> out;
    AccountAdmin(server_.server())
        .sign_out(*xmpp::BareJid::parse(kRomeo), std::move(device), {},
                  [&](auto list) { out.set_value(std::move(list)); });
    return out.get_future().get().value();
  }
  std::size_t records_in(storage::Keyspace keyspace) {
    const Owner owner =
        server_.on_home(kRomeo, [](Homes& homes) { return homes.find_account(kRomeo)->owner(); });
    std::promise<std::size_t> count;
    server_.store().scan(
        {.owner = owner, .keyspace = keyspace, .after = {}, .prefix = {}},
        [&](Result<storage::RecordPage> page) { count.set_value(page.value().records.size()); });
    return count.get_future().get();
  }

  TestServer server_{settings()};
};

TEST_F(DevicesTest, FirstAndLastUseAreKept) {
  {
    TestClient first = login(agent(1));
    first.close();
  }
  server_.settle();
  const std::vector<Device> before = devices();
  ASSERT_EQ(before.size(), 1U);
  EXPECT_FALSE(before[0].connected);
  EXPECT_GE(before[0].last_used, before[0].first_used);
  TestClient again = login(agent(1));
  const std::vector<Device> after = devices();
  ASSERT_EQ(after.size(), 1U);
  EXPECT_TRUE(after[0].connected);
  EXPECT_EQ(after[0].first_used, before[0].first_used);
  EXPECT_GT(after[0].last_used, before[0].last_used);
  EXPECT_EQ(after[0].name, before[0].name);
}

TEST_F(DevicesTest, LeavingIsAUse) {
  TestClient client = login(agent(1));
  server_.settle();
  const WallTime there = devices()[0].last_used; // now, since it is connected
  client.close();
  server_.settle();
  EXPECT_GE(devices()[0].last_used, there);
}

TEST_F(DevicesTest, BeyondTheLimitTheLongestUnusedIsForgottenWithItsToken) {
  TestClient stays = login(agent(9)); // the oldest, and signed in
  std::string token;
  for (int i = 1; i <= 3; ++i) {
    auto [client, given] = login_for_token(agent(i));
    if (i == 1)
      token = given;
    client.close();
    server_.settle();
  }
  EXPECT_EQ(devices().size(), 3U);
  for (const Device& device : devices())
    EXPECT_NE(device.agent, agent(1));
  EXPECT_EQ(records_in(kDeviceRecords), 6U);
  EXPECT_EQ(records_in(kTokenRecords), 2U);
  TestClient back = server_.connect();
  EXPECT_EQ(token_login(back, agent(1), token), "failure");
}

TEST_F(DevicesTest, SigningOutEndsSessionTokenAndResumption) {
  auto [client, token] = login_for_token(agent(1));
  const std::vector<Device> listed = devices();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_TRUE(listed[0].token && listed[0].password && listed[0].connected);
  const std::vector<Device> out = sign_out(listed[0].name);
  ASSERT_EQ(out.size(), 1U);
  client.expect_stream_error("not-authorized");
  server_.settle();
  EXPECT_EQ(records_in(kSessionRecords), 0U);
  EXPECT_EQ(records_in(kTokenRecords), 0U);
  TestClient back = server_.connect();
  EXPECT_EQ(token_login(back, agent(1), token), "failure");
  EXPECT_FALSE(devices()[0].token);
}

TEST_F(DevicesTest, SigningOutEndsASessionThatWaitsToBeResumed) {
  TestClient client = login(agent(1));
  client.cut();
  server_.settle();
  ASSERT_TRUE(devices()[0].connected);
  sign_out(devices()[0].name);
  server_.settle();
  EXPECT_FALSE(devices()[0].connected);
  EXPECT_EQ(records_in(kSessionRecords), 0U);
}

TEST_F(DevicesTest, SigningOutStopsOneThatIsOnItsWayIn) {
  TestClient client = login(agent(1));
  TestClient half = server_.connect();
  half.open_stream();
  half.send(fmt::format(
      "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='SCRAM-SHA-256'><initial-response>{}"
      "</initial-response>{}</authenticate>",
      base64_encode("n,,n=romeo,r=nonce"), inside(agent(1), {})));
  half.expect("<challenge xmlns='urn:xmpp:sasl:2'/>");
  sign_out(devices()[0].name);
  half.expect_stream_error("not-authorized");
  client.expect_stream_error("not-authorized");
}

TEST_F(DevicesTest, SigningOutAll) {
  TestClient phone = login(agent(1));
  TestClient desk = server_.login("romeo@localhost/desk");
  EXPECT_EQ(devices().size(), 2U);
  EXPECT_EQ(sign_out({}).size(), 2U);
  phone.expect_stream_error("not-authorized");
  desk.expect_stream_error("not-authorized");
}

TEST_F(DevicesTest, ANewPasswordStopsWhoIsSigningInWithTheOldOne) {
  TestClient half = server_.connect();
  half.open_stream();
  half.authenticate(kRomeo, kPassword); // and binds nothing
  std::promise<void> changed;
  AccountAdmin(server_.server())
      .set_password(*xmpp::BareJid::parse(kRomeo), "another one", {},
                    [&](const Status&) { changed.set_value(); });
  changed.get_future().wait();
  half.expect_stream_error("not-authorized");
}

TEST_F(DevicesTest, Xep0386Section4AnEarlierSessionOfTheSameClientEnds) {
  TestClient client = login(agent(1));
  TestClient other = server_.connect();
  other.login_sasl2(kRomeo, kPassword,
                    fmt::format("<user-agent id='{}'/><bind xmlns='urn:xmpp:bind:0'>"
                                "<tag>other</tag></bind>",
                                agent(1)));
  client.expect_stream_error("conflict");
  EXPECT_EQ(devices().size(), 1U);
}

TEST(DeviceName, TellsNotWhichOtherAccountsADeviceHas) {
  EXPECT_NE(device_name("romeo@localhost", agent(1), "secret"),
            device_name("juliet@localhost", agent(1), "secret"));
  EXPECT_EQ(device_name("romeo@localhost", agent(1), "secret"),
            device_name("romeo@localhost", agent(1), "secret"));
}

TEST(ReadDevices, AUseWithoutItsDeviceIsNone) {
  const std::vector<storage::Record> records{{agent(1) + "/used", "used 5\n"},
                                             {agent(2), "software Nest\nfirst 3\n"},
                                             {agent(2) + "/used", "used 7\n"}};
  const std::vector<DeviceRecord> devices = read_devices(records);
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].agent, agent(2));
  EXPECT_EQ(devices[0].first_used, WallTime(Microseconds(3)));
  EXPECT_EQ(devices[0].last_used, WallTime(Microseconds(7)));
}

} // namespace
} // namespace rookery::server

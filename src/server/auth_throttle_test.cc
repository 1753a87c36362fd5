// Case 8: what a guess waits for its answer, by account and by address.
#include "server/auth_throttle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/testing/test_server.h"

namespace rookery::server {
namespace {

using testing::Peer;
using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr MonoTime kNow{5};
const Limits kLimits{.auth_address_failures_free = 2};

TEST(AuthThrottle, Case8EachFailureOfAnAccountDoublesItsWaitUpToABound) {
  AuthThrottle throttle(kLimits);
  for (const int wait : {100, 200, 400, 800, 1'600, 3'200, 5'000, 5'000})
    EXPECT_EQ(throttle.failed("romeo@localhost", kNow), Milliseconds(wait));
  EXPECT_EQ(throttle.failed("juliet@localhost", kNow), Milliseconds(100));
  throttle.succeeded("romeo@localhost");
  EXPECT_EQ(throttle.failed("romeo@localhost", kNow), Milliseconds(100));
}

TEST(AuthThrottle, Case8FailuresAreForgotten) {
  AuthThrottle throttle(kLimits);
  (void)throttle.failed("romeo@localhost", kNow);
  EXPECT_EQ(throttle.failed("romeo@localhost", kNow + kLimits.auth_memory), Milliseconds(200));
  EXPECT_EQ(throttle.failed("romeo@localhost", kNow + kLimits.auth_memory * 2 + MonoTime(1)),
            Milliseconds(100));
}

TEST(AuthThrottle, Case8TheFirstFailuresOfAnAddressAreItsUsersOwnAffair) {
  AddressThrottle throttle(kLimits);
  for (const int wait : {0, 0, 100, 200, 400, 800, 1'600, 3'200, 5'000, 5'000})
    EXPECT_EQ(throttle.failed("192.0.2.1", kNow), Milliseconds(wait));
  EXPECT_EQ(throttle.failed("192.0.2.2", kNow), Milliseconds(0));
}

TEST(AuthThrottle, Case8ANetworkOf64BitsIsOneAddress) {
  AddressThrottle throttle(kLimits);
  (void)throttle.failed("2001:db8:1:2::1", kNow);
  (void)throttle.failed("2001:db8:1:2::2", kNow);
  EXPECT_EQ(throttle.failed("2001:db8:1:2:ffff::9", kNow), Milliseconds(100));
  EXPECT_EQ(throttle.failed("2001:db8:1:3::1", kNow), Milliseconds(0));
}

TEST(AuthThrottle, Case8NotMoreAreRememberedThanThereIsRoomFor) {
  AuthThrottle throttle(kLimits);
  for (std::size_t i = 0; i < FailureCounts<std::string>::kKeysMax; ++i)
    ASSERT_EQ(throttle.failed(std::to_string(i), kNow), Milliseconds(100));
  EXPECT_EQ(throttle.failed("romeo@localhost", kNow), kLimits.auth_delay_max);
  EXPECT_EQ(throttle.failed("1", kNow), Milliseconds(200)) << "it is remembered";
  EXPECT_EQ(throttle.failed("romeo@localhost", kNow + Seconds(61)), Milliseconds(100));
}

class GuessingTest : public ::testing::Test {
protected:
  static TestSettings settings() {
    TestSettings settings;
    settings.options.limits.auth_delay_first = Milliseconds(1);
    settings.options.limits.auth_delay_max = std::chrono::hours(1);
    settings.options.limits.auth_address_failures_free = 2;
    return settings;
  }
  GuessingTest() { server_.add_account("romeo@localhost"); }

  TestClient guess(const Peer& from, std::string_view name, std::string_view password = "wrong") {
    TestClient client = server_.connect(from);
    client.open_stream();
    client.send(fmt::format("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{}"
                            "</auth>",
                            base64_encode(fmt::format("{0}{1}{0}{2}", '\0', name, password))));
    return client;
  }
  static void expect_refused(TestClient client) {
    client.expect("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
  }
  std::uint64_t failures() {
    server_.settle();
    return server_.on_home("romeo@localhost",
                           [](Homes& homes) { return homes.counters().logins_failed; });
  }

  TestServer server_{settings()};
};

TEST_F(GuessingTest, Case8OnePasswordTriedOnManyAccountsWaitsByItsAddress) {
  const Peer guesser{.address = "192.0.2.1", .loopback = false, .secure = true};
  expect_refused(guess(guesser, "nobody1"));
  expect_refused(guess(guesser, "nobody2"));
  // As if it had gone on for long.
  for (int i = 0; i < 40; ++i)
    (void)server_.server().address_throttle().failed(guesser.address, server_.server().started());
  TestClient waits = guess(guesser, "nobody3");
  while (failures() < 3) {
  }
  waits.expect_nothing();
  // Neither the owner of an account is kept out, be it from that address, nor others slowed down.
  guess(guesser, "romeo", TestServer::kPassword)
      .expect("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  expect_refused(guess({.address = "192.0.2.2", .loopback = false, .secure = true}, "nobody3"));
  waits.expect_nothing();
}

TEST_F(GuessingTest, Case8TheAddressOfThisMachineDoesNotCount) {
  for (int i = 0; i < 20; ++i)
    expect_refused(guess({}, fmt::format("nobody{}", i)));
}

} // namespace
} // namespace rookery::server

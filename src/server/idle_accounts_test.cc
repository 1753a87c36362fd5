// Accounts that nobody uses any more leave memory.
#include <chrono>
#include <memory>

#include <gtest/gtest.h>

#include "server/account.h"
#include "server/testing/test_server.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kRomeo = "romeo@localhost";
constexpr std::string_view kJuliet = "juliet@localhost";

TestSettings short_lived(storage::MemoryMode store = storage::MemoryMode::kThread) {
  TestSettings made;
  made.store = store;
  made.options.limits.idle_account_life = Seconds(0);
  return made;
}

std::size_t loaded(TestServer& server) {
  return server.on_home(kRomeo, [](Homes& homes) { return homes.account_count(); });
}

bool is_loaded(TestServer& server, std::string_view jid) {
  return server.on_home(jid, [&](Homes& homes) { return homes.find_account(jid) != nullptr; });
}

/// Accounts are looked at once a second.
template <class Done> [[nodiscard]] bool in_time(TestServer& server, Done done) {
  const auto end = std::chrono::steady_clock::now() + Seconds(20);
  while (!done() && std::chrono::steady_clock::now() < end)
    server.settle();
  return done();
}

TEST(IdleAccounts, AreUnloadedAndComeBack) {
  TestServer server{short_lived()};
  TestClient juliet = server.login("juliet@localhost/balcony");
  TestClient romeo = server.login("romeo@localhost/orchard");
  EXPECT_EQ(loaded(server), 2U);
  romeo.close();
  ASSERT_TRUE(in_time(server, [&] { return loaded(server) == 1U; }));
  EXPECT_TRUE(is_loaded(server, kJuliet)) << "she is signed in";
  TestClient again = server.login("romeo@localhost/orchard");
  again.send("<presence/>");
  juliet.send("<message to='romeo@localhost/orchard' id='m'><body>Romeo?</body></message>");
  again.expect("<message id='m'/>");
}

TEST(IdleAccounts, StayWhileSomebodyHoldsThem) {
  TestServer server{short_lived()};
  server.login("romeo@localhost/orchard").close();
  server.login("juliet@localhost/balcony").close();
  std::unique_ptr<AccountPin> pin = server.on_home(kRomeo, [](Homes& homes) {
    std::unique_ptr<AccountPin> held;
    homes.with_account(kRomeo,
                       [&](Account* account) { held = std::make_unique<AccountPin>(*account); });
    return held;
  });
  ASSERT_TRUE(pin != nullptr);
  ASSERT_TRUE(in_time(server, [&] { return !is_loaded(server, kJuliet); }));
  EXPECT_TRUE(is_loaded(server, kRomeo));
  server.on_home(kRomeo, [&](Homes&) { pin.reset(); });
  EXPECT_TRUE(in_time(server, [&] { return loaded(server) == 0U; }));
}

// Who loads it again reads the store, and must find there what was written before.
TEST(IdleAccounts, StayUntilTheStoreHasWhatWasWritten) {
  TestServer server{short_lived(storage::MemoryMode::kManual)};
  server.login("romeo@localhost/orchard").close();
  server.settle();
  server.store().complete_all();
  ASSERT_TRUE(in_time(server, [&] { return server.store().waiting() != 0; }));
  EXPECT_EQ(loaded(server), 1U);
  EXPECT_TRUE(in_time(server, [&] {
    server.store().complete_all();
    return loaded(server) == 0U;
  }));
}

TEST(IdleAccounts, StayWhereTheDiskRefuses) {
  TestServer server{short_lived(storage::MemoryMode::kManual)};
  server.login("romeo@localhost/orchard").close();
  server.settle();
  server.store().complete_all();
  ASSERT_TRUE(in_time(server, [&] { return server.store().waiting() != 0; }));
  server.store().refuse_writes();
  server.settle();
  EXPECT_EQ(loaded(server), 1U);
}

} // namespace
} // namespace rookery::server

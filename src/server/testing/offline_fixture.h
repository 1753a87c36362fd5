// Messages that no device of an account has got yet, on a server in memory: what the tests of them
// share.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/account.h"
#include "server/testing/fake_presence.h"
#include "server/testing/test_server.h"
#include "storage/blocking.h"

namespace rookery::server::testing {

inline constexpr std::string_view kJuliet = "juliet@localhost";

inline TestSettings offline_settings(HistoryKept history) {
  TestSettings made;
  made.modules = {&testing::fake_presence()};
  made.options.history = history;
  made.options.limits.offline_messages_max = 3;
  return made;
}

class OfflineTest : public ::testing::Test {
protected:
  explicit OfflineTest(HistoryKept history = HistoryKept::kAll)
      : OfflineTest(offline_settings(history)) {}
  explicit OfflineTest(TestSettings settings) : server_(std::move(settings)) {
    server_.add_account(kJuliet);
  }

  TestClient juliet(std::string_view resource, bool managed) {
    TestClient client = server_.login(fmt::format("{}/{}", kJuliet, resource));
    if (managed) {
      client.send("<enable xmlns='urn:xmpp:sm:3'/>");
      client.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
    }
    return client;
  }
  void say(int number, std::string_view to = kJuliet) {
    romeo_.send(fmt::format("<message to='{}' type='chat' id='m{}'><body>{}</body></message>", to,
                            number, number));
    server_.settle();
  }
  static void expect_message(TestClient& client, int number) {
    EXPECT_EQ(client.expect("<message/>").root().attribute("id"), fmt::format("m{}", number));
  }
  Owner owner() {
    return server_.on_home(kJuliet,
                           [](Homes& homes) { return homes.find_account(kJuliet)->owner(); });
  }
  std::vector<storage::Entry> log_of_juliet() {
    storage::BlockingStore store(server_.store());
    return store.read({.log = owner()}).value().entries;
  }
  /// Something is kept there of which it is not known that it has arrived.
  bool has_undelivered() {
    // What has moved is written with the next commit.
    server_.on_home(kJuliet, [](Homes& homes) { homes.commit({}, [](const Status&) {}); });
    server_.settle();
    storage::BlockingStore store(server_.store());
    const auto record = store.get(owner(), kMailboxRecords, "").value();
    return record && record->find("undelivered") != std::string::npos;
  }

  TestServer server_;
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

} // namespace rookery::server::testing

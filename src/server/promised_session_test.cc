// XEP-0198: what <enabled/> says is true when the client hears it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/testing/test_server.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

TEST(PromisedSession, Case55ASessionIsPromisedOnceItsRecordIsDurable) {
  TestSettings made;
  made.store = storage::MemoryMode::kManual;
  TestServer server{std::move(made)};
  TestClient romeo = server.login("romeo@localhost/orchard");
  server.settle();
  server.store().complete_all();
  romeo.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>"
             "<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>");
  server.settle();
  EXPECT_GT(server.store().waiting(), 0U);
  romeo.expect_nothing();
  server.store().complete_all();
  romeo.expect("<enabled xmlns='urn:xmpp:sm:3' resume='true' id='*'/>");
  romeo.expect("<iq id='p'/>");
}

TEST(PromisedSession, Case55NeitherInsideOfBind2) {
  TestSettings made;
  made.store = storage::MemoryMode::kManual;
  TestServer server{std::move(made)};
  server.add_account("romeo@localhost");
  TestClient romeo = server.connect();
  romeo.open_stream();
  romeo.send(
      fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'>"
                  "<initial-response>{}</initial-response><bind xmlns='urn:xmpp:bind:0'>"
                  "<enable xmlns='urn:xmpp:sm:3' resume='true'/></bind></authenticate>",
                  base64_encode(fmt::format("{0}romeo{0}{1}", '\0', TestServer::kPassword))));
  while (server.store().waiting() == 0)
    server.settle();
  romeo.expect_nothing();
  server.store().complete_all();
  const xml::Document success = romeo.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  EXPECT_TRUE(success.root().child("bound", "urn:xmpp:bind:0").child("enabled", "urn:xmpp:sm:3"));
}

TEST(PromisedSession, Case57ASessionThatCannotBeKeptIsNotPromised) {
  TestSettings made;
  made.store = storage::MemoryMode::kManual;
  TestServer server{std::move(made)};
  TestClient romeo = server.login("romeo@localhost/orchard");
  server.settle();
  server.store().complete_all();
  romeo.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  server.settle();
  server.store().refuse_writes();
  server.store().complete_all();
  romeo.expect_closed();
}

} // namespace
} // namespace rookery::server

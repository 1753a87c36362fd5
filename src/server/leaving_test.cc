// A client that leaves in order, and comes back before the disk has answered to what it sent.
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/account.h"
#include "server/homes.h"
#include "server/testing/test_server.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kRomeo = "romeo@localhost";
/// One that waits for the disk, and one that waits behind it.
constexpr std::string_view kTwo =
    "<message to='juliet@localhost/balcony' type='chat' id='m1'><body>b</body></message>"
    "<message to='juliet@localhost/balcony' type='chat' id='m2'><composing "
    "xmlns='http://jabber.org/protocol/chatstates'/></message>";
constexpr std::string_view kAgent = "d4565fa7-4d72-4749-b3d3-740edbf87770";

TestSettings manual() {
  TestSettings settings;
  settings.store = storage::MemoryMode::kManual;
  return settings;
}

std::string authenticate2(std::string_view tag) {
  return fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'>"
                     "<initial-response>{}</initial-response><user-agent id='{}'/>"
                     "<bind xmlns='urn:xmpp:bind:0'><tag>{}</tag></bind></authenticate>",
                     base64_encode(fmt::format("{0}romeo{0}{1}", '\0', TestServer::kPassword)),
                     kAgent, tag);
}

class LeavingTest : public ::testing::Test {
protected:
  /// Signed in, without a resource.
  TestClient come_back() {
    TestClient client = server_.connect();
    client.open_stream();
    client.authenticate(kRomeo, TestServer::kPassword);
    return client;
  }
  static void ask_to_bind(TestClient& client, std::string_view resource) {
    client.send(fmt::format("<iq type='set' id='bind'>"
                            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                            "<resource>{}</resource></bind></iq>",
                            resource));
  }
  /// Somebody signs in, says kTwo and leaves.
  void leave(std::string_view jid = "romeo@localhost/orchard") {
    TestClient romeo = server_.login(jid);
    romeo.send(kTwo);
    romeo.close();
  }
  /// And is back, and asks for it.
  TestClient come_back_to(std::string_view resource) {
    TestClient client = come_back();
    ask_to_bind(client, resource);
    return client;
  }
  /// Somebody waits for a session that its client has left, beside the one that ends it.
  bool is_waited_for(std::string_view bare_jid) {
    return server_.on_home(bare_jid, [bare_jid](Homes& homes) {
      const Account* account = homes.find_account(bare_jid);
      return account != nullptr &&
             std::ranges::any_of(account->sessions(), [](const auto& session) {
               return session->left && session->when_settled.size() > 1;
             });
    });
  }
  /// With what follows from it.
  void complete_all() {
    while (server_.store().complete_one())
      server_.settle();
  }
  void expect_both() {
    EXPECT_EQ(juliet_.next().root().attribute("id"), "m1");
    EXPECT_EQ(juliet_.next().root().attribute("id"), "m2");
  }

  TestServer server_{manual()};
  TestClient juliet_ = server_.login("juliet@localhost/balcony");
};

// Binding would end the older session, and what waits in it.
TEST_F(LeavingTest, WhoComesBackAtOnceHasSentAllBefore) {
  leave();
  TestClient again = come_back_to("orchard");
  again.expect_nothing();
  complete_all();
  again.expect("<iq type='result' id='bind'/>");
  expect_both();
}

TEST_F(LeavingTest, NobodyWaitsForAnotherDevice) {
  leave();
  TestClient other = come_back_to("chamber");
  other.expect("<iq type='result' id='bind'/>");
}

TEST_F(LeavingTest, AResourceIsTheSameHoweverItIsSpelled) {
  leave("romeo@localhost/caf\u00e9");
  TestClient again = come_back_to("cafe\u0301");
  again.expect_nothing();
  complete_all();
  again.expect("<iq type='result' id='bind'/>");
  expect_both();
}

// XEP-0386 §4: they end, whatever they are called.
TEST_F(LeavingTest, Bind2WaitsForAllOlderSessionsOfTheDevice) {
  TestClient romeo = server_.connect();
  server_.add_account(kRomeo);
  romeo.open_stream();
  romeo.send(authenticate2("one"));
  while (server_.store().waiting() == 0) // the device is new, and noted first
    server_.settle();
  romeo.expect_nothing();
  complete_all();
  romeo.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  romeo.send(kTwo);
  romeo.close();
  TestClient again = server_.connect();
  again.open_stream();
  again.send(authenticate2("two"));
  while (!is_waited_for(kRomeo)) // the password is checked on another thread
    server_.settle();
  again.expect_nothing();
  complete_all();
  again.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  expect_both();
}

TEST_F(LeavingTest, Xep0198Section5ASessionThatItsClientHasLeftIsNotResumed) {
  TestClient romeo = server_.login("romeo@localhost/orchard");
  romeo.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  server_.settle();
  complete_all();
  const xml::Document enabled = romeo.expect("<enabled xmlns='urn:xmpp:sm:3'/>");
  romeo.send(kTwo);
  romeo.close();
  TestClient again = come_back();
  again.send(fmt::format("<resume xmlns='urn:xmpp:sm:3' previd='{}' h='0'/>",
                         enabled.root().attribute_or_empty("id")));
  again.expect("<failed xmlns='urn:xmpp:sm:3'/>");
  ask_to_bind(again, "orchard");
  again.expect_nothing();
  complete_all();
  again.expect("<iq type='result' id='bind'/>");
  expect_both();
}

TEST_F(LeavingTest, Case57WhatTheDiskRefusesIsNotWaitedFor) {
  leave();
  TestClient again = come_back_to("orchard");
  again.expect_nothing();
  server_.store().refuse_writes();
  server_.store().complete_all();
  again.expect("<iq type='result' id='bind'/>");
  juliet_.expect_nothing();
}

TEST_F(LeavingTest, Case57WhoLeavesAfterAFailureIsNotWaitedForEither) {
  TestClient romeo = server_.login("romeo@localhost/orchard");
  server_.store().refuse_writes();
  juliet_.send("<message to='romeo@localhost' type='chat'><body>b</body></message>");
  server_.settle();
  server_.store().complete_all();
  juliet_.expect_closed();
  romeo.send(kTwo);
  romeo.close();
  TestClient again = come_back_to("orchard");
  again.expect("<iq type='result' id='bind'/>");
}

TEST_F(LeavingTest, AnAccountThatIsRemovedMeanwhileIsGone) {
  leave();
  TestClient again = come_back_to("orchard");
  again.expect_nothing();
  server_.on_home(kRomeo, [](Homes& homes) { homes.unload(*homes.find_account(kRomeo)); });
  again.expect("<iq type='error' id='bind'/>");
  EXPECT_EQ(server_.on_home(kRomeo, [](Homes& homes) { return homes.session_count(); }), 1U);
}

TEST_F(LeavingTest, WhoDoesNotWaitForItChangesNothing) {
  leave();
  TestClient again = come_back_to("orchard");
  again.expect_nothing();
  again.cut();
  server_.settle();
  complete_all();
  expect_both();
  EXPECT_EQ(server_.on_home(kRomeo, [](Homes& homes) { return homes.session_count(); }), 1U);
}

} // namespace
} // namespace rookery::server

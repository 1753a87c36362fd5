// What may happen while somebody signs in: answers that come late, attempts that fail, doors that
// are full, accounts that go.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/account.h"
#include "server/accounts.h"
#include "server/client_stream.h"
#include "server/testing/test_server.h"
#include "xmpp/ht.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kRomeo = "romeo@localhost";
constexpr std::string_view kInside =
    "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'/><bind xmlns='urn:xmpp:bind:0'/>"
    "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>";

// A stream may be made where an older one was in memory: the answer to that one is not for it.
TEST(SigningIn, AStreamIsKnownByMoreThanItsPlaceInMemory) {
  TestServer server{TestSettings{}};
  TestClient client = server.login("romeo@localhost/orchard");
  server.on_home(kRomeo, [](Homes& homes) {
    ASSERT_EQ(homes.streams().size(), 1U);
    ClientStream* stream = homes.streams().begin()->first;
    EXPECT_TRUE(homes.is_open(stream, stream->serial()));
    EXPECT_FALSE(homes.is_open(stream, stream->serial() + 1));
  });
  client.close();
}

// A token that was right, for an account that was locked then, is no part of the next attempt.
TEST(SigningIn, NothingOfAFailedAttemptIsLeftForTheNext) {
  TestServer server{TestSettings{}};
  server.add_account(kRomeo);
  const auto lock = [&](bool locked) {
    std::promise<void> done;
    AccountAdmin(server.server())
        .set_disabled(*xmpp::BareJid::parse(kRomeo), locked,
                      [&](const Status&) { done.set_value(); });
    done.get_future().wait();
  };
  const auto attempt = [](std::string_view mechanism, std::string_view message,
                          std::string_view inside) {
    return fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='{}'>"
                       "<initial-response>{}</initial-response>{}</authenticate>",
                       mechanism, base64_encode(message), inside);
  };
  TestClient first = server.connect();
  const xml::Document success = first.login_sasl2(kRomeo, TestServer::kPassword, kInside);
  const std::string token(
      success.root().child("token", "urn:xmpp:fast:0").attribute_or_empty("token"));
  lock(true);
  TestClient client = server.connect();
  client.open_stream();
  client.send(attempt(
      "HT-SHA-256-NONE", xmpp::make_ht(xmpp::SaslMechanism::kHtSha256None, "romeo", token, {}),
      "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'/><fast xmlns='urn:xmpp:fast:0'/>"));
  client.expect("<failure xmlns='urn:xmpp:sasl:2'>"
                "<account-disabled xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>");
  lock(false);
  client.send(attempt("PLAIN", fmt::format("{0}romeo{0}{1}", '\0', TestServer::kPassword),
                      "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'/>"
                      "<bind xmlns='urn:xmpp:bind:0'/>"));
  client.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  std::promise<Result<std::vector<Device>>> found;
  AccountAdmin(server.server()).devices(*xmpp::BareJid::parse(kRomeo), [&](auto list) {
    found.set_value(std::move(list));
  });
  const Result<std::vector<Device>> devices = found.get_future().get();
  ASSERT_TRUE(devices && devices->size() == 1U);
  EXPECT_TRUE(devices->front().token) << "it has not used it up";
}

TEST(SigningIn, TooManyOfOneAddressAtTheDoor) {
  TestSettings settings;
  settings.options.limits.unauthenticated_per_address_max = 2;
  TestServer server{std::move(settings)};
  server.add_account(kRomeo);
  const testing::Peer far{.address = "192.0.2.1", .loopback = false, .secure = true};
  TestClient first = server.connect(far), second = server.connect(far);
  second.open_stream();
  server.settle();
  TestClient third = server.connect(far);
  third.expect_closed();
  TestClient elsewhere =
      server.connect({.address = "192.0.2.2", .loopback = false, .secure = true});
  elsewhere.open_stream();
  // Who has signed in stands in nobody's way.
  first.login_sasl2(kRomeo, TestServer::kPassword);
  server.settle();
  TestClient fourth = server.connect(far);
  fourth.open_stream();
}

TEST(SigningIn, AnAccountThatIsDeletedMeanwhileIsNotBoundTo) {
  TestSettings settings;
  settings.store = storage::MemoryMode::kManual;
  TestServer server{std::move(settings)};
  server.add_account(kRomeo);
  TestClient client = server.connect();
  client.open_stream();
  client.send(fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'>"
                          "<initial-response>{}</initial-response>{}</authenticate>",
                          base64_encode(fmt::format("{0}romeo{0}{1}", '\0', TestServer::kPassword)),
                          kInside));
  // The token has to be durable before it is told.
  while (server.store().waiting() == 0)
    server.settle();
  AccountAdmin(server.server()).remove(*xmpp::BareJid::parse(kRomeo), {}, [](const Status&) {});
  while (server.store().waiting() < 2)
    server.settle();
  ASSERT_TRUE(server.store().complete_one());
  client.expect("<error xmlns='http://etherx.jabber.org/streams'/>");
  client.expect_closed();
  server.store().complete_all();
}

// Who has shown the password of the one has not shown that of the other.
TEST(SigningIn, AnAccountMadeAnewUnderTheSameNameIsNotBoundTo) {
  TestServer server{TestSettings{}};
  server.add_account(kRomeo);
  TestClient client = server.connect();
  client.open_stream();
  client.authenticate(kRomeo, TestServer::kPassword);
  std::promise<void> done;
  AccountAdmin admin(server.server());
  admin.remove(*xmpp::BareJid::parse(kRomeo), {}, [&](const Status&) {
    admin.create(*xmpp::BareJid::parse(kRomeo), "another one",
                 [&](const Status&) { done.set_value(); });
  });
  done.get_future().wait();
  client.send("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
  client.expect_stream_error("not-authorized");
}

TEST(SigningIn, SoManyStanzasWaitForAnAccountAndNoMore) {
  TestSettings settings;
  settings.options.limits.loading_waiters_max = 2;
  TestServer server{std::move(settings)};
  server.add_account("juliet@localhost");
  TestClient romeo = server.login("romeo@localhost/orchard");
  const auto refused = [&](std::string_view stanzas, std::string_view kind) {
    romeo.send(stanzas);
    int crowded = 0;
    for (int i = 1; i <= 5; ++i) {
      const xml::Document answer = romeo.expect(fmt::format("<{} id='{}' type='error'/>", kind, i));
      const xml::Element error = answer.root().child("error", "jabber:client");
      crowded += error.child("resource-constraint", "urn:ietf:params:xml:ns:xmpp-stanzas") ? 1 : 0;
    }
    return crowded;
  };
  std::string requests;
  for (int i = 1; i <= 5; ++i)
    requests += fmt::format("<iq type='get' id='{}' to='juliet@localhost'><x xmlns='x'/></iq>", i);
  EXPECT_EQ(refused(requests, "iq"), 3);
}

} // namespace
} // namespace rookery::server

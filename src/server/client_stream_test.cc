// Streams of clients: who a stanza is from, and what is refused before and after signing in.
#include "server/client_stream.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

TestSettings two_domains() {
  TestSettings settings;
  settings.options.domains = {"localhost", "other.localhost"};
  settings.options.limits.bytes_before_auth_max = 8 * 1024;
  return settings;
}

class ClientStreamTest : public ::testing::Test {
protected:
  TestServer server_{two_domains()};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
};

std::string message(std::string_view from) {
  return fmt::format("<message {} to='romeo@localhost/orchard' type='chat' id='1'/>", from);
}

TEST_F(ClientStreamTest, Case15FromIsStampedWhateverOfItsOwnTheClientSays) {
  for (const std::string_view from :
       {"", "from='romeo@localhost'", "from='romeo@localhost/orchard'",
        "from='ROMEO@LocalHost/orchard'"}) {
    romeo_.send(message(from));
    EXPECT_EQ(romeo_.next().root().attribute("from"), "romeo@localhost/orchard") << from;
  }
}

TEST_F(ClientStreamTest, Case15AnotherUsersFromEndsTheStream) {
  romeo_.send(message("from='juliet@localhost/balcony'"));
  romeo_.expect_stream_error("invalid-from");
}

TEST_F(ClientStreamTest, Case15AnotherDevicesFromEndsTheStream) {
  TestClient phone = server_.login("romeo@localhost/phone");
  phone.send(message("from='romeo@localhost/orchard'"));
  phone.expect_stream_error("invalid-from");
  romeo_.expect_nothing();
}

TEST_F(ClientStreamTest, Case15AFromThatIsNoAddressEndsTheStream) {
  romeo_.send(message("from='@'"));
  romeo_.expect_stream_error("invalid-from");
}

TEST_F(ClientStreamTest, Case4And7TooMuchBeforeSigningIn) {
  TestClient client = server_.connect();
  client.open_stream();
  for (int i = 0; i < 9; ++i)
    client.send(std::string(1'024, ' '));
  client.expect_stream_error("policy-violation");
}

TEST_F(ClientStreamTest, Case14TheDomainDoesNotChangeAfterSigningIn) {
  TestClient client = server_.connect();
  client.open_stream();
  client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
              "mechanism='PLAIN'>AHJvbWVvAHBhc3Mgd29yZA==</auth>");
  client.expect("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  client.restart();
  client.send("<stream:stream to='other.localhost' version='1.0' xmlns='jabber:client' "
              "xmlns:stream='http://etherx.jabber.org/streams'>");
  client.expect_stream_error("not-authorized");
}

TEST_F(ClientStreamTest, ADomainThatIsNotServed) {
  TestClient client = server_.connect();
  client.send("<stream:stream to='elsewhere' version='1.0' xmlns='jabber:client' "
              "xmlns:stream='http://etherx.jabber.org/streams'>");
  client.expect_stream_error("host-unknown");
}

TEST_F(ClientStreamTest, AStanzaBeforeSigningIn) {
  TestClient client = server_.connect();
  client.open_stream();
  client.send("<message to='romeo@localhost/orchard'><body>hello</body></message>");
  client.expect_stream_error("not-authorized");
  romeo_.expect_nothing();
}

TEST_F(ClientStreamTest, Case16AnAuthorizationIdentityThatIsNotOnesOwn) {
  TestClient client = server_.connect();
  client.open_stream();
  // juliet@localhost NUL romeo NUL pass word
  client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
              "mechanism='PLAIN'>anVsaWV0QGxvY2FsaG9zdAByb21lbwBwYXNzIHdvcmQ=</auth>");
  client.expect("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-authzid/></failure>");
}

TEST_F(ClientStreamTest, Xep0388Section2_4TheStreamsFromHasToFitTheAuthorizationIdentity) {
  const auto attempt = [&](std::string_view from, std::string_view identity) {
    TestClient client = server_.connect();
    client.send(
        fmt::format("<stream:stream to='localhost' from='{}' version='1.0' "
                    "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
                    from));
    client.expect("<features xmlns='http://etherx.jabber.org/streams'/>");
    client.send(fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'>"
                            "<initial-response>{}</initial-response></authenticate>",
                            base64_encode(fmt::format("{1}{0}romeo{0}pass word", '\0', identity))));
    const xml::Document answer = client.next();
    const xml::Element told = answer.root();
    return told.is("failure", xmpp::kNsSasl2) ? std::string(told.first_child().name())
                                              : std::string(told.name());
  };
  EXPECT_EQ(attempt("romeo@localhost/orchard", "romeo@localhost"), "success");
  EXPECT_EQ(attempt("juliet@localhost", ""), "success") << "it is not looked at";
  EXPECT_EQ(attempt("juliet@localhost", "romeo@localhost"), "invalid-authzid");
}

TEST_F(ClientStreamTest, Xep0388Section2_1TheStreamsFromIsOfItsDomain) {
  TestClient client = server_.connect();
  client.send("<stream:stream to='localhost' from='romeo@elsewhere' version='1.0' "
              "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>");
  client.expect_stream_error("invalid-from");
}

TEST_F(ClientStreamTest, Case8ThreeFailuresEndTheStreamAndLockNobodyOut) {
  TestClient guesser = server_.connect();
  guesser.open_stream();
  for (int i = 0; i < 3; ++i) {
    guesser.send(
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHJvbWVvAHdyb25n</auth>");
    guesser.expect("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
  }
  guesser.expect_stream_error("policy-violation");
  TestClient owner = server_.login("romeo@localhost/phone");
  owner.expect_nothing();
}

TEST_F(ClientStreamTest, AResourceThatIsInUseGoesToTheNewerConnection) {
  TestClient newer = server_.login("romeo@localhost/orchard");
  romeo_.expect_stream_error("conflict");
  newer.send(message(""));
  newer.expect("<message id='1'/>");
}

// So much at once that its budget is back only after several looks.
TEST(ClientStreamRate, OneThatHasSentTooFastIsHeardAgain) {
  TestSettings settings;
  settings.options.limits.rate_burst_bytes = 10'000;
  settings.options.limits.rate_bytes_per_second = 20'000;
  TestServer server{std::move(settings)};
  TestClient romeo = server.login("romeo@localhost/orchard");
  romeo.send(std::string(28'000, ' ')); // 900 ms above what it may
  server.settle();
  romeo.send("<message to='romeo@localhost/orchard' type='chat' id='2'/>");
  romeo.expect("<message id='2'/>");
}

TEST_F(ClientStreamTest, AServerThatStopsSaysSo) {
  server_.stop();
  romeo_.expect_stream_error("system-shutdown");
}

} // namespace
} // namespace rookery::server

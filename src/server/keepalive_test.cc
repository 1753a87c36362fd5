// Clients that fall silent (RFC 6120 §4.6, XEP-0199 §4.2): asked after a while, given up when they
// do not answer.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/testing/test_server.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

TestSettings asks_soon(Milliseconds timeout) {
  TestSettings settings;
  settings.options.limits.ping_after = Milliseconds(20);
  settings.options.limits.ping_timeout = timeout;
  return settings;
}

constexpr std::string_view kPing =
    "<iq type='get' from='localhost'><ping xmlns='urn:xmpp:ping'/></iq>";

std::string enable_sm(TestClient& client) {
  client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  return std::string(
      client.expect("<enabled xmlns='urn:xmpp:sm:3'/>").root().attribute_or_empty("id"));
}

TEST(KeepAlive, Xep0199Section4_2OneThatIsSilentIsPinged) {
  TestServer server{asks_soon(Seconds(100))};
  TestClient romeo = server.login("romeo@localhost/orchard");
  const xml::Document ping = romeo.expect(kPing);
  EXPECT_EQ(ping.root().attribute("to"), "romeo@localhost/orchard");
  EXPECT_NE(ping.root().attribute_or_empty("id"), "");
}

TEST(KeepAlive, Rfc6120Section4_6_2OneThatDoesNotAnswerIsGivenUp) {
  TestServer server{asks_soon(Milliseconds(20))};
  TestClient romeo = server.login("romeo@localhost/orchard");
  romeo.expect(kPing);
  romeo.expect_stream_error("connection-timeout");
}

// Any answer will do, an error too (XEP-0199 §4.2), and so does white space (RFC 6120 §4.6.1).
TEST(KeepAlive, AnySignOfLifeIsAnAnswer) {
  TestServer server{asks_soon(Seconds(2))};
  TestClient romeo = server.login("romeo@localhost/orchard");
  TestClient juliet = server.login("juliet@localhost/balcony");
  TestClient mercutio = server.login("mercutio@localhost/square");
  const xml::Document ping = romeo.expect(kPing);
  romeo.send(fmt::format("<iq type='error' id='{}' to='localhost'><error type='cancel'/></iq>",
                         ping.root().attribute_or_empty("id")));
  juliet.expect(kPing);
  juliet.send(" ");
  mercutio.expect_stream_error("connection-timeout");
  romeo.expect(kPing);
  juliet.expect(kPing);
}

TEST(KeepAlive, Xep0198Section4OneThatCountsIsAskedForItsCountInstead) {
  TestServer server{asks_soon(Seconds(100))};
  TestClient romeo = server.login("romeo@localhost/orchard");
  enable_sm(romeo);
  romeo.expect_ack_request();
  romeo.expect_nothing();
}

TEST(KeepAlive, Xep0198Section4OneThatDoesNotGiveItsCountCanResume) {
  TestServer server{asks_soon(Milliseconds(20))};
  TestClient romeo = server.login("romeo@localhost/orchard");
  const std::string id = enable_sm(romeo);
  romeo.expect_ack_request();
  romeo.expect_stream_error("connection-timeout");
  TestClient back = server.connect();
  back.open_stream();
  back.authenticate("romeo@localhost", TestServer::kPassword);
  back.send(fmt::format("<resume xmlns='urn:xmpp:sm:3' previd='{}' h='0'/>", id));
  back.expect("<resumed xmlns='urn:xmpp:sm:3'/>");
}

} // namespace
} // namespace rookery::server

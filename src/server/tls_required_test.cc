// Case 23: what one from elsewhere may do in clear where TLS is required, which is to ask for TLS.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"
#include "xmpp/sasl1.h"
#include "xmpp/sasl2.h"

namespace rookery::server {
namespace {

using testing::Peer;
using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

const Peer kFar{.address = "192.0.2.1", .loopback = false, .secure = false, .can_start_tls = true};

class TlsRequiredTest : public ::testing::Test {
protected:
  explicit TlsRequiredTest(bool required = true) : server_(settings(required)) {
    server_.add_account("romeo@localhost");
  }
  static TestSettings settings(bool required) {
    TestSettings made;
    made.options.tls_required = required;
    return made;
  }
  static std::string plain() {
    return base64_encode(fmt::format("{0}romeo{0}{1}", '\0', TestServer::kPassword));
  }

  TestServer server_;
};

TEST_F(TlsRequiredTest, Case23StartTlsIsAllThatIsOffered) {
  const xml::Document features = server_.connect(kFar).open_stream();
  const xml::Element root = features.root();
  EXPECT_TRUE(root.child("starttls", xmpp::kNsTls).child("required", xmpp::kNsTls)) << root.raw();
  for (const xml::Element& each : root.children())
    EXPECT_TRUE(each.is("starttls", xmpp::kNsTls) || each.is("limits", xmpp::kNsLimits))
        << each.raw();
}

TEST_F(TlsRequiredTest, Case23NobodySignsInInClear) {
  const std::string scram = base64_encode("n,,n=romeo,r=0123456789abcdef");
  for (const auto& [mechanism, message] :
       {std::pair("PLAIN", plain()), std::pair("SCRAM-SHA-256", scram),
        std::pair("SCRAM-SHA-256-PLUS", scram)})
    for (const bool sasl2 : {false, true}) {
      TestClient client = server_.connect(kFar);
      client.open_stream();
      client.send(
          sasl2 ? fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='{}'>"
                              "<initial-response>{}</initial-response></authenticate>",
                              mechanism, message)
                : fmt::format("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='{}'>{}"
                              "</auth>",
                              mechanism, message));
      // RFC 6120 §6.5.4.
      client.expect(fmt::format("<failure xmlns='{}'><encryption-required "
                                "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>",
                                sasl2 ? xmpp::kNsSasl2 : xmpp::kNsSasl));
      client.expect_nothing();
    }
}

TEST_F(TlsRequiredTest, Case23NothingElseIsDoneInClear) {
  constexpr std::pair<std::string_view, std::string_view> kAttempts[]{
      {"<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
       "not-authorized"},
      {"<message to='romeo@localhost'><body>hello</body></message>", "not-authorized"},
      {"<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>",
       "policy-violation"},
      {"<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>", "policy-violation"},
      {"<enable xmlns='urn:xmpp:sm:3'/>", "policy-violation"},
      {"<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "policy-violation"}};
  for (const auto& [xml, condition] : kAttempts) {
    SCOPED_TRACE(xml);
    TestClient client = server_.connect(kFar);
    client.open_stream();
    client.send(xml);
    client.expect_stream_error(condition);
  }
}

// Its counterpart: what the tests above see is due to the setting and the address.
TEST_F(TlsRequiredTest, FromLoopbackTlsIsOfferedAndNotRequired) {
  const xml::Document features = server_.connect({.can_start_tls = true}).open_stream();
  const xml::Element starttls = features.root().child("starttls", xmpp::kNsTls);
  EXPECT_TRUE(starttls);
  EXPECT_FALSE(starttls.first_child());
  EXPECT_TRUE(features.root().child("mechanisms", xmpp::kNsSasl));
}

class TlsNotRequiredTest : public TlsRequiredTest {
protected:
  TlsNotRequiredTest() : TlsRequiredTest(false) {}
};

TEST_F(TlsNotRequiredTest, APasswordIsNotTakenInClearAllTheSame) {
  TestClient client = server_.connect(kFar);
  const xml::Document features = client.open_stream();
  EXPECT_FALSE(features.root().child("starttls", xmpp::kNsTls).first_child());
  std::vector<std::string> offered;
  for (const xml::Element& each : features.root().child("mechanisms", xmpp::kNsSasl).children())
    offered.push_back(each.text());
  EXPECT_EQ(offered, (std::vector<std::string>{"SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"}));
  client.send(fmt::format(
      "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{}</auth>", plain()));
  client.expect("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>");
}

} // namespace
} // namespace rookery::server

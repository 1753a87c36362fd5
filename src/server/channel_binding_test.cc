// Signing in over real TLS, bound to it: SCRAM-*-PLUS (RFC 5802 §6, RFC 9266, RFC 5929) and tokens
// (XEP-0484), and what case 18 brings: the binding of another TLS session.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <deque>

#include "base/encoding.h"
#include "net/tls_test_support.h"
#include "server/accounts.h"
#include "server/testing/test_server.h"
#include "xmpp/ht.h"
#include "xmpp/namespaces.h"
#include "xmpp/sasl1.h"
#include "xmpp/sasl2.h"
#include "xmpp/scram_client.h"

namespace rookery::server {
namespace {

using testing::TestServer;
using testing::TestSettings;
using xmpp::SaslMechanism;

constexpr std::string_view kRomeo = "romeo@localhost";
constexpr std::string_view kAgent = "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'/>";
constexpr std::string_view kHeader =
    "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams'>";

/// A client on a socket, from elsewhere as far as the server knows.
class TlsTalk {
public:
  TlsTalk(TestServer& server, const net::TlsContext& context, bool direct)
      : tls_(make_socket(server, context, direct)) {
    if (direct)
      handshake();
  }

  void handshake() {
    while (!tls_.step()) {
      if (!tls_.failure.empty())
        throw std::runtime_error(tls_.failure);
      wait();
    }
    secure_ = true;
  }
  void send(std::string_view text) {
    EXPECT_TRUE(secure_ ? tls_.write(text) : net::send_now(socket_.get(), text)) << text;
  }
  /// A new stream; its features.
  xml::Document open() {
    framer_.reset();
    send(kHeader);
    return next();
  }
  /// The next element.
  xml::Document next() {
    while (elements_.empty()) {
      const bool open = read();
      std::string_view data = received_;
      for (;;) {
        const xml::Framer::Frame frame = framer_.next(data);
        if (frame.kind == xml::Framer::Kind::kStanza &&
            !elements_.emplace_back().parse(frame.bytes, framer_.root()))
          throw std::runtime_error("an unknown prefix");
        if (frame.kind == xml::Framer::Kind::kNeedMore || frame.kind == xml::Framer::Kind::kError)
          break;
      }
      received_.clear();
      if (elements_.empty() && !open)
        throw std::runtime_error("closed");
      if (elements_.empty())
        wait();
    }
    xml::Document first = std::move(elements_.front());
    elements_.pop_front();
    return first;
  }
  [[nodiscard]] std::string binding(std::string_view type) {
    return type == xmpp::kTlsExporter ? tls_.exporter() : tls_.certificate_sha256();
  }

private:
  int make_socket(TestServer& server, const net::TlsContext& context, bool direct) {
    net::SocketPair pair = net::tcp_pair();
    socket_ = std::move(pair.theirs);
    net::TcpTransport::Options options{
        .peer = *net::IpAddress::parse("192.0.2.1"), .tls = &context, .direct_tls = direct};
    server.server().loop(0).post([&server, options, ours = std::move(pair.ours)]() mutable {
      server.server().accept(0, std::make_unique<net::TcpTransport>(std::move(ours), options),
                             {.websocket = false, .secure = options.direct_tls});
    });
    return socket_.get();
  }
  bool read() {
    if (secure_) {
      const bool more = tls_.pump();
      received_ += std::exchange(tls_.received, {});
      return more;
    }
    const net::Received now = net::receive_now(socket_.get());
    received_ += now.data;
    return !now.ended && !now.reset;
  }
  void wait() {
    pollfd ready{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, 10'000) != 1)
      throw std::runtime_error("nothing came in ten seconds");
  }

  runtime::Descriptor socket_;
  net::TlsClient tls_;
  bool secure_ = false;
  xml::Framer framer_{xml::Framer::Mode::kStream, xml::Caps{}};
  std::string received_;
  std::deque<xml::Document> elements_;
};

class ChannelBindingTest : public ::testing::Test {
protected:
  ChannelBindingTest() {
    // With keys of all hashes, which TestServer::add_account() leaves out.
    std::promise<bool> made;
    AccountAdmin(server_.server())
        .create(*xmpp::BareJid::parse(kRomeo), std::string(TestServer::kPassword),
                [&](const Status& status) { made.set_value(status.has_value()); });
    EXPECT_TRUE(made.get_future().get());
  }

  /// The last word of a login by SCRAM with this binding.
  xml::Document scram(TlsTalk& talk, SaslMechanism mechanism, std::string_view type,
                      std::string_view data, bool sasl2 = true) {
    const xml::Document features = talk.open();
    std::vector<std::string_view> names, types;
    const std::string ns(sasl2 ? xmpp::kNsSasl2 : xmpp::kNsSasl);
    const xml::Element list = features.root().child(sasl2 ? "authentication" : "mechanisms", ns);
    std::deque<std::string> texts;
    for (const xml::Element& each : list.children())
      if (each.name() == "mechanism")
        names.push_back(texts.emplace_back(each.text()));
    for (const xml::Element& each :
         features.root().child("sasl-channel-binding", "urn:xmpp:sasl-cb:0").children())
      types.push_back(each.attribute_or_empty("type"));
    EXPECT_EQ(types, (std::vector<std::string_view>{"tls-exporter", "tls-server-end-point"}));
    EXPECT_NE(std::ranges::find(names, to_string(mechanism)), names.end());

    const bool bound = xmpp::is_plus(mechanism);
    xmpp::ScramClient client(
        {.hash = xmpp::hash_of(mechanism),
         .username = "romeo",
         .prepared_password = std::string(TestServer::kPassword),
         .binding = bound ? xmpp::ScramBinding::kBound : xmpp::ScramBinding::kNotOffered,
         .binding_type = std::string(type),
         .binding_data = std::string(data),
         .downgrade_hash = xmpp::downgrade_hash(xmpp::hash_of(mechanism), names, &types)});
    const std::string first = base64_encode(client.first(random_));
    talk.send(sasl2 ? fmt::format("<authenticate xmlns='{}' mechanism='{}'>"
                                  "<initial-response>{}</initial-response></authenticate>",
                                  ns, to_string(mechanism), first)
                    : fmt::format("<auth xmlns='{}' mechanism='{}'>{}</auth>", ns,
                                  to_string(mechanism), first));
    const xml::Document challenge = talk.next();
    if (challenge.root().name() != "challenge")
      return copy_of(challenge);
    const auto proof = client.final(*base64_decode(challenge.root().text()));
    if (!proof)
      throw std::runtime_error(std::string(to_string(proof.error())));
    talk.send(fmt::format("<response xmlns='{}'>{}</response>", ns, base64_encode(*proof)));
    xml::Document last = talk.next();
    if (last.root().name() == "success") {
      const xml::Element word = sasl2 ? last.root().child("additional-data", ns) : last.root();
      EXPECT_TRUE(client.verify(*base64_decode(word.text())));
    }
    return last;
  }
  static xml::Document copy_of(const xml::Document& document) {
    xml::Document copy;
    EXPECT_TRUE(copy.parse_trusted(document.root().raw(), xmpp::kNsClient));
    return copy;
  }
  static void expect_refused(const xml::Document& answer) {
    EXPECT_EQ(answer.root().name(), "failure") << answer.root().raw();
    EXPECT_TRUE(answer.root().child("not-authorized", xmpp::kNsSasl)) << answer.root().raw();
  }

  net::TemporaryFolder folder_;
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<net::TlsContext> context_ = std::move(
      *net::TlsContext::create({net::make_files(folder_, "one", {"localhost"})}, clock_, random_));
  TestServer server_{TestSettings{}};
};

TEST_F(ChannelBindingTest, EveryPlusMechanismWithEveryBindingInBothDialects) {
  for (const SaslMechanism mechanism :
       {SaslMechanism::kScramSha512Plus, SaslMechanism::kScramSha256Plus,
        SaslMechanism::kScramSha1Plus})
    for (const std::string_view type : {xmpp::kTlsExporter, xmpp::kTlsServerEndPoint})
      for (const bool sasl2 : {true, false}) {
        TlsTalk talk(server_, *context_, true);
        const xml::Document answer = scram(talk, mechanism, type, talk.binding(type), sasl2);
        EXPECT_EQ(answer.root().name(), "success")
            << to_string(mechanism) << " " << type << ": " << answer.root().raw();
      }
}

TEST_F(ChannelBindingTest, AfterStartTlsToo) {
  TlsTalk talk(server_, *context_, false);
  const xml::Document clear = talk.open();
  EXPECT_TRUE(clear.root().child("starttls", xmpp::kNsTls).child("required", xmpp::kNsTls));
  EXPECT_FALSE(clear.root().child("sasl-channel-binding", "urn:xmpp:sasl-cb:0"));
  talk.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  EXPECT_EQ(talk.next().root().name(), "proceed");
  talk.handshake();
  const xml::Document answer = scram(talk, SaslMechanism::kScramSha256Plus, xmpp::kTlsExporter,
                                     talk.binding(xmpp::kTlsExporter));
  EXPECT_EQ(answer.root().name(), "success") << answer.root().raw();
}

// What one in the middle has: the login of a session between the client and himself.
TEST_F(ChannelBindingTest, Case18TheBindingOfAnotherTlsSessionIsRefused) {
  TlsTalk talk(server_, *context_, true), other(server_, *context_, true);
  expect_refused(scram(talk, SaslMechanism::kScramSha256Plus, xmpp::kTlsExporter,
                       other.binding(xmpp::kTlsExporter)));
  // Right in itself, and of another type than was said.
  TlsTalk third(server_, *context_, true);
  expect_refused(scram(third, SaslMechanism::kScramSha256Plus, xmpp::kTlsServerEndPoint,
                       third.binding(xmpp::kTlsExporter)));
}

TEST_F(ChannelBindingTest, Case18AClientThatSawNoPlusWasLiedTo) {
  TlsTalk talk(server_, *context_, true);
  expect_refused(scram(talk, SaslMechanism::kScramSha256, {}, {}));
}

TEST_F(ChannelBindingTest, ATokenIsGoodForTheTlsSessionItIsShownOnOnly) {
  const auto present = [](TlsTalk& talk, std::string_view token, std::string_view binding) {
    talk.open();
    talk.send(fmt::format(
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-EXPR'><initial-response>{}"
        "</initial-response>{}<fast xmlns='urn:xmpp:fast:0'/></authenticate>",
        base64_encode(xmpp::make_ht(SaslMechanism::kHtSha256Expr, "romeo", token, binding)),
        kAgent));
    return talk.next();
  };
  TlsTalk first(server_, *context_, true);
  first.open();
  first.send(fmt::format(
      "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>{}"
      "</initial-response>{}<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-EXPR'/>"
      "</authenticate>",
      base64_encode(fmt::format("{0}romeo{0}{1}", '\0', TestServer::kPassword)), kAgent));
  const xml::Document given = first.next();
  const std::string token(given.root().child("token", xmpp::kNsFast0).attribute_or_empty("token"));
  ASSERT_NE(token, "") << given.root().raw();

  TlsTalk stolen(server_, *context_, true), other(server_, *context_, true);
  expect_refused(present(stolen, token, other.binding(xmpp::kTlsExporter)));

  TlsTalk again(server_, *context_, true);
  const std::string binding = again.binding(xmpp::kTlsExporter);
  const xml::Document answer = present(again, token, binding);
  EXPECT_EQ(answer.root().name(), "success") << answer.root().raw();
  EXPECT_EQ(base64_decode(answer.root().child("additional-data", xmpp::kNsSasl2).text()),
            xmpp::ht_responder(SaslMechanism::kHtSha256Expr, token, binding));
}

} // namespace
} // namespace rookery::server

#include "net/tls_context.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "net/tls_test_support.h"

namespace rookery::net {
namespace {

using namespace std::chrono_literals;

/// One server context, and connections to it.
class TlsContextTest : public ::testing::Test {
protected:
  void serve(std::vector<CertificateFiles> files) {
    auto made = TlsContext::create(std::move(files), manual_, random_);
    ASSERT_TRUE(made) << made.error().text();
    context_ = std::move(*made);
  }

  struct Connection {
    RecordingHandler handler;
    std::unique_ptr<TcpTransport> server;
    runtime::Descriptor socket;
    std::unique_ptr<TlsClient> client;
  };
  std::unique_ptr<Connection> connect(TlsProtocol protocol = TlsProtocol::kXmppDirect) {
    auto connection = std::make_unique<Connection>();
    SocketPair pair = tcp_pair();
    connection->socket = std::move(pair.theirs);
    connection->server = std::make_unique<TcpTransport>(
        std::move(pair.ours),
        TcpTransport::Options{.tls = context_.get(), .direct_tls = true, .protocol = protocol});
    connection->server->attach(loop_, connection->handler);
    connection->client = std::make_unique<TlsClient>(connection->socket.get());
    return connection;
  }
  std::unique_ptr<Connection> connect_as(const char* server_name) {
    auto connection = connect();
    SSL_set_tlsext_host_name(connection->client->ssl(), server_name);
    EXPECT_TRUE(connection->client->handshake(loop_)) << connection->client->failure;
    // The server's last word of a handshake (its tickets) comes with the first turn after it.
    EXPECT_TRUE(turn_until(loop_, [&] { return connection->server->tls().active; }));
    return connection;
  }
  bool settle(Connection& connection, std::size_t tickets) {
    return turn_until(loop_, [&] {
      return connection.client->pump() && connection.client->tickets.size() >= tickets;
    });
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  ManualClock manual_;
  SystemRandom random_;
  runtime::Loop loop_{clock_};
  std::unique_ptr<TlsContext> context_;
};

TEST_F(TlsContextTest, GeneratedCertificateIsForItsDomainsAndPrivate) {
  const auto files = make_files(folder_, "one", {"example.org", "conference.example.org"});
  struct stat status {};
  ASSERT_EQ(::stat(files.key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  serve({files});
  const auto infos = context_->certificates();
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos[0].domains, (std::vector<std::string>{"example.org", "conference.example.org"}));
  EXPECT_TRUE(infos[0].self_signed);
  EXPECT_LT(infos[0].not_before, clock_.wall());
  EXPECT_GT(infos[0].not_after, clock_.wall() + std::chrono::days(3000));
  EXPECT_LT(infos[0].not_after, clock_.wall() + std::chrono::days(4000));
}

TEST_F(TlsContextTest, GenerationNeverReplacesFilesAndRefusesOddNames) {
  const auto files = make_files(folder_, "one", {"example.org"});
  const std::vector<std::string> domains{"example.org"};
  const Status again = generate_self_signed(domains, files.chain, files.key, clock_.wall());
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().text().find(files.key.string()), std::string::npos);
  for (const char* odd : {"", "a,DNS:evil.example", "a b", "a\nb"}) {
    const std::vector<std::string> names{odd};
    EXPECT_FALSE(generate_self_signed(names, folder_ / "x.crt", folder_ / "x.key", clock_.wall()));
  }
  EXPECT_FALSE(generate_self_signed({}, folder_ / "x.crt", folder_ / "x.key", clock_.wall()));
}

TEST_F(TlsContextTest, ErrorsNameFileAndReason) {
  const auto good = make_files(folder_, "good", {"example.org"});
  const auto other = make_files(folder_, "other", {"example.net"});
  const auto text_of = [&](const CertificateFiles& files) {
    const auto made = TlsContext::create({files}, clock_, random_);
    return made ? std::string() : made.error().text();
  };
  std::ofstream(folder_ / "garbage") << "not a certificate";
  std::ofstream(folder_ / "broken")
      << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_NE(text_of({{}, folder_ / "missing", good.key}).find("missing: cannot be read: No such"),
            std::string::npos);
  EXPECT_NE(text_of({{}, folder_ / "garbage", good.key}).find("garbage: holds no certificate"),
            std::string::npos);
  EXPECT_NE(text_of({{}, folder_ / "broken", good.key}).find("broken: bad certificate"),
            std::string::npos);
  EXPECT_NE(text_of({{}, good.chain, folder_ / "garbage"}).find("garbage: no usable private key"),
            std::string::npos);
  EXPECT_NE(text_of({{}, good.chain, other.key}).find("does not belong to the certificate"),
            std::string::npos);
  EXPECT_FALSE(TlsContext::create({}, clock_, random_));
}

TEST_F(TlsContextTest, ServerNameChoosesTheCertificate) {
  serve({make_files(folder_, "first", {"first.example"}),
         make_files(folder_, "second", {"second.example", "*.second.example"})});
  EXPECT_EQ(connect_as("first.example")->client->certificate_name(), "first.example");
  EXPECT_EQ(connect_as("second.example")->client->certificate_name(), "second.example");
  EXPECT_EQ(connect_as("SECOND.Example")->client->certificate_name(), "second.example");
  EXPECT_EQ(connect_as("room.second.example")->client->certificate_name(), "second.example");
  EXPECT_EQ(connect_as("a.room.second.example")->client->certificate_name(), "first.example")
      << "a wildcard stands for one label";
  EXPECT_EQ(connect_as("unknown.example")->client->certificate_name(), "first.example");
  auto named = connect_as("second.example");
  EXPECT_EQ(named->server->tls().server_name, "second.example");
  auto nameless = connect();
  ASSERT_TRUE(nameless->client->handshake(loop_));
  EXPECT_EQ(nameless->client->certificate_name(), "first.example");
}

TEST_F(TlsContextTest, DomainsMayBeGivenInsteadOfReadFromTheCertificate) {
  auto first = make_files(folder_, "first", {"first.example"});
  auto second = make_files(folder_, "second", {"second.example"});
  second.domains = {"Other.Example"};
  serve({first, second});
  EXPECT_EQ(connect_as("other.example")->client->certificate_name(), "second.example");
  EXPECT_EQ(connect_as("second.example")->client->certificate_name(), "first.example");
}

TEST_F(TlsContextTest, Case24OldVersionsAndCiphersAreRefused) {
  serve({make_files(folder_, "one", {"example.org"})});
  const auto refused = [&](auto prepare) {
    auto connection = connect();
    SSL_set_security_level(connection->client->ssl(), 0);
    prepare(connection->client->ssl());
    const bool done = connection->client->handshake(loop_);
    EXPECT_TRUE(turn_until(loop_, [&] { return done || connection->handler.closed; }));
    return !done && connection->handler.closed == CloseReason::kError;
  };
  EXPECT_TRUE(refused([](SSL* ssl) { SSL_set_max_proto_version(ssl, TLS1_VERSION); }));
  EXPECT_TRUE(refused([](SSL* ssl) { SSL_set_max_proto_version(ssl, TLS1_1_VERSION); }));
  for (const char* cipher : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "AES128-SHA", "NULL"}) {
    EXPECT_TRUE(refused([&](SSL* ssl) {
      SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
      ASSERT_EQ(SSL_set_cipher_list(ssl, cipher), 1) << cipher;
    })) << cipher;
  }
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_FALSE(refused([&](SSL* ssl) {
      SSL_set_min_proto_version(ssl, version);
      SSL_set_max_proto_version(ssl, version);
    }));
  }
}

TEST_F(TlsContextTest, Case24RenegotiationIsRefused) {
  serve({make_files(folder_, "one", {"example.org"})});
  auto connection = connect();
  SSL_set_max_proto_version(connection->client->ssl(), TLS1_2_VERSION);
  ASSERT_TRUE(connection->client->handshake(loop_));
  // Refused with a warning (no_renegotiation), which OpenSSL's client takes for the end.
  ASSERT_EQ(SSL_renegotiate(connection->client->ssl()), 1);
  connection->client->failure.clear();
  EXPECT_FALSE(connection->client->handshake(loop_));
  EXPECT_NE(connection->client->failure, "");
  EXPECT_EQ(connection->server->tls().version, "TLSv1.2");
}

TEST_F(TlsContextTest, AlpnIsByProtocol) {
  serve({make_files(folder_, "one", {"example.org"})});
  static constexpr unsigned char kXmpp[] = "\x0bxmpp-client";
  static constexpr unsigned char kBoth[] = "\x02h2\x08http/1.1";
  const auto negotiated = [&](TlsProtocol protocol, const unsigned char* offer, unsigned size) {
    auto connection = connect(protocol);
    SSL_set_alpn_protos(connection->client->ssl(), offer, size);
    if (!connection->client->handshake(loop_))
      return "refused: " + connection->client->failure;
    const unsigned char* chosen = nullptr;
    unsigned chosen_size = 0;
    SSL_get0_alpn_selected(connection->client->ssl(), &chosen, &chosen_size);
    return std::string(reinterpret_cast<const char*>(chosen), chosen_size);
  };
  EXPECT_EQ(negotiated(TlsProtocol::kXmppDirect, kXmpp, sizeof kXmpp - 1), "xmpp-client");
  EXPECT_EQ(negotiated(TlsProtocol::kHttp, kBoth, sizeof kBoth - 1), "http/1.1");
  EXPECT_EQ(negotiated(TlsProtocol::kXmppStartTls, kXmpp, sizeof kXmpp - 1), "xmpp-client");
  EXPECT_EQ(negotiated(TlsProtocol::kXmppStartTls, kBoth, sizeof kBoth - 1), "");
  EXPECT_TRUE(negotiated(TlsProtocol::kXmppDirect, kBoth, sizeof kBoth - 1).starts_with("refused"));
  EXPECT_TRUE(negotiated(TlsProtocol::kHttp, kXmpp, sizeof kXmpp - 1).starts_with("refused"));
}

TEST_F(TlsContextTest, TicketsResumeAndSurviveReloadAndOneKeyChange) {
  serve({make_files(folder_, "one", {"example.org"})});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto resume = [&](SSL_SESSION* ticket) {
      auto connection = connect();
      SSL_set_max_proto_version(connection->client->ssl(), version);
      // A copy: OpenSSL's client spoils a TLS 1.3 ticket by using it.
      const std::unique_ptr<SSL_SESSION, SslSessionDelete> copy(
          ticket != nullptr ? SSL_SESSION_dup(ticket) : nullptr);
      SSL_set_session(connection->client->ssl(), copy.get());
      EXPECT_TRUE(connection->client->handshake(loop_)) << connection->client->failure;
      EXPECT_TRUE(turn_until(loop_, [&] { return connection->server->tls().active; }));
      return connection;
    };
    auto first = resume(nullptr);
    EXPECT_FALSE(first->server->tls().resumed);
    ASSERT_TRUE(settle(*first, 1));
    EXPECT_EQ(first->client->tickets.size(), 1u);
    SSL_SESSION* ticket = first->client->tickets.front().get();
    EXPECT_EQ(SSL_SESSION_get_max_early_data(ticket), 0u) << "case 25: no 0-RTT";

    ASSERT_TRUE(context_->reload());
    auto second = resume(ticket);
    EXPECT_TRUE(second->server->tls().resumed);
    EXPECT_TRUE(version == TLS1_2_VERSION || settle(*second, 1))
        << "a ticket is used once (RFC 8446 appendix C.4)";
    EXPECT_FALSE(resume(ticket)->server->tls().early_data);
    manual_.advance(TlsContext::kTicketKeyLife + 1s);
    EXPECT_TRUE(resume(ticket)->server->tls().resumed) << "by the key before";
    manual_.advance(TlsContext::kTicketKeyLife * TlsContext::kTicketKeys);
    EXPECT_FALSE(resume(ticket)->server->tls().resumed) << "the key is gone";
  }
}

TEST_F(TlsContextTest, ChannelBindingsAreTheSameOnBothEnds) {
  serve({make_files(folder_, "one", {"example.org"})});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto connection = connect();
    SSL_set_max_proto_version(connection->client->ssl(), version);
    ASSERT_TRUE(connection->client->handshake(loop_));
    ASSERT_TRUE(turn_until(loop_, [&] { return connection->server->tls().active; }));
    EXPECT_EQ(connection->server->channel_binding("tls-exporter"), connection->client->exporter());
    EXPECT_EQ(connection->server->channel_binding("tls-server-end-point"),
              connection->client->certificate_sha256());
    char finished[EVP_MAX_MD_SIZE];
    const std::size_t size = SSL_get_finished(connection->client->ssl(), finished, sizeof finished);
    EXPECT_EQ(connection->server->channel_binding("tls-unique"), std::string(finished, size));
    EXPECT_EQ(connection->server->channel_binding("tls-nonsense"), std::nullopt);
    for (const char* type : {"tls-exporter", "tls-server-end-point", "tls-unique", "tls-nonsense"})
      EXPECT_EQ(connection->server->has_channel_binding(type),
                connection->server->channel_binding(type).has_value());
  }
  auto weak = connect();
  SSL_set_max_proto_version(weak->client->ssl(), TLS1_2_VERSION);
  SSL_set_options(weak->client->ssl(), SSL_OP_NO_EXTENDED_MASTER_SECRET);
  ASSERT_TRUE(weak->client->handshake(loop_));
  ASSERT_TRUE(turn_until(loop_, [&] { return weak->server->tls().active; }));
  EXPECT_EQ(weak->server->channel_binding("tls-exporter"), std::nullopt) << "RFC 9266 section 2";
  EXPECT_FALSE(weak->server->has_channel_binding("tls-exporter"));
  EXPECT_EQ(weak->server->channel_binding("tls-unique"), std::nullopt) << "RFC 7627";
  EXPECT_NE(weak->server->channel_binding("tls-server-end-point"), std::nullopt);
}

TEST_F(TlsContextTest, ReloadShowsTheNewCertificateAndAFailedOneChangesNothing) {
  const auto old_files = make_files(folder_, "old", {"old.example"});
  serve({old_files});
  auto before = connect_as("old.example");
  const auto new_files = make_files(folder_, "new", {"new.example"});
  ASSERT_TRUE(context_->reload({new_files}));
  EXPECT_EQ(connect_as("old.example")->client->certificate_name(), "new.example");
  ASSERT_TRUE(before->client->write("still here"));
  ASSERT_TRUE(turn_until(loop_, [&] { return before->handler.data == "still here"; }));

  std::ofstream(new_files.chain) << "overwritten by mistake";
  const Status failed = context_->reload();
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().text().find(new_files.chain.string()), std::string::npos);
  EXPECT_EQ(connect_as("old.example")->client->certificate_name(), "new.example");
  EXPECT_EQ(context_->certificates().front().domains, std::vector<std::string>{"new.example"});
}

} // namespace
} // namespace rookery::net

// XEP-0198: sessions that outlive their connection, and clients that abuse that.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "server/account.h"
#include "server/accounts.h"
#include "server/testing/fake_presence.h"
#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kPassword = TestServer::kPassword;
constexpr std::string_view kPing = "<ping xmlns='urn:xmpp:ping'/>";

std::string resume(std::string_view previd, std::uint32_t h) {
  return fmt::format("<resume xmlns='urn:xmpp:sm:3' previd='{}' h='{}'/>", previd, h);
}

TestSettings settings() {
  TestSettings made;
  made.threads = 2;
  made.modules = {&testing::fake_presence()};
  made.options.limits.unacked_stanzas_max = 10;
  made.options.limits.output_bytes_max = 64 * 1024;
  return made;
}

class ResumptionTest : public ::testing::Test {
protected:
  /// Enables stream management with resumption; the id.
  static std::string enable(TestClient& client) {
    client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    const xml::Document enabled =
        client.expect("<enabled xmlns='urn:xmpp:sm:3' resume='true' id='*'/>");
    return std::string(enabled.root().attribute_or_empty("id"));
  }
  /// A connection that has signed in and not bound.
  TestClient signed_in(std::string_view jid) {
    TestClient client = server_.connect();
    client.open_stream();
    client.authenticate(jid, kPassword);
    return client;
  }
  void send_messages(int first, int last, std::string_view to = "juliet@localhost/balcony") {
    for (int i = first; i <= last; ++i)
      romeo_.send(
          fmt::format("<message to='{}' type='chat' id='m{}'><body>{}</body></message>", to, i, i));
    server_.settle();
  }
  static void expect_messages(TestClient& client, int first, int last) {
    for (int i = first; i <= last; ++i)
      EXPECT_EQ(client.expect("<message/>").root().attribute("id"), fmt::format("m{}", i));
  }

  TestServer server_{settings()};
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
  TestClient juliet_ = server_.login("juliet@localhost/balcony");
};

TEST(ResumeLocation, Xep0198Section3TheClientIsToldWhereToComeBack) {
  TestSettings made = settings();
  made.options.resume_location = "node1.example.org:5222";
  TestServer server(std::move(made));
  TestClient romeo = server.login("romeo@localhost/orchard");
  romeo.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  romeo.expect("<enabled xmlns='urn:xmpp:sm:3' location='node1.example.org:5222'/>");
}

TEST_F(ResumptionTest, Xep0198Section3NoLocationWhereNoneIsSet) {
  romeo_.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  EXPECT_FALSE(romeo_.expect("<enabled xmlns='urn:xmpp:sm:3'/>").root().attribute("location"));
}

TEST_F(ResumptionTest, WhatWasMissedComesInOrder) {
  const std::string id = enable(juliet_);
  send_messages(1, 2);
  expect_messages(juliet_, 1, 2);
  juliet_.cut();
  server_.settle();
  send_messages(3, 5);
  TestClient again = signed_in("juliet@localhost");
  again.send(resume(id, 1));
  again.expect(fmt::format("<resumed xmlns='urn:xmpp:sm:3' previd='{}' h='0'/>", id));
  expect_messages(again, 2, 5);
  send_messages(6, 6);
  expect_messages(again, 6, 6);
  again.send("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>");
  again.expect("<iq id='1' to='juliet@localhost/balcony'/>");
}

TEST_F(ResumptionTest, ByOneStepOfSasl2) {
  const std::string id = enable(juliet_);
  juliet_.cut();
  server_.settle();
  send_messages(1, 2);
  TestClient again = server_.connect();
  const xml::Document success = again.login_sasl2("juliet@localhost", kPassword, resume(id, 0));
  EXPECT_EQ(success.root().child("resumed", xmpp::kNsSm3).attribute("previd"), id);
  EXPECT_EQ(again.jid(), "juliet@localhost/balcony");
  expect_messages(again, 1, 2);
}

TEST_F(ResumptionTest, TheServersCountSaysWhatItHasHandled) {
  const std::string id = enable(romeo_);
  send_messages(1, 3);
  romeo_.iq("get", "localhost", kPing);
  romeo_.cut();
  server_.settle();
  TestClient again = signed_in("romeo@localhost");
  again.send(resume(id, 1));
  again.expect("<resumed xmlns='urn:xmpp:sm:3' h='4'/>");
}

TEST_F(ResumptionTest, Xep0198Section5TheTimeIsWhatTheClientAsksForUpToWhatTheServerAllows) {
  for (const auto& [wanted, given] : {std::pair("", "600"), std::pair("max='60'", "60"),
                                      std::pair("max='4000000000'", "86400")}) {
    TestClient client = server_.login("tybalt@localhost");
    client.send(fmt::format("<enable xmlns='urn:xmpp:sm:3' resume='true' {}/>", wanted));
    EXPECT_EQ(client.expect("<enabled xmlns='urn:xmpp:sm:3'/>").root().attribute("max"), given)
        << wanted;
  }
}

TEST_F(ResumptionTest, Xep0198Section5WhoDoesNotComeBackInTimeHasGone) {
  TestClient desk = server_.login("juliet@localhost/desk");
  desk.send("<presence/>");
  juliet_.send("<presence/><enable xmlns='urn:xmpp:sm:3' resume='true' max='1'/>");
  const std::string id(
      juliet_.expect("<enabled xmlns='urn:xmpp:sm:3' max='1'/>").root().attribute_or_empty("id"));
  juliet_.cut();
  server_.settle();
  send_messages(1, 1);
  // Nobody acknowledges it for the one that is away: the other device gets it when that has gone.
  expect_messages(desk, 1, 1);
  TestClient late = signed_in("juliet@localhost");
  late.send(resume(id, 0));
  late.expect("<failed xmlns='urn:xmpp:sm:3'><item-not-found "
              "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
}

TEST_F(ResumptionTest, AStreamThatEndedInOrderCannotBeResumed) {
  const std::string id = enable(juliet_);
  juliet_.close();
  TestClient again = signed_in("juliet@localhost");
  again.send(resume(id, 0));
  again.expect("<failed xmlns='urn:xmpp:sm:3'><item-not-found "
               "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
}

TEST_F(ResumptionTest, Case30AnotherUserCannotResumeIt) {
  const std::string id = enable(juliet_);
  juliet_.cut();
  server_.settle();
  TestClient thief = signed_in("romeo@localhost");
  thief.send(resume(id, 0));
  thief.expect("<failed xmlns='urn:xmpp:sm:3'><item-not-found "
               "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
  TestClient owner = signed_in("juliet@localhost");
  owner.send(resume(id, 0));
  owner.expect("<resumed xmlns='urn:xmpp:sm:3'/>");
}

TEST_F(ResumptionTest, Case30NobodyResumesWithoutSigningIn) {
  const std::string id = enable(juliet_);
  TestClient stranger = server_.connect();
  stranger.open_stream();
  stranger.send(resume(id, 0));
  stranger.expect_stream_error("policy-violation");
  juliet_.expect_nothing();
}

TEST_F(ResumptionTest, Case30MoreAcknowledgedThanWasSent) {
  const std::string id = enable(juliet_);
  send_messages(1, 1);
  juliet_.cut();
  server_.settle();
  TestClient again = signed_in("juliet@localhost");
  again.send(resume(id, 2));
  again.expect("<error xmlns='http://etherx.jabber.org/streams'><handled-count-too-high "
               "xmlns='urn:xmpp:sm:3' h='2' send-count='1'/></error>");
  again.expect_closed();
  // Nothing was taken from the session by that.
  TestClient honest = signed_in("juliet@localhost");
  honest.send(resume(id, 0));
  honest.expect("<resumed xmlns='urn:xmpp:sm:3'/>");
  expect_messages(honest, 1, 1);
}

TEST_F(ResumptionTest, Case30MoreAcknowledgedThanWasSentOnALiveStream) {
  enable(juliet_);
  juliet_.send("<a xmlns='urn:xmpp:sm:3' h='1'/>");
  juliet_.expect_stream_error("undefined-condition");
}

TEST_F(ResumptionTest, Case30TwoResumptionsAtOnceHaveOneWinner) {
  const std::string id = enable(juliet_);
  send_messages(1, 1);
  juliet_.cut();
  server_.settle();
  TestClient one = signed_in("juliet@localhost"), two = signed_in("juliet@localhost");
  one.send(resume(id, 0));
  two.send(resume(id, 0));
  server_.settle();
  // Whoever came second has taken it over: there is one session, on one stream.
  const auto sessions = server_.on_home("juliet@localhost", [](Homes& homes) {
    const Account* account = homes.find_account("juliet@localhost");
    return std::pair(account->sessions().size(), account->sessions().front()->stream() != nullptr);
  });
  EXPECT_EQ(sessions, std::pair(std::size_t{1}, true));
  int closed = 0;
  for (TestClient* client : {&one, &two}) {
    try {
      client->iq("get", "localhost", kPing);
    } catch (const std::runtime_error&) {
      client->expect_stream_error("conflict");
      ++closed;
    }
  }
  EXPECT_EQ(closed, 1);
}

TEST_F(ResumptionTest, Case31AClientThatNeverAcknowledgesLosesItsSessionAndNoMessage) {
  enable(juliet_);
  juliet_.send("<presence/>");
  constexpr int kCount = 15; // unacked_stanzas_max is 10
  send_messages(1, kCount, "juliet@localhost");
  juliet_.expect_closed();
  TestClient again = server_.login("juliet@localhost/garden");
  again.send("<presence/>");
  std::multiset<std::string> came;
  for (int i = 1; i <= kCount; ++i)
    came.insert(std::string(again.expect("<message/>").root().attribute_or_empty("id")));
  for (int i = 1; i <= kCount; ++i)
    EXPECT_EQ(came.count(fmt::format("m{}", i)), 1U) << i;
  again.expect_nothing();
}

// What ended one session must not end the next in the same way, and that for ever.
TEST_F(ResumptionTest, Case31WhatWasNotAcknowledgedComesAtThePaceOfTheNextDevice) {
  enable(juliet_);
  juliet_.send("<presence/>");
  constexpr int kCount = 15; // unacked_stanzas_max is 10
  send_messages(1, kCount, "juliet@localhost");
  juliet_.expect_closed();
  send_messages(kCount + 1, 2 * kCount, "juliet@localhost");
  TestClient again = server_.login("juliet@localhost/garden");
  enable(again);
  again.send("<presence/>");
  std::multiset<std::string> came;
  for (int i = 1; i <= 2 * kCount; ++i) {
    came.insert(std::string(again.expect("<message/>").root().attribute_or_empty("id")));
    again.send(fmt::format("<a xmlns='urn:xmpp:sm:3' h='{}'/>", i));
  }
  for (int i = 1; i <= 2 * kCount; ++i)
    EXPECT_EQ(came.count(fmt::format("m{}", i)), 1U) << i;
  again.expect_nothing();
}

TEST_F(ResumptionTest, Xep0198Section4CountsGoOnPast2To31And2To32) {
  enable(romeo_);
  for (const std::uint32_t count : {0x7FFFFFFFU, 0xFFFFFFFEU}) {
    std::uint32_t before = 0;
    server_.on_home("romeo@localhost", [&](Homes& homes) {
      Session& session = *homes.find_account("romeo@localhost")->sessions().front();
      before = session.handled();
      session.set_received(session.next_number() - 1 - before + count);
      session.sm()->durable_handled = session.handled();
      EXPECT_EQ(session.handled(), count);
    });
    romeo_.iq("get", "localhost", kPing);
    romeo_.iq("get", "localhost", kPing);
    romeo_.send("<r xmlns='urn:xmpp:sm:3'/>");
    server_.settle();
    romeo_.expect(fmt::format("<a xmlns='urn:xmpp:sm:3' h='{}'/>", count + 2));
  }
}

TEST_F(ResumptionTest, Case31OneThatAcknowledgesKeepsIt) {
  enable(juliet_);
  for (int i = 1; i <= 30; ++i) {
    send_messages(i, i);
    expect_messages(juliet_, i, i);
    juliet_.send(fmt::format("<a xmlns='urn:xmpp:sm:3' h='{}'/>", i));
  }
  juliet_.iq("get", "localhost", kPing);
}

TEST_F(ResumptionTest, Case32AReaderThatStopsReadingHoldsNobodyUp) {
  juliet_.stop_taking();
  const std::string body(1'000, 'x');
  for (int i = 0; i < 100; ++i)
    romeo_.send(fmt::format(
        "<message to='juliet@localhost/balcony' type='chat'><body>{}</body></message>", body));
  romeo_.iq("get", "localhost", kPing);
  server_.settle();
  // Her connection was given up at output_bytes_max.
  const std::size_t sessions = server_.on_home("juliet@localhost", [](Homes& homes) {
    const Account* account = homes.find_account("juliet@localhost");
    return account == nullptr ? 0 : account->sessions().size();
  });
  EXPECT_EQ(sessions, 0U);
  romeo_.iq("get", "localhost", kPing);
}

// What the older connection brought is on its way to the disk while one that resumes comes and
// goes.
TEST(Resuming, AStreamThatClosesMeanwhileLeavesTheSessionToTheNext) {
  TestSettings made;
  made.store = storage::MemoryMode::kManual;
  TestServer server{std::move(made)};
  const auto finish = [&] {
    do {
      server.store().complete_all();
      server.settle();
    } while (server.store().waiting() != 0);
  };
  const auto signed_in = [&] {
    TestClient client = server.connect();
    client.open_stream();
    client.authenticate("romeo@localhost", kPassword);
    return client;
  };
  server.add_account("juliet@localhost");
  TestClient romeo = server.login("romeo@localhost/orchard");
  romeo.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  server.settle();
  finish();
  const std::string id(
      romeo.expect("<enabled xmlns='urn:xmpp:sm:3'/>").root().attribute_or_empty("id"));
  romeo.send("<message to='juliet@localhost' type='chat'><body>b</body></message>");
  server.settle();
  romeo.cut();
  server.settle();
  {
    TestClient gone = signed_in();
    gone.send(resume(id, 0));
    server.settle();
    gone.cut();
    server.settle();
  }
  finish();
  const ClientStream* const stream = server.on_home("romeo@localhost", [](Homes& homes) {
    return homes.find_account("romeo@localhost")->sessions().front()->stream();
  });
  EXPECT_EQ(stream, nullptr) << "the one that has gone does not get it";
  TestClient again = signed_in();
  again.send(resume(id, 0));
  finish();
  again.expect("<resumed xmlns='urn:xmpp:sm:3' h='1'/>");
  again.iq("get", "localhost", kPing);
}

TEST(Resuming, NobodyResumesASessionOfAnAccountThatIsGone) {
  TestServer server{TestSettings{}};
  TestClient romeo = server.login("romeo@localhost/orchard");
  romeo.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  const std::string id(
      romeo.expect("<enabled xmlns='urn:xmpp:sm:3'/>").root().attribute_or_empty("id"));
  romeo.cut();
  TestClient again = server.connect();
  again.open_stream();
  again.authenticate("romeo@localhost", kPassword);
  std::promise<void> removed;
  AccountAdmin(server.server())
      .remove(*xmpp::BareJid::parse("romeo@localhost"), {},
              [&](const Status&) { removed.set_value(); });
  removed.get_future().wait();
  again.send(resume(id, 0));
  again.expect_stream_error("not-authorized");
}

} // namespace
} // namespace rookery::server

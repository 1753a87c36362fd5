#include "modules/invitations/invitations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>

#include "server/binder.h"
#include "server/invitations.h"
#include "server/testing/test_module.h"
#include "server/testing/test_server.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::invitations {
namespace {

using server::Invitation;
using server::testing::OptionTexts;
using server::testing::TestClient;
using server::testing::TestServer;
using server::testing::TestSettings;

constexpr server::testing::Peer kElsewhere{
    .address = "192.0.2.1", .loopback = false, .secure = true};

TestSettings with(OptionTexts options) {
  TestSettings settings;
  settings.threads = 2;
  settings.modules = {&descriptor()};
  settings.module_options["invitations"] = std::move(options);
  return settings;
}

class InvitationsTest : public testing::Test {
protected:
  InvitationsTest() { server_.add_account("alice@localhost"); }

  std::string token(Invitation wanted) {
    std::promise<Result<server::Invitations::Made>> made;
    auto done = made.get_future();
    server::Invitations(server_.server())
        .make(std::move(wanted), 10,
              [&](Result<server::Invitations::Made> value) { made.set_value(std::move(value)); });
    return done.get().value().token;
  }
  static Invitation invitation(Seconds life = Seconds(3'600)) {
    return {.by = "alice@localhost",
            .domain = "localhost",
            .name = {},
            .expires = SystemClock().wall() + life};
  }
  static std::string preauth(std::string_view token) {
    return fmt::format("<preauth xmlns='urn:xmpp:pars:0' token='{}'/>", token);
  }
  std::string shown(std::string_view token) {
    TestClient client = server_.connect();
    client.open_stream();
    return condition(client.iq("set", "localhost", preauth(token)));
  }
  static std::string condition(const xml::Document& answer) {
    const xml::Element error = answer.root().child("error", xmpp::kNsClient);
    return error ? std::string(error.first_child().name()) : "";
  }

  TestServer server_{with({{"users_may_invite", "true"}, {"per_account_max", "2"}})};
};

TEST_F(InvitationsTest, Xep0445Section3TheStreamSaysSo) {
  TestClient client = server_.connect();
  const xml::Document features = client.open_stream();
  EXPECT_TRUE(features.root().child("register", xmpp::kNsIbrToken));
  EXPECT_TRUE(features.root().child("register", xmpp::kNsInviteFeature));
  TestClient clear = server_.connect({.address = "192.0.2.1", .loopback = false});
  EXPECT_FALSE(clear.open_stream().root().child("register", xmpp::kNsIbrToken));
}

TEST_F(InvitationsTest, Xep0445Section4AGoodTokenIsTaken) {
  const std::string good = token(invitation());
  EXPECT_EQ(shown(good), "");
  EXPECT_EQ(shown(good), ""); // showing it uses nothing up
}

TEST_F(InvitationsTest, Xep0445Section4WhatIsNoneIsNotFound) {
  Invitation contact = invitation();
  contact.registers = false;
  SeededRandom random(3);
  for (const std::string& bad :
       {std::string(), std::string("x"), std::string(48, 'a'), std::string(9'000, 'a'),
        token(contact), token(invitation(Seconds(-1))),
        server::make_invitation_token(Owner(77), random)}) {
    EXPECT_EQ(shown(bad), "item-not-found") << bad.size();
  }
}

TEST_F(InvitationsTest, AGetIsNotAnswered) {
  TestClient client = server_.connect();
  client.open_stream();
  EXPECT_EQ(condition(client.iq("get", "localhost", preauth(token(invitation())))),
            "service-unavailable");
}

TEST_F(InvitationsTest, Case8GuessesEndTheStreamAsWrongPasswordsDo) {
  TestClient client = server_.connect();
  client.open_stream();
  EXPECT_EQ(condition(client.iq("set", "", preauth("1"))), "item-not-found");
  EXPECT_EQ(condition(client.iq("set", "", preauth("2"))), "item-not-found");
  EXPECT_EQ(condition(client.iq("set", "", preauth("3"))), "item-not-found");
  client.expect_stream_error("policy-violation");
}

TEST_F(InvitationsTest, Case8GuessesCountForTheAddress) {
  const std::uint32_t free = server_.server().options().limits.auth_address_failures_free;
  for (std::uint32_t i = 0; i < free; ++i) {
    TestClient client = server_.connect(kElsewhere);
    client.open_stream();
    EXPECT_EQ(condition(client.iq("set", "", preauth("1"))), "item-not-found");
  }
  EXPECT_GT(server_.server().address_throttle().failed(kElsewhere.address, SystemClock().mono()),
            Milliseconds(0));
}

// --- between contacts ---

/// In the place of a roster: writes down who has become a contact, and which requests have come the
/// usual way.
class FakeRoster final : public server::Module {
public:
  static constexpr std::string_view kName = "roster";
  void bind(server::Binder& on) override {
    on.befriend<&FakeRoster::befriend>(*this);
    on.newcomer<&FakeRoster::newcomer>(*this);
    on.presence_in<&FakeRoster::presence_in>(*this);
  }

private:
  server::Hooks::Told befriend(server::Account& account, const xmpp::BareJid& contact,
                               server::Friendship how, storage::Batch& batch) {
    batch.put(account.owner(), {"friends"}, contact.str(), "");
    return [&account, contact, how](const Status&) {
      if (!account.sessions().empty())
        account.sessions().front()->send(
            fmt::format("<message><body>{} {}</body></message>", contact.str(),
                        how == server::Friendship::kAsked ? "asked" : "mutual"));
    };
  }
  void newcomer(storage::Batch&, Owner, const xmpp::BareJid&) {}
  bool presence_in(server::Account& account, server::PacketPtr& packet) {
    const bool token = static_cast<bool>(packet->element().child("preauth", xmpp::kNsPars));
    if (!account.sessions().empty())
      account.sessions().front()->send(
          fmt::format("<message><body>usual{}</body></message>", token ? ", with a token" : ""));
    return true;
  }
};

TestSettings with_contacts(storage::MemoryMode store) {
  TestSettings settings = with({});
  settings.threads = 1;
  settings.store = store;
  settings.modules.push_back(&server::testing::test_module<FakeRoster>());
  return settings;
}

class ContactTest : public testing::Test {
protected:
  explicit ContactTest(storage::MemoryMode store = storage::MemoryMode::kThread)
      : server_(with_contacts(store)) {}

  /// Of `owner`, as if the command had made it.
  std::string token(Owner owner, Seconds life = Seconds(3'600), std::string_view name = {}) {
    SeededRandom random(++made_);
    std::string token = server::make_invitation_token(owner, random);
    const Invitation invitation{.by = "alice@localhost",
                                .domain = "localhost",
                                .name = std::string(name),
                                .expires = SystemClock().wall() + life};
    storage::Batch batch;
    batch.put(owner, server::kInvitationRecords, server::read_invitation_token(token)->id,
              invitation.serialise());
    server_.store().commit(std::move(batch), [](const auto&) {});
    server_.store().complete_all();
    server_.settle();
    return token;
  }
  Owner alice() {
    return server_.on_home("alice@localhost", [](server::Homes& homes) {
      return homes.find_account("alice@localhost")->owner();
    });
  }
  static std::string request(std::string_view token) {
    return fmt::format("<presence type='subscribe' to='alice@localhost'><preauth "
                       "xmlns='urn:xmpp:pars:0' token='{}'/></presence>",
                       token);
  }
  static std::string said(std::string_view what) {
    return fmt::format("<message><body>{}</body></message>", what);
  }

  TestServer server_;
  TestClient alice_ = server_.login("alice@localhost/home");
  TestClient romeo_ = server_.login("romeo@localhost/orchard");
  std::uint64_t made_ = 0;
};

TEST_F(ContactTest, Xep0379Section3_5AGoodTokenGrantsTheRequestOnce) {
  const std::string good = token(alice());
  romeo_.send(request(good));
  alice_.expect(said("romeo@localhost asked"));
  romeo_.send(request(good));
  alice_.expect(said("usual"));
}

TEST_F(ContactTest, Xep0379Section4_1WithAnotherTheRequestGoesItsUsualWay) {
  romeo_.send(request(token(alice(), Seconds(-1))));
  alice_.expect(said("usual"));
  romeo_.send(request(token(Owner(77)))); // of somebody else
  alice_.expect(said("usual, with a token"));
  romeo_.send(request("made by an app of hers"));
  alice_.expect(said("usual, with a token"));
  romeo_.send("<presence type='subscribe' to='alice@localhost'/>");
  alice_.expect(said("usual"));
  alice_.expect_nothing();
}

TEST_F(ContactTest, Xep0379Section5OneThatIsForSomebodyIsOfNoUseToOthers) {
  romeo_.send(request(token(alice(), Seconds(3'600), "juliet")));
  alice_.expect(said("usual"));
  romeo_.send(request(token(alice(), Seconds(3'600), "romeo")));
  alice_.expect(said("romeo@localhost asked"));
}

class CrowdTest : public ContactTest {
protected:
  CrowdTest() : ContactTest(storage::MemoryMode::kManual) {}
};

TEST_F(CrowdTest, BeyondThoseThatMayWaitTheyGoTheirUsualWay) {
  constexpr int kAskingMax = 1'000;
  const std::string good = token(alice());
  std::string requests;
  for (int i = 0; i < kAskingMax; ++i)
    requests += request(good);
  romeo_.send(requests);
  alice_.expect_nothing(); // the first waits for the disk, the others for the first
  romeo_.send(request(good));
  alice_.expect(said("usual, with a token"));
  server_.store().complete_all();
  server_.settle();
  server_.store().complete_all();
  alice_.expect(said("romeo@localhost asked"));
  for (int i = 1; i < kAskingMax; ++i)
    alice_.expect(said("usual"));
}

} // namespace
} // namespace rookery::modules::invitations

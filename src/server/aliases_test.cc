// Signing in by an alias, and what an alias is not.
#include "server/aliases.h"

#include <future>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "server/account_export.h"
#include "server/account_import.h"
#include "server/accounts.h"
#include "server/homes.h"
#include "server/testing/test_server.h"
#include "xmpp/ht.h"
#include "xmpp/sasl2.h"

namespace rookery::server {
namespace {

using testing::TestClient;
using testing::TestServer;
using testing::TestSettings;

constexpr std::string_view kPassword = TestServer::kPassword;
const xmpp::BareJid kRomeo = xmpp::BareJid::from_trusted("romeo@localhost");
constexpr std::string_view kAgent = "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'/>";

xmpp::BareJid at_home(std::string_view name) {
  return xmpp::BareJid::from_trusted(std::string(name) + "@localhost");
}

/// With several threads, so that an alias and its account are at home on different ones, and on
/// one.
class AliasTest : public ::testing::TestWithParam<unsigned> {
protected:
  AliasTest() : server_(settings()) {
    server_.add_account(kRomeo.str());
    for (int i = 0; i < 4; ++i) // some of them at other homes
      EXPECT_EQ(add(fmt::format("1000{}", i)), "");
  }
  static TestSettings settings() {
    TestSettings made;
    made.threads = GetParam();
    return made;
  }
  /// What was wrong; "": nothing.
  template <class Ask> static std::string outcome(Ask ask) {
    std::promise<Status> promise;
    ask([&](Status status) { promise.set_value(std::move(status)); });
    const Status status = promise.get_future().get();
    return status ? "" : status.error().what;
  }
  std::string add(std::string_view alias, const xmpp::BareJid& jid = kRomeo) {
    return outcome([&](auto then) { AliasAdmin(server_.server()).add(jid, at_home(alias), then); });
  }
  std::string remove(std::string_view alias) {
    return outcome(
        [&](auto then) { AliasAdmin(server_.server()).remove(kRomeo, at_home(alias), then); });
  }
  std::string create(std::string_view name) {
    return outcome([&](auto then) {
      AccountAdmin(server_.server()).create(at_home(name), std::string(kPassword), then);
    });
  }
  std::string remove_account() {
    return outcome([&](auto then) { AccountAdmin(server_.server()).remove(kRomeo, {}, then); });
  }
  Result<std::vector<std::string>> list() {
    std::promise<Result<std::vector<std::string>>> promise;
    AliasAdmin(server_.server()).list(kRomeo, [&](auto names) {
      promise.set_value(std::move(names));
    });
    return promise.get_future().get();
  }
  /// By PLAIN of SASL 2; the client has got the answer to it.
  static TestClient attempt(TestServer& server, std::string_view message, std::string_view inside,
                            std::string_view mechanism = "PLAIN") {
    TestClient client = server.connect();
    client.open_stream();
    client.send(fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='{}'>"
                            "<initial-response>{}</initial-response>{}</authenticate>",
                            mechanism, base64_encode(message), inside));
    return client;
  }
  static std::string plain(std::string_view authzid, std::string_view name,
                           std::string_view password = kPassword) {
    return fmt::format("{1}{0}{2}{0}{3}", '\0', authzid, name, password);
  }
  std::string refusal(std::string_view message) {
    const xml::Document answer =
        attempt(server_, message, {}).expect("<failure xmlns='urn:xmpp:sasl:2'/>");
    return std::string(answer.root().first_child().name());
  }
  /// Whom one is signed in as; the message of PLAIN.
  std::string signed_in(std::string_view message) {
    const xml::Document answer =
        attempt(server_, message, {}).expect("<success xmlns='urn:xmpp:sasl:2'/>");
    return answer.root().child("authorization-identifier", xmpp::kNsSasl2).text();
  }

  TestServer server_;
};
INSTANTIATE_TEST_SUITE_P(Threads, AliasTest, ::testing::Values(1U, 3U));

TEST_P(AliasTest, WhoSignsInByItIsTheAccount) {
  for (int i = 0; i < 4; ++i) {
    const std::string alias = fmt::format("1000{}", i);
    TestClient old = server_.connect();
    old.login(fmt::format("{}@localhost/desk{}", alias, i), kPassword);
    EXPECT_EQ(old.jid(), fmt::format("romeo@localhost/desk{}", i));
    EXPECT_EQ(signed_in(plain({}, alias)), "romeo@localhost");
  }
  EXPECT_EQ(server_.on_home(
                kRomeo.str(),
                [](Homes& homes) { return homes.find_account(kRomeo.str())->sessions().size(); }),
            4U);
}

TEST_P(AliasTest, Rfc4616AnIdentityToActAsIsTheAccountsByEitherName) {
  for (const std::string_view authzid : {"10000@localhost", "romeo@localhost", ""})
    EXPECT_EQ(signed_in(plain(authzid, "10000")), "romeo@localhost") << authzid;
  // By the name, the alias is nobody's: it is not looked for.
  EXPECT_EQ(refusal(plain("10000@localhost", "romeo")), "invalid-authzid");
  EXPECT_EQ(refusal(plain("10001@localhost", "10000")), "invalid-authzid");
  EXPECT_EQ(refusal(plain("juliet@localhost", "10000")), "invalid-authzid");
}

TEST_P(AliasTest, Xep0484ATokenServesByEitherName) {
  TestClient client =
      attempt(server_, plain({}, "10000"),
              fmt::format("{}<bind xmlns='urn:xmpp:bind:0'/><request-token xmlns='urn:xmpp:fast:0' "
                          "mechanism='HT-SHA-256-NONE'/>",
                          kAgent));
  const xml::Document success = client.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  const std::string token(
      success.root().child("token", "urn:xmpp:fast:0").attribute_or_empty("token"));
  for (const std::string_view name : {"romeo", "10000", "10001"}) {
    TestClient again =
        attempt(server_, xmpp::make_ht(xmpp::SaslMechanism::kHtSha256None, name, token, {}),
                fmt::format("{}<fast xmlns='urn:xmpp:fast:0'/>", kAgent), "HT-SHA-256-NONE");
    const xml::Document in = again.expect("<success xmlns='urn:xmpp:sasl:2'/>");
    EXPECT_EQ(in.root().child("authorization-identifier", xmpp::kNsSasl2).text(), kRomeo.str());
  }
}

TEST_P(AliasTest, WrongPasswordsCountForTheAccount) {
  EXPECT_EQ(refusal(plain({}, "10000", "wrong")), "not-authorized");
  EXPECT_EQ(refusal(plain({}, "10001", "wrong")), "not-authorized");
  EXPECT_EQ(server_.on_home(kRomeo.str(),
                            [](Homes& homes) {
                              return homes.throttle().failed("romeo@localhost", homes.loop().now());
                            }),
            Milliseconds(400))
      << "the third";
}

TEST_P(AliasTest, ADisabledAccountIsSoByItsAliases) {
  EXPECT_EQ(
      outcome([&](auto then) { AccountAdmin(server_.server()).set_disabled(kRomeo, true, then); }),
      "");
  EXPECT_EQ(refusal(plain({}, "10000")), "account-disabled");
}

TEST_P(AliasTest, OneThatWasTakenAwayIsNobodys) {
  EXPECT_EQ(remove("10000"), "");
  EXPECT_EQ(refusal(plain({}, "10000")), refusal(plain({}, "nobody")));
  EXPECT_EQ(remove("10000"), "the account has no such alias");
  EXPECT_EQ(*list(), (std::vector<std::string>{"10001", "10002", "10003"}));
  EXPECT_EQ(create("10000"), "");
  EXPECT_EQ(signed_in(plain({}, "10000")), "10000@localhost");
}

TEST_P(AliasTest, AStanzaToItMeetsWhatItMeetsWhereThereIsNobody) {
  TestClient juliet = server_.login("juliet@localhost/balcony");
  TestClient romeo = server_.login("romeo@localhost/orchard");
  const auto answer_of = [&](const std::string& to) {
    const xml::Document answer = juliet.iq("get", to, "<query xmlns='jabber:iq:last'/>");
    return std::string(answer.root().child("error", "jabber:client").raw());
  };
  for (const std::string_view end : {"@localhost", "@localhost/orchard"})
    EXPECT_EQ(answer_of("10000" + std::string(end)), answer_of("nobody" + std::string(end)));
  juliet.send("<message to='10000@localhost' type='chat'><body>x</body></message>"
              "<presence to='10000@localhost'/>");
  juliet.expect_nothing();
  romeo.expect_nothing();
}

TEST_P(AliasTest, ANameIsTakenOnce) {
  server_.add_account("juliet@localhost");
  const std::string taken(AccountAdmin::kNameTaken);
  for (const std::string_view alias : {"juliet", "romeo", "10000"})
    EXPECT_EQ(add(alias), taken) << alias;
  EXPECT_EQ(add("10000", at_home("juliet")), taken);
  EXPECT_EQ(create("10000"), AccountAdmin::kNameTaken);
  EXPECT_FALSE(AccountImport::check(server_.server(), at_home("10000")));
  EXPECT_EQ(add("1", at_home("nobody")), "there is no such account");
  EXPECT_EQ(add("1", at_home("10000")), "there is no such account") << "nor is an alias one";
  EXPECT_EQ(outcome([&](auto then) {
              AliasAdmin(server_.server())
                  .add(kRomeo, xmpp::BareJid::from_trusted("1@elsewhere.example"), then);
            }),
            "an alias has the domain of its account");
}

TEST_P(AliasTest, AnAccountHasAsManyAsItMay) {
  for (std::size_t i = 4; i < kAliasesMax; ++i)
    EXPECT_EQ(add(std::to_string(i)), "");
  EXPECT_EQ(add("9"), "the account has 8 aliases, and more are not kept");
  EXPECT_EQ(list()->size(), kAliasesMax);
  EXPECT_EQ(remove("4"), "");
  EXPECT_EQ(add("9"), "");
}

TEST_P(AliasTest, TheyGoWithTheirAccount) {
  EXPECT_EQ(remove_account(), "");
  EXPECT_EQ(refusal(plain({}, "10000")), "not-authorized");
  EXPECT_EQ(create("romeo"), "");
  EXPECT_TRUE(list()->empty());
  EXPECT_EQ(refusal(plain({}, "10001")), "not-authorized");
  EXPECT_EQ(create("10000"), "");
}

TEST_P(AliasTest, Xep0227TheyMoveWithTheirAccount) {
  AccountExport account(server_.server().store(), {});
  const auto page = account.page(kRomeo, {});
  ASSERT_TRUE(page && page->next.empty());
  const auto begin = page->xml.find("<account"), end = page->xml.find("</account>");
  const std::string state = page->xml.substr(begin, end + 10 - begin);
  TestServer other(settings());
  other.add_account("10002@localhost");
  const auto import = AccountImport::begin(other.server(), {}, kRomeo, std::string(kPassword));
  ASSERT_TRUE(import && (*import)->part(state));
  const auto summary = (*import)->finish();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->notes,
            (std::vector<std::string>{
                "the alias '10002': the name is taken, by an account or by an alias"}));
  TestClient client = attempt(other, plain({}, "10003"), {});
  const xml::Document success = client.expect("<success xmlns='urn:xmpp:sasl:2'/>");
  EXPECT_EQ(success.root().child("authorization-identifier", xmpp::kNsSasl2).text(), kRomeo.str());
}

// An alias that is written while its account goes would be there for whoever has the name next.
TEST(AliasRace, WhileOneIsWrittenItsAccountIsNotDeleted) {
  TestSettings settings;
  settings.store = storage::MemoryMode::kManual;
  TestServer server(std::move(settings));
  server.add_account(kRomeo.str());
  std::promise<Status> added, removed;
  AliasAdmin(server.server()).add(kRomeo, at_home("1"), [&](Status status) {
    added.set_value(std::move(status));
  });
  while (server.store().waiting() == 0)
    server.settle();
  AccountAdmin(server.server()).remove(kRomeo, {}, [&](Status status) {
    removed.set_value(std::move(status));
  });
  server.settle();
  auto answer = removed.get_future();
  ASSERT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready)
      << "the deletion was begun";
  const Status status = answer.get();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().what, "somebody else is changing this account at this moment");
  server.store().complete_all();
  EXPECT_TRUE(added.get_future().get());
}

TEST(AliasRecord, IsNoneOfAnAccount) {
  EXPECT_EQ(read_alias("alias-of romeo@localhost\n"), kRomeo);
  EXPECT_FALSE(AccountRecord::parse("alias-of romeo@localhost\n"));
  EXPECT_FALSE(read_alias(AccountRecord{.owner = Owner(7)}.serialise()));
}

} // namespace
} // namespace rookery::server

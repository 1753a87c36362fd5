#include "server/invitations.h"

#include <gtest/gtest.h>

#include <future>

#include "server/aliases.h"
#include "server/testing/test_server.h"
#include "storage/blocking.h"

namespace rookery::server {
namespace {

using testing::TestServer;
using testing::TestSettings;

const xmpp::BareJid kNew = xmpp::BareJid::from_trusted("new@localhost");
const xmpp::BareJid kOther = xmpp::BareJid::from_trusted("other@localhost");

TestSettings on_threads(unsigned threads,
                        storage::MemoryMode store = storage::MemoryMode::kThread) {
  TestSettings settings;
  settings.threads = threads;
  settings.store = store;
  return settings;
}

template <class T> class Answer {
public:
  auto callback() {
    return [this](T value) { promise_.set_value(std::move(value)); };
  }
  T wait() {
    if (future_.wait_for(std::chrono::seconds(10)) != std::future_status::ready)
      throw std::runtime_error("no answer");
    return future_.get();
  }
  bool is_there() { return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

private:
  std::promise<T> promise_;
  std::future<T> future_ = promise_.get_future();
};

class InvitationsTest : public ::testing::Test {
protected:
  explicit InvitationsTest(TestSettings settings = on_threads(3)) : server_(std::move(settings)) {
    server_.add_account("alice@localhost");
  }

  Invitation by(std::string_view who, std::uint32_t uses = 1) {
    return {.by = std::string(who),
            .domain = "localhost",
            .name = {},
            .expires = SystemClock().wall() + Seconds(3'600),
            .uses = uses};
  }
  Result<Invitations::Made> make(Invitation wanted, std::size_t max = kInvitationsMax) {
    Answer<Result<Invitations::Made>> answer;
    invitations_.make(std::move(wanted), max, answer.callback());
    return answer.wait();
  }
  InvitationKey key_of(Invitation wanted) {
    return *read_invitation_token(make(std::move(wanted)).value().token);
  }
  std::string use(const InvitationKey& key, const xmpp::BareJid& jid) {
    Answer<Status> answer;
    invitations_.create_account(key, jid, "long enough", answer.callback());
    return outcome(answer.wait());
  }
  static std::string outcome(const Status& status) { return status ? "made" : status.error().what; }
  std::vector<Invitations::Listed> list(const std::string& by) {
    Answer<Result<std::vector<Invitations::Listed>>> answer;
    invitations_.list(by, answer.callback());
    return answer.wait().value_or(std::vector<Invitations::Listed>{});
  }
  bool exists(const xmpp::BareJid& jid) {
    return storage::BlockingStore(server_.store())
        .get(kNodeOwner, kAccountRecords, jid.str())
        .value()
        .has_value();
  }
  bool is_kept(const InvitationKey& key) {
    return storage::BlockingStore(server_.store())
        .get(key.owner, kInvitationRecords, key.id)
        .value()
        .has_value();
  }
  void remove_account(std::string_view jid) {
    Answer<Status> answer;
    AccountAdmin(server_.server()).remove(xmpp::BareJid::from_trusted(jid), {}, answer.callback());
    ASSERT_TRUE(answer.wait());
  }
  bool is_found(const InvitationKey& key) {
    Answer<Result<std::optional<Invitation>>> answer;
    server_.on_home("new@localhost",
                    [&](Homes& homes) { Invitations::find(homes, key, answer.callback()); });
    return answer.wait().value().has_value();
  }
  bool is_free(std::string_view name) {
    Answer<Result<bool>> answer;
    server_.on_home("new@localhost", [&](Homes& homes) {
      Invitations::is_free(homes, xmpp::BareJid::from_trusted(name), {}, answer.callback());
    });
    return answer.wait().value();
  }

  TestServer server_;
  Invitations invitations_{server_.server()};
};

TEST_F(InvitationsTest, OneUseIsOneAccount) {
  for (const std::string_view who : {"", "alice@localhost"}) {
    const InvitationKey key = key_of(by(who));
    EXPECT_EQ(list(std::string(who)).size(), 1U);
    const auto jid = xmpp::BareJid::from_trusted(who.empty() ? "new@localhost" : "other@localhost");
    EXPECT_EQ(use(key, jid), "made");
    EXPECT_TRUE(exists(jid));
    EXPECT_FALSE(is_kept(key));
    EXPECT_EQ(use(key, xmpp::BareJid::from_trusted("third@localhost")), Invitations::kNotInvited);
  }
}

TEST_F(InvitationsTest, OfManyAtOnceAsManyAsThereAreUsesGetAnAccount) {
  constexpr std::size_t kUses = 3, kTries = 8;
  const InvitationKey key = key_of(by("alice@localhost", kUses));
  std::vector<Answer<Status>> answers(kTries);
  for (std::size_t i = 0; i < kTries; ++i)
    invitations_.create_account(key,
                                xmpp::BareJid::from_trusted("n" + std::to_string(i) + "@localhost"),
                                "long enough", answers[i].callback());
  std::size_t made = 0;
  for (auto& answer : answers)
    made += answer.wait() ? 1 : 0;
  EXPECT_EQ(made, kUses);
  EXPECT_FALSE(is_kept(key));
}

TEST_F(InvitationsTest, ANameThatIsTakenUsesNothingUp) {
  const InvitationKey key = key_of(by(""));
  EXPECT_EQ(use(key, xmpp::BareJid::from_trusted("alice@localhost")), AccountAdmin::kNameTaken);
  EXPECT_EQ(use(key, kNew), "made");
}

TEST_F(InvitationsTest, RevokedItIsGoodForNothing) {
  const InvitationKey key = key_of(by("alice@localhost", 5));
  Answer<Status> revoked, again;
  invitations_.revoke("alice@localhost", key.id, revoked.callback());
  EXPECT_TRUE(revoked.wait());
  EXPECT_EQ(use(key, kNew), Invitations::kNotInvited);
  EXPECT_FALSE(exists(kNew));
  invitations_.revoke("alice@localhost", key.id, again.callback());
  EXPECT_FALSE(again.wait());
}

TEST_F(InvitationsTest, WhoInvitesIsDeletedMeanwhile) {
  const InvitationKey key = key_of(by("alice@localhost", 5));
  remove_account("alice@localhost");
  EXPECT_EQ(use(key, kNew), Invitations::kNotInvited);
  EXPECT_FALSE(is_kept(key));
  // A later account of the name has not made it.
  server_.add_account("alice@localhost");
  EXPECT_EQ(use(key, kNew), Invitations::kNotInvited);
}

TEST_F(InvitationsTest, WhatIsWrittenForADeletedAccountIsNotOfItsSuccessor) {
  const InvitationKey key = key_of(by("alice@localhost"));
  remove_account("alice@localhost");
  server_.add_account("alice@localhost");
  storage::Batch late;
  late.put(key.owner, kInvitationRecords, key.id, by("alice@localhost").serialise());
  ASSERT_TRUE(storage::BlockingStore(server_.store()).commit(std::move(late)));
  EXPECT_FALSE(is_found(key));
  EXPECT_EQ(use(key, kNew), Invitations::kNotInvited);
}

TEST_F(InvitationsTest, WhoInvitesIsLocked) {
  const InvitationKey key = key_of(by("alice@localhost"));
  Answer<Status> locked;
  AccountAdmin(server_.server())
      .set_disabled(xmpp::BareJid::from_trusted("alice@localhost"), true, locked.callback());
  ASSERT_TRUE(locked.wait());
  EXPECT_EQ(use(key, kNew), Invitations::kNotInvited);
}

TEST_F(InvitationsTest, OfAnotherServerItIsUnknown) {
  SeededRandom random(4);
  for (const Owner owner : {kNodeOwner, Owner(12'345)})
    EXPECT_EQ(use(*read_invitation_token(make_invitation_token(owner, random)), kNew),
              Invitations::kNotInvited);
}

TEST_F(InvitationsTest, ForAContactItMakesNoAccount) {
  Invitation contact = by("alice@localhost");
  contact.registers = false;
  EXPECT_EQ(use(key_of(contact), kNew), Invitations::kNotInvited);
}

TEST_F(InvitationsTest, SoManyAtATimeAndThoseThatAreOverDoNotCount) {
  EXPECT_TRUE(make(by("alice@localhost"), 2));
  EXPECT_TRUE(make(by("alice@localhost"), 2));
  const auto third = make(by("alice@localhost"), 2);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().what, Invitations::kTooMany);

  Invitation over = by("");
  over.expires = SystemClock().wall() - kInvitationGrace;
  const InvitationKey key = key_of(over);
  EXPECT_TRUE(list("").empty());
  EXPECT_TRUE(make(by(""), 1)); // removes it
  EXPECT_FALSE(is_kept(key));
}

TEST_F(InvitationsTest, Xep0445Section4ShownInTimeItMayBeUsedALittleLater) {
  Invitation over = by("");
  over.expires = SystemClock().wall() - Seconds(1);
  const InvitationKey key = key_of(over);
  EXPECT_TRUE(make(by(""), 1));
  EXPECT_EQ(use(key, kNew), "made");
}

TEST_F(InvitationsTest, Xep0445Section5ANameIsKeptFree) {
  Invitation named = by("alice@localhost");
  named.name = "new";
  const InvitationKey key = key_of(named);
  EXPECT_FALSE(is_free("new@localhost"));
  EXPECT_TRUE(is_free("other@localhost"));
  EXPECT_FALSE(make(named)); // a second one for it
  EXPECT_EQ(use(key, kOther), Invitations::kNotInvited);
  EXPECT_EQ(use(key, kNew), "made");
  EXPECT_TRUE(is_free("new@localhost")); // as far as invitations go
  EXPECT_FALSE(make(named));             // there is the account
}

TEST_F(InvitationsTest, ANameIsFreeAgainWhenItsInvitationIsGone) {
  Invitation named = by("alice@localhost");
  named.name = "new";
  const InvitationKey key = key_of(named);
  Answer<Status> revoked;
  invitations_.revoke("alice@localhost", key.id, revoked.callback());
  ASSERT_TRUE(revoked.wait());
  EXPECT_TRUE(is_free("new@localhost"));
  (void)key_of(named);
  remove_account("alice@localhost");
  EXPECT_TRUE(is_free("new@localhost"));
}

TEST_F(InvitationsTest, ANameWhoseInvitationIsOverIsKeptForTheNextOne) {
  Invitation named = by("alice@localhost");
  named.name = "new";
  named.expires = SystemClock().wall() - kInvitationGrace;
  (void)key_of(named);
  EXPECT_TRUE(is_free("new@localhost"));
  Invitation next = by("");
  next.name = "new";
  const InvitationKey key = key_of(next);
  (void)key_of(by("alice@localhost")); // removes those of hers that are over
  EXPECT_FALSE(is_free("new@localhost"));
  EXPECT_EQ(use(key, kNew), "made");
}

TEST_F(InvitationsTest, Xep0445Section5ANameIsKeptFromTheOperatorsOwnCommandsAsWell) {
  Invitation named = by("alice@localhost");
  named.name = "new";
  const InvitationKey key = key_of(named);
  Answer<Status> made, alias;
  AccountAdmin(server_.server()).create(kNew, "long enough", made.callback());
  EXPECT_EQ(outcome(made.wait()), AccountAdmin::kNameKept);
  AliasAdmin(server_.server())
      .add(xmpp::BareJid::from_trusted("alice@localhost"), kNew, alias.callback());
  EXPECT_EQ(outcome(alias.wait()), AccountAdmin::kNameKept);
  EXPECT_EQ(use(key, kNew), "made");
}

TEST_F(InvitationsTest, WhatALockedAccountMadeCanBeSeenAndRevoked) {
  const InvitationKey key = key_of(by("alice@localhost"));
  Answer<Status> locked, revoked;
  AccountAdmin(server_.server())
      .set_disabled(xmpp::BareJid::from_trusted("alice@localhost"), true, locked.callback());
  ASSERT_TRUE(locked.wait());
  EXPECT_FALSE(make(by("alice@localhost")));
  EXPECT_EQ(list("alice@localhost").size(), 1U);
  invitations_.revoke("alice@localhost", key.id, revoked.callback());
  EXPECT_TRUE(revoked.wait());
  EXPECT_FALSE(is_kept(key));
}

TEST_F(InvitationsTest, OfVeryManyAskedForAtOnceMostAreRefused) {
  constexpr std::size_t kAsked = 100;
  std::vector<Answer<Result<Invitations::Made>>> answers(kAsked);
  server_.on_home("", [&](Homes&) {
    for (auto& answer : answers)
      invitations_.make(by(""), kAsked, answer.callback());
  });
  std::size_t refused = 0;
  for (auto& answer : answers)
    if (const auto made = answer.wait(); !made && made.error().what == Invitations::kTooMany)
      ++refused;
  EXPECT_EQ(refused, kAsked - Invitations::kWaitingMax - 1);
}

TEST_F(InvitationsTest, NobodyWhoIsNotThereInvites) { EXPECT_FALSE(make(by("nobody@localhost"))); }

TEST_F(InvitationsTest, AStoreThatFailsUsesNothingUp) {
  const InvitationKey key = key_of(by(""));
  server_.store().refuse_writes();
  EXPECT_NE(use(key, kNew), "made");
  EXPECT_TRUE(is_kept(key));
  EXPECT_FALSE(exists(kNew));
}

/// Commits complete when the test says so: what a crash would leave is what is in the store by
/// then.
class InvitationsCrashTest : public InvitationsTest {
protected:
  InvitationsCrashTest() : InvitationsTest(on_threads(2, storage::MemoryMode::kManual)) {}

  InvitationKey made(Invitation wanted) {
    Answer<Result<Invitations::Made>> answer;
    invitations_.make(std::move(wanted), kInvitationsMax, answer.callback());
    while (!answer.is_there()) {
      server_.settle();
      server_.store().complete_all();
    }
    return *read_invitation_token(answer.wait().value().token);
  }
  /// A password has to be hashed first, which settle() does not wait for.
  void wait_for_a_commit() {
    while (server_.store().waiting() == 0)
      server_.settle();
  }
};

TEST_F(InvitationsCrashTest, TheAccountAndTheUseAreOneCommit) {
  for (const std::string_view who : {"", "alice@localhost"}) {
    const auto jid = xmpp::BareJid::from_trusted(who.empty() ? "new@localhost" : "other@localhost");
    const InvitationKey key = made(by(who));
    Answer<Status> answer;
    invitations_.create_account(key, jid, "long enough", answer.callback());
    wait_for_a_commit();
    while (!answer.is_there()) {
      EXPECT_EQ(exists(jid), !is_kept(key)) << "a crash here leaves one without the other";
      server_.settle();
      if (!answer.is_there())
        (void)server_.store().complete_one();
      server_.settle();
    }
    EXPECT_EQ(outcome(answer.wait()), "made");
    EXPECT_TRUE(exists(jid));
    EXPECT_FALSE(is_kept(key));
  }
}

TEST_F(InvitationsCrashTest, ASecondUseWaitsForTheFirst) {
  const InvitationKey key = made(by(""));
  Answer<Status> first, second;
  invitations_.create_account(key, kNew, "long enough", first.callback());
  wait_for_a_commit();
  invitations_.create_account(key, kOther, "long enough", second.callback());
  while (!first.is_there() || !second.is_there()) {
    EXPECT_FALSE(exists(kNew) && exists(kOther));
    server_.settle();
    (void)server_.store().complete_one();
  }
  EXPECT_EQ(outcome(first.wait()), "made");
  EXPECT_EQ(outcome(second.wait()), Invitations::kNotInvited);
  EXPECT_FALSE(exists(kOther));
}

TEST_F(InvitationsCrashTest, WhoInvitesIsDeletedWhileItIsUsed) {
  const InvitationKey key = made(by("alice@localhost", 5));
  Answer<Status> used, removed;
  invitations_.create_account(key, kNew, "long enough", used.callback());
  wait_for_a_commit();
  AccountAdmin(server_.server())
      .remove(xmpp::BareJid::from_trusted("alice@localhost"), {}, removed.callback());
  while (!used.is_there() || !removed.is_there()) {
    server_.settle();
    (void)server_.store().complete_one();
  }
  EXPECT_EQ(outcome(used.wait()), "made");
  EXPECT_TRUE(removed.wait());
  server_.settle();
  server_.store().complete_all();
  EXPECT_TRUE(exists(kNew));
  EXPECT_FALSE(is_kept(key));
}

TEST_F(InvitationsTest, AServerThatStopsMeanwhileTakesNoHarm) {
  const InvitationKey key = key_of(by("alice@localhost", 100));
  for (int i = 0; i < 20; ++i)
    invitations_.create_account(key,
                                xmpp::BareJid::from_trusted("n" + std::to_string(i) + "@localhost"),
                                "long enough", [](const Status&) {});
  server_.stop();
}

} // namespace
} // namespace rookery::server

#include "xmpp/fast.h"

#include <gtest/gtest.h>

#include <functional>

namespace rookery::xmpp {
namespace {

constexpr auto kNone = SaslMechanism::kHtSha256None;
constexpr auto kExpr = SaslMechanism::kHtSha256Expr;
constexpr WallTime kStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
constexpr FastPolicy kPolicy{.lifetime = std::chrono::hours(48),
                             .rotate_after = std::chrono::hours(1)};

SaslFailure refused(std::string_view reason) { return {SaslCondition::kNotAuthorized, reason}; }

class Fast : public ::testing::Test {
protected:
  /// A login with `secret` at `now`, changed by `with`.
  std::expected<FastAccepted, SaslFailure> use(
      const std::string& secret, WallTime now = kStart,
      const std::function<void(FastLogin&)>& with = [](FastLogin&) {}) {
    FastLogin login{.mechanism = kNone};
    with(login);
    const std::string hashed = ht_initiator(login.mechanism, secret, login.binding_data);
    login.hashed_token = hashed;
    return use_token(tokens_, login, now, kPolicy);
  }
  std::string issue(WallTime now = kStart, SaslMechanism mechanism = kNone) {
    return issue_token(tokens_, mechanism, now, kPolicy, random_).secret;
  }

  SeededRandom random_{5};
  FastTokens tokens_{
      .user_agent_id = "d4565fa7-4d72-4749-b3d3-740edbf87770", .current = {}, .fresh = {}};
};

TEST_F(Fast, TokenIsUsableUntilItExpires) {
  const std::string token = issue();
  EXPECT_GE(token.size(), 43u) << "256 bits";
  EXPECT_EQ(tokens_.fresh->expires, kStart + kPolicy.lifetime);
  const auto accepted = use(token);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->responder, ht_responder(kNone, token, ""));
  EXPECT_FALSE(accepted->rotation_due);
  EXPECT_TRUE(use(token, kStart + kPolicy.lifetime - Seconds(1)));
  EXPECT_EQ(use(token, kStart + kPolicy.lifetime).error(),
            (SaslFailure{SaslCondition::kCredentialsExpired, "token-expired"}));
}

TEST_F(Fast, SaysWhenNothingButTheTimeOfItsUseHasChanged) {
  const std::string token = issue();
  EXPECT_FALSE(use(token)->only_used) << "it takes the place of the one before";
  EXPECT_TRUE(use(token)->only_used);
  EXPECT_FALSE(use(token, kStart, [](FastLogin& login) { login.count = 1; })->only_used);
  EXPECT_FALSE(use(token, kStart, [](FastLogin& login) { login.invalidate = true; })->only_used);
}

TEST_F(Fast, WrongOrAbsentTokenIsRefused) {
  EXPECT_EQ(use("token").error(), refused("no-token"));
  issue();
  EXPECT_EQ(use("token").error(), refused("wrong-token"));
  EXPECT_EQ(use("").error(), refused("wrong-token"));
}

TEST_F(Fast, NothingFitsTheStandInForAnAbsentToken) {
  EXPECT_EQ(use("0123456789012345678901234567890123456789012").error(), refused("no-token"));
}

TEST_F(Fast, FailureChangesNothing) {
  const std::string token = issue();
  const FastTokens before = tokens_;
  EXPECT_FALSE(use("wrong"));
  EXPECT_FALSE(use(token, kStart + kPolicy.lifetime));
  EXPECT_EQ(tokens_, before);
}

// XEP-0484 §3.4: a token is bound to the mechanism it was asked for.
TEST_F(Fast, TokenIsGoodForItsMechanismOnly) {
  const std::string token = issue(kStart, kExpr);
  EXPECT_EQ(use(token).error(), refused("token-mechanism"));
  const auto bound = [](FastLogin& login) {
    login.mechanism = kExpr;
    login.binding_data = "binding";
  };
  EXPECT_TRUE(use(token, kStart, bound));
}

TEST_F(Fast, HashOverAnotherBindingIsRefused) {
  const std::string token = issue(kStart, kExpr);
  const std::string hashed = ht_initiator(kExpr, token, "binding of the attacker's connection");
  const FastLogin login{.mechanism = kExpr, .hashed_token = hashed, .binding_data = "binding"};
  EXPECT_EQ(use_token(tokens_, login, kStart, kPolicy).error(), refused("wrong-token"));
}

// §3.5: the old token stays good until the new one is used, and not longer.
TEST_F(Fast, RotationSurvivesALostAnswer) {
  const std::string first = issue();
  const auto late = kStart + kPolicy.rotate_after;
  ASSERT_TRUE(use(first));
  EXPECT_TRUE(use(first, late)->rotation_due);
  const std::string lost = issue(late);
  EXPECT_TRUE(use(first, late)) << "the answer with the new token never arrived";
  const std::string second = issue(late);
  EXPECT_EQ(use(lost, late).error(), refused("wrong-token")) << "replaced before it was used";
  const auto replaced = use(second, late);
  ASSERT_TRUE(replaced);
  EXPECT_TRUE(replaced->ended_any);
  EXPECT_FALSE(tokens_.fresh);
  EXPECT_EQ(use(first, late).error(), refused("wrong-token"));
  EXPECT_FALSE(use(second, late)->rotation_due);
  EXPECT_FALSE(use(second, late)->ended_any);
}

TEST_F(Fast, LastUseIsNoted) {
  const std::string token = issue();
  EXPECT_EQ(tokens_.fresh->last_used, kStart);
  ASSERT_TRUE(use(token, kStart + Seconds(9)));
  EXPECT_EQ(tokens_.current->last_used, kStart + Seconds(9));
}

// §3.4: replays.
TEST_F(Fast, CountMustRise) {
  const std::string token = issue();
  const auto count = [](std::uint64_t value) {
    return [value](FastLogin& login) { login.count = value; };
  };
  EXPECT_TRUE(use(token, kStart, count(0)));
  EXPECT_EQ(use(token, kStart, count(0)).error(), refused("token-replayed"));
  EXPECT_TRUE(use(token, kStart, count(7)));
  EXPECT_EQ(use(token, kStart, count(7)).error(), refused("token-replayed"));
  EXPECT_EQ(use(token, kStart, count(6)).error(), refused("token-replayed"));
  EXPECT_TRUE(use(token)) << "without a count, not in early data";
  EXPECT_EQ(use(token, kStart, count(7)).error(), refused("token-replayed"));
  EXPECT_TRUE(use(issue(), kStart, count(1))) << "a new token counts anew";
}

TEST_F(Fast, EarlyDataNeedsACount) {
  const std::string token = issue();
  EXPECT_EQ(use(token, kStart, [](FastLogin& login) { login.early_data = true; }).error(),
            refused("token-count-missing"));
  EXPECT_TRUE(use(token, kStart, [](FastLogin& login) {
    login.early_data = true;
    login.count = 1;
  }));
}

// §3.6
TEST_F(Fast, InvalidationEndsEverything) {
  const std::string token = issue();
  ASSERT_TRUE(use(token));
  issue();
  const auto accepted =
      use(token, kStart + kPolicy.rotate_after, [](FastLogin& login) { login.invalidate = true; });
  ASSERT_TRUE(accepted);
  EXPECT_FALSE(accepted->rotation_due);
  EXPECT_TRUE(tokens_.empty());
  EXPECT_EQ(use(token).error(), refused("no-token"));
}

TEST_F(Fast, Case58ClockThatJumpsAheadAndBackCostsNoToken) {
  const std::string token = issue();
  const auto ahead = kStart + kPolicy.lifetime + std::chrono::hours(1);
  EXPECT_FALSE(use(token, ahead));
  EXPECT_TRUE(use(token, kStart - std::chrono::hours(1))) << "and behind its own making";
  EXPECT_FALSE(use(token, kStart - std::chrono::hours(1))->rotation_due);
}

TEST_F(Fast, SerialisedFormIsWrittenDown) {
  tokens_.current = FastToken{"abc", kNone, kStart, kStart + Seconds(2), kStart + Seconds(1), 7};
  EXPECT_EQ(tokens_.serialise(), "1 d4565fa7-4d72-4749-b3d3-740edbf87770\n"
                                 "current HT-SHA-256-NONE 1767225600000000 1767225602000000 "
                                 "1767225601000000 7 abc\n");
}

TEST_F(Fast, ParseGivesBackWhatWasSerialised) {
  EXPECT_EQ(FastTokens::parse(tokens_.serialise()), tokens_);
  ASSERT_TRUE(use(issue()));
  EXPECT_EQ(FastTokens::parse(tokens_.serialise()), tokens_);
  issue(kStart - std::chrono::years(60), kExpr);
  EXPECT_EQ(FastTokens::parse(tokens_.serialise()), tokens_);
}

TEST_F(Fast, ParseRefusesAnythingElse) {
  const std::string line = "current HT-SHA-256-NONE 1 2 3 - abc\n";
  EXPECT_TRUE(FastTokens::parse("1 id\n" + line));
  for (const std::string& bad : {
           std::string(),
           std::string("1 id"),
           "2 id\n" + line,
           "1 id\n" + line + line,
           "1 id\n" + line.substr(0, line.size() - 1),
           "1 id\n\n" + line,
           "1 id\nx" + line,
           std::string("1 id\ncurrent HT-SHA-256-NONE 1 2 3 - \n"),
           std::string("1 id\ncurrent HT-SHA-256-NONE 1 2 3 abc\n"),
           std::string("1 id\ncurrent HT-SHA-256-NONE 1 2 3 - a b\n"),
           std::string("1 id\ncurrent HT-SHA-256-NONE 1 2 3 x abc\n"),
           std::string("1 id\ncurrent HT-SHA-256-NONE 1 2 99999999999999999999 - abc\n"),
           std::string("1 id\ncurrent PLAIN 1 2 3 - abc\n"),
       })
    EXPECT_FALSE(FastTokens::parse(bad)) << bad;
}

} // namespace
} // namespace rookery::xmpp

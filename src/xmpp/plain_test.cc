#include "xmpp/plain.h"

#include <gtest/gtest.h>

#include "xmpp/scram.h"

namespace rookery::xmpp {
namespace {

using namespace std::string_literals;

TEST(Plain, ParsesItsThreeParts) {
  const auto message = parse_plain("me@example.org\0juliet\0pen cil"s);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->authzid, "me@example.org");
  EXPECT_EQ(message->username, "juliet");
  EXPECT_EQ(message->password, "pen cil");
  EXPECT_EQ(parse_plain(make_plain("", "a", "b"))->authzid, "");
}

TEST(Plain, RefusesAnythingElse) {
  const struct {
    std::string message;
    std::string_view reason;
  } cases[] = {
      {"", "plain-parts"},
      {"juliet", "plain-parts"},
      {"\0juliet"s, "plain-parts"},
      {"\0\0pencil"s, "plain-parts"},
      {"\0juliet\0"s, "plain-parts"},
      {"\0\0"s, "plain-parts"},
      {"\0juliet\0pen\0cil"s, "not-utf8"},
      {"\0jul\xFFiet\0pencil"s, "not-utf8"},
      {"\0juliet\0p\xC0\x80"s, "not-utf8"},
      {"\xED\xA0\x80\0juliet\0pencil"s, "not-utf8"},
      {"\0juliet\0"s + std::string(kSaslMessageBytesMax, 'p'), "too-long"},
  };
  for (const auto& [message, reason] : cases) {
    const auto parsed = parse_plain(message);
    ASSERT_FALSE(parsed) << reason;
    EXPECT_EQ(parsed.error(), (SaslFailure{SaslCondition::kMalformedRequest, reason}));
  }
}

TEST(Plain, VerifiesAgainstKeysOfEveryHash) {
  SeededRandom random(1);
  for (const HashKind kind : kAllHashes) {
    const auto keys = ScramKeys::derive(kind, "pencil", random, kScramIterationsMin);
    EXPECT_TRUE(verify_password(keys, "pencil"));
    EXPECT_FALSE(verify_password(keys, "Pencil"));
    EXPECT_FALSE(verify_password(keys, ""));
    EXPECT_FALSE(verify_password(keys, std::string(1000, 'p')));
  }
}

TEST(Case20, NoPasswordFitsFakeKeys) {
  const auto keys =
      fake_scram_keys("0123456789abcdef", "nobody", HashKind::kSha256, kScramIterationsMin);
  for (const auto* password : {"", "pencil", "nobody"})
    EXPECT_FALSE(verify_password(keys, password));
}

} // namespace
} // namespace rookery::xmpp

#include "xmpp/ht.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "xmpp/scram.h"

namespace rookery::xmpp {
namespace {

using namespace std::string_literals;

constexpr auto kNone = SaslMechanism::kHtSha256None;
constexpr auto kExpr = SaslMechanism::kHtSha256Expr;

// Values computed with Python's hmac.
TEST(Ht, HashesAreThoseOfTheDraft) {
  EXPECT_EQ(hex_encode(ht_initiator(kNone, "secret-token", "")),
            "3f6de92b45cddc50c601ad166458f7b5874565e399f3006b1afb03f0bb03ff88");
  EXPECT_EQ(hex_encode(ht_responder(kNone, "secret-token", "")),
            "5572a63e0496195609273c23be8a50b9bee64e0369324079e73245bf4472a5b1");
  EXPECT_EQ(hex_encode(ht_initiator(kExpr, "secret-token", "binding")),
            "96e6eacce3d70d182af63516a3217fe5573752021ec338df6662c7b430541787");
}

TEST(Ht, ServerUnderstandsTheClient) {
  const auto message = parse_ht(kExpr, make_ht(kExpr, "juliet", "token", "binding"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->username, "juliet");
  EXPECT_TRUE(ht_verify(kExpr, "token", "binding", message->hashed_token));
  EXPECT_FALSE(ht_verify(kExpr, "token", "other binding", message->hashed_token));
  EXPECT_FALSE(ht_verify(kExpr, "other token", "binding", message->hashed_token));
  EXPECT_FALSE(ht_verify(kExpr, "token", "binding", ht_responder(kExpr, "token", "binding")))
      << "the server's answer sent back";
}

TEST(Ht, RefusesMessagesOfAnotherForm) {
  const std::string hash(32, 'h');
  EXPECT_TRUE(parse_ht(kNone, "juliet\0"s + hash));
  EXPECT_TRUE(parse_ht(kNone, "juliet\0"s + std::string(32, '\0'))) << "any bytes";
  const struct {
    std::string message;
    std::string_view reason;
  } cases[] = {
      {"", "ht-parts"},
      {"juliet", "ht-parts"},
      {"juliet\0"s, "ht-parts"},
      {"\0"s + hash, "ht-parts"},
      {"juliet\0"s + hash + "x", "ht-parts"},
      {"juliet\0"s + hash.substr(1), "ht-parts"},
      {"jul\xFF\0"s + hash, "not-utf8"},
      {std::string(kSaslMessageBytesMax, 'j') + "\0"s + hash, "too-long"},
  };
  for (const auto& [message, reason] : cases) {
    const auto parsed = parse_ht(kNone, message);
    ASSERT_FALSE(parsed) << reason;
    EXPECT_EQ(parsed.error(), (SaslFailure{SaslCondition::kMalformedRequest, reason}));
  }
}

} // namespace
} // namespace rookery::xmpp

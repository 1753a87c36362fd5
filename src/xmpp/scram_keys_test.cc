#include "xmpp/scram_keys.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace rookery::xmpp {
namespace {

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";

/// RFC 5802 §5: what the server keeps of user "user", password "pencil".
TEST(ScramKeys, ProofAndSignatureOfRfc5802) {
  const auto keys =
      ScramKeys::derive(HashKind::kSha1, "pencil", base64_decode("QSXCR+Q6sek8bf92").value(), 4096);
  const std::string_view auth_message =
      "n=user,r=fyko+d2lbbFgONRv9qkxdawL,"
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096,"
      "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j";
  const auto proof = base64_decode("v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=").value();
  const Digest client_key = exclusive_or(
      HashKind::kSha1, proof, hmac(HashKind::kSha1, keys.stored_key, auth_message).view());
  EXPECT_EQ(hash(HashKind::kSha1, client_key.view()).view(), keys.stored_key);
  EXPECT_EQ(base64_encode(hmac(HashKind::kSha1, keys.server_key, auth_message).view()),
            "rmF9pqV8S7suAoZWja4dJRkFsKQ=");
}

TEST(ScramKeys, SerialisedFormIsWrittenDown) {
  const ScramKeys keys{HashKind::kSha1, 10'000, "salt", std::string(20, 'a'), std::string(20, 'b')};
  EXPECT_EQ(keys.serialise(), "1 SHA-1 10000 c2FsdA== YWFhYWFhYWFhYWFhYWFhYWFhYWE= "
                              "YmJiYmJiYmJiYmJiYmJiYmJiYmI=");
}

TEST(ScramKeys, ParseGivesBackWhatWasSerialised) {
  SeededRandom random(1);
  for (const HashKind kind : kAllHashes) {
    const auto keys = ScramKeys::derive(kind, "pencil", random, kScramIterationsMin);
    EXPECT_EQ(keys.salt.size(), kScramSaltBytes);
    EXPECT_EQ(ScramKeys::parse(keys.serialise()), keys);
  }
}

TEST(ScramKeys, ParseRefusesAnythingElse) {
  const std::string stored = "YWFhYWFhYWFhYWFhYWFhYWFhYWE=";
  const auto line = [&](const std::string& head, const std::string& tail) {
    return ScramKeys::parse(head + " c2FsdA== " + tail);
  };
  const std::string keys = stored + " " + stored;
  EXPECT_TRUE(line("1 SHA-1 4096", keys));
  EXPECT_FALSE(line("2 SHA-1 4096", keys));
  EXPECT_FALSE(line("1 SHA-256 4096", keys)); // keys too short for it
  EXPECT_FALSE(line("1 MD5 4096", keys));
  EXPECT_FALSE(line("1 SHA-1 4095", keys));
  EXPECT_FALSE(line("1 SHA-1 10000001", keys));
  EXPECT_FALSE(line("1 SHA-1 04096", keys));
  EXPECT_FALSE(line("1 SHA-1 -4096", keys));
  EXPECT_FALSE(line("1 SHA-1 99999999999999999999", keys));
  EXPECT_FALSE(line("1 SHA-1 4096", stored));
  EXPECT_FALSE(line("1 SHA-1 4096", keys + " "));
  EXPECT_FALSE(line("1 SHA-1 4096", keys + " x"));
  EXPECT_FALSE(line("1  SHA-1 4096", keys));
  EXPECT_FALSE(line("1 SHA-1 4096", stored + " !" + stored.substr(1)));
  EXPECT_FALSE(ScramKeys::parse(""));
}

TEST(Case20, FakeSaltIsStablePerUserAndLikeARealOne) {
  for (const HashKind kind : kAllHashes) {
    const auto once = fake_scram_keys(kSecret, "juliet", kind);
    EXPECT_EQ(once, fake_scram_keys(kSecret, "juliet", kind));
    EXPECT_NE(once.salt, fake_scram_keys(kSecret, "romeo", kind).salt);
    EXPECT_NE(once.salt,
              fake_scram_keys("another secret of the installation", "juliet", kind).salt);
    EXPECT_EQ(once.salt.size(), kScramSaltBytes);
    EXPECT_EQ(once.iterations, kScramIterationsDefault);
    EXPECT_EQ(ScramKeys::parse(once.serialise()), once);
  }
}

} // namespace
} // namespace rookery::xmpp

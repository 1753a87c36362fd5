#include "xmpp/crypto.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace rookery::xmpp {
namespace {

std::string hex(const Digest& digest) { return hex_encode(digest.view()); }

TEST(Crypto, HashesOfFips180) {
  EXPECT_EQ(hex(hash(HashKind::kSha1, "abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(hash(HashKind::kSha256, "abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(hash(HashKind::kSha512, "abc")),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(hex(hash(HashKind::kSha1, "")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(Crypto, HmacsOfRfc4231AndRfc2202) {
  const std::string_view data = "what do ya want for nothing?";
  EXPECT_EQ(hex(hmac(HashKind::kSha1, "Jefe", data)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hex(hmac(HashKind::kSha256, "Jefe", data)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac(HashKind::kSha512, "Jefe", data)),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  // RFC 4231 test case 6: the key is longer than a block.
  EXPECT_EQ(hex(hmac(HashKind::kSha256, std::string(131, '\xaa'),
                     "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Crypto, HmacTakesItsMessageInParts) {
  EXPECT_EQ(hex(hmac(HashKind::kSha256, "key", {"ab", "", "c"})),
            hex(hmac(HashKind::kSha256, "key", "abc")));
}

TEST(Crypto, Pbkdf2OfRfc6070) {
  EXPECT_EQ(hex(pbkdf2(HashKind::kSha1, "password", "salt", 1)),
            "0c60c80f961f0e71f3a9b524af6012062fe037a6");
  EXPECT_EQ(hex(pbkdf2(HashKind::kSha1, "password", "salt", 2)),
            "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
  EXPECT_EQ(hex(pbkdf2(HashKind::kSha1, "password", "salt", 4096)),
            "4b007901b765489abead49d926f721d065a429c1");
}

// Values computed with Python's hashlib.
TEST(Crypto, Pbkdf2WithTheLongerHashes) {
  EXPECT_EQ(hex(pbkdf2(HashKind::kSha256, "password", "salt", 4096)),
            "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a");
  EXPECT_EQ(hex(pbkdf2(HashKind::kSha512, "password", "salt", 4096)),
            "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5"
            "143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5");
}

TEST(Crypto, Pbkdf2WithAPasswordLongerThanABlock) {
  const std::string password(200, '\xff'), salt(100, 'S');
  EXPECT_EQ(hex(pbkdf2(HashKind::kSha1, password, salt, 3)),
            "6a57670a25c00d1d568f5498fb17914bcfb6b44f");
  EXPECT_EQ(hex(pbkdf2(HashKind::kSha256, password, salt, 3)),
            "819ff6b26951b12328c1083358506a7ba0fa3b2457bebb7a7d3b1daa1a9873d1");
  EXPECT_EQ(hex(pbkdf2(HashKind::kSha512, password, salt, 3)),
            "22f1a6ccafaa03adf33123767c742688a8a848b219b39b2716b6664a920683ea"
            "2c9de4a24adfd685abe2bcd1ddfb9f8955b5fe215837042f08e49ad5b1cfb5d3");
}

TEST(Crypto, NamesOfHashes) {
  for (const HashKind kind : kAllHashes)
    EXPECT_EQ(parse_hash_name(hash_name(kind)), kind);
  EXPECT_EQ(parse_hash_name("SHA-384"), std::nullopt);
  EXPECT_EQ(parse_hash_name("sha-1"), std::nullopt);
}

} // namespace
} // namespace rookery::xmpp

#include "base/encoding.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace rookery {
namespace {

TEST(Base64, Rfc4648Section10Vectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [raw, text] : vectors) {
    EXPECT_EQ(base64_encode(raw), text);
    EXPECT_EQ(base64_decode(text), raw);
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text :
       {"Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "=m9v", "Zg==Zg==", "Zm-v"})
    EXPECT_FALSE(base64_decode(text)) << text;
}

TEST(Base64, RoundTripsAnyBytes) {
  SeededRandom random(7);
  for (std::size_t n = 0; n < 300; ++n) {
    std::string raw(n, '\0');
    random.fill(std::as_writable_bytes(std::span(raw)));
    EXPECT_EQ(base64_decode(base64_encode(raw)), raw);
    EXPECT_EQ(hex_decode(hex_encode(raw)), raw);
  }
}

TEST(Hex, EitherCaseAndNothingElse) {
  EXPECT_EQ(hex_decode("00fFAb"), std::string("\0\xff\xab", 3));
  EXPECT_FALSE(hex_decode("0"));
  EXPECT_FALSE(hex_decode("0g"));
}

TEST(U64, SortsAsBytes) {
  std::string a, b;
  append_u64_be(a, 255);
  append_u64_be(b, 256);
  EXPECT_LT(a, b);
  EXPECT_EQ(read_u64_be(b), 256U);
}

TEST(EqualConstantTime, Compares) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "ab"));
}

TEST(Token, IsUrlSafeAndLongEnough) {
  SystemRandom random;
  const std::string token = random.token(16);
  EXPECT_EQ(token.size(), 22U);
  EXPECT_EQ(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  EXPECT_NE(token, random.token(16));
}

} // namespace
} // namespace rookery

#include "xmpp/sasl_password.h"

#include <gtest/gtest.h>

namespace rookery::xmpp {
namespace {

// RFC 8265 §4.3, Table 2.
TEST(SaslPassword, ExamplesOfRfc8265) {
  EXPECT_EQ(prepare_password("correct horse battery staple"), "correct horse battery staple");
  EXPECT_EQ(prepare_password("Correct Horse Battery Staple"), "Correct Horse Battery Staple");
  EXPECT_EQ(prepare_password("πßå"), "πßå");
  EXPECT_EQ(prepare_password("Jack of ♦s"), "Jack of ♦s");
  EXPECT_EQ(prepare_password("foo\u1680bar"), "foo bar"); // OGHAM SPACE MARK
  EXPECT_EQ(prepare_password(""), std::nullopt);
  EXPECT_EQ(prepare_password("my cat is a \tby"), std::nullopt);
}

TEST(SaslPassword, ComposesButFoldsNothing) {
  EXPECT_EQ(prepare_password("e\u0301"), "\u00E9");
  EXPECT_EQ(prepare_password("\uFF11\uFB01"), "\uFF11\uFB01") << "full-width digit, ligature";
  EXPECT_EQ(prepare_password(" a\u3000"), " a ") << "spaces at the ends count";
  EXPECT_EQ(prepare_password("密码"), "密码");
}

TEST(SaslPassword, RefusesWhatCannotBeTypedTwice) {
  EXPECT_EQ(prepare_password("a\x7F"), std::nullopt);
  EXPECT_EQ(prepare_password(std::string("a\0b", 3)), std::nullopt);
  EXPECT_EQ(prepare_password("a\u200B"), std::nullopt); // ZERO WIDTH SPACE
  EXPECT_EQ(prepare_password("a\u0378"), std::nullopt); // unassigned
  EXPECT_EQ(prepare_password("a\xFF"), std::nullopt);
  EXPECT_EQ(prepare_password("a\xED\xA0\x80"), std::nullopt); // surrogate
}

TEST(SaslPassword, LengthHasABound) {
  EXPECT_TRUE(prepare_password(std::string(kPasswordBytesMax, 'p')));
  EXPECT_EQ(prepare_password(std::string(kPasswordBytesMax + 1, 'p')), std::nullopt);
}

} // namespace
} // namespace rookery::xmpp

#include "xmpp/sasl_text.h"

#include <gtest/gtest.h>

namespace rookery::xmpp {
namespace {

TEST(SaslText, Utf8WithoutNul) {
  EXPECT_TRUE(is_sasl_text(""));
  EXPECT_TRUE(is_sasl_text("aé€😀\t"));
  for (const std::string_view bad : {"\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC0\xAF", "\xE0\x80\xAF",
                                     "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\x80"}) {
    EXPECT_FALSE(is_sasl_text(bad));
    EXPECT_FALSE(is_sasl_text("ab" + std::string(bad) + "c"));
  }
  EXPECT_FALSE(is_sasl_text(std::string_view("a\0b", 3)));
}

TEST(SaslText, NamesAreUnescapedToWhatWasEscaped) {
  for (const std::string_view name : {"a", "a,b", "=", ",=,=", "=2C"})
    EXPECT_EQ(unescape_saslname(escape_saslname(name)), name);
  for (const std::string_view bad : {"", "=", "a=", "a=2", "a=2c", "a=3d", "a=41"})
    EXPECT_EQ(unescape_saslname(bad), std::nullopt) << bad;
}

TEST(SaslText, ReaderTakesAttributesInOrder) {
  ScramReader reader("a=1,b=,x=2=,c=3");
  EXPECT_EQ(reader.take('b'), std::nullopt);
  EXPECT_EQ(reader.take('a'), "1");
  EXPECT_EQ(reader.read_bytes(), 3u);
  EXPECT_EQ(reader.take('b'), "");
  EXPECT_EQ(reader.peek(), 'x');
  EXPECT_TRUE(reader.skip_extension());
  EXPECT_FALSE(reader.skip_extension()) << "c has a meaning";
  EXPECT_EQ(reader.take('c'), "3");
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(reader.read_bytes(), 15u);
  EXPECT_EQ(reader.peek(), '\0');
}

TEST(SaslText, ReaderStopsAtWhatIsNoAttribute) {
  for (const std::string_view text : {"", "a", ",", ",a=1", "ab=1"}) {
    ScramReader reader(text);
    EXPECT_FALSE(reader.skip_extension()) << text;
    EXPECT_EQ(reader.take('a'), std::nullopt) << text;
  }
  ScramReader trailing("x=1,");
  EXPECT_TRUE(trailing.skip_extension());
  EXPECT_FALSE(trailing.at_end());
}

} // namespace
} // namespace rookery::xmpp

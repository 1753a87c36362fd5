#include "net/ip_address.h"

#include <gtest/gtest.h>

namespace rookery::net {
namespace {

TEST(IpAddress, ParsesAndPrintsBothFamilies) {
  for (const char* text : {"127.0.0.1", "255.255.255.255", "0.0.0.0", "::1", "2001:db8::1", "::"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->text(), text);
  }
  EXPECT_EQ(IpAddress::parse("::ffff:10.0.0.1"), IpAddress::parse("10.0.0.1"));
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::1%lo", "[::1]"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0x", 9)));
  EXPECT_FALSE(IpAddress::parse(std::string(1000, '1')));
}

TEST(IpAddress, KnowsLoopback) {
  EXPECT_TRUE(IpAddress::parse("127.0.0.1")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("127.255.0.9")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
  EXPECT_FALSE(IpAddress::parse("128.0.0.1")->is_loopback());
  EXPECT_FALSE(IpAddress::parse("::2")->is_loopback());
  EXPECT_FALSE(IpAddress().is_loopback());
}

TEST(IpAddress, LimitsCountIpv6ByItsNetwork) {
  EXPECT_EQ(IpAddress::parse("2001:db8:1:2:3::4")->limit_key(),
            IpAddress::parse("2001:db8:1:2:ffff::")->limit_key());
  EXPECT_NE(IpAddress::parse("2001:db8:1:2::")->limit_key(),
            IpAddress::parse("2001:db8:1:3::")->limit_key());
  EXPECT_NE(IpAddress::parse("10.0.0.1")->limit_key(), IpAddress::parse("10.0.0.2")->limit_key());
}

} // namespace
} // namespace rookery::net

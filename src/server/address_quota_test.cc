#include "server/address_quota.h"

#include <gtest/gtest.h>

namespace rookery::server {
namespace {

constexpr Seconds kHour{3'600};
constexpr MonoTime kNow{5};

TEST(AddressQuotaTest, SoManyAndNoMoreUntilTheHourIsOver) {
  AddressQuota quota;
  EXPECT_TRUE(quota.take("x", "192.0.2.1", 2, kHour, kNow));
  EXPECT_TRUE(quota.take("x", "192.0.2.1", 2, kHour, kNow + kHour / 2));
  EXPECT_FALSE(quota.take("x", "192.0.2.1", 2, kHour, kNow + kHour - MonoTime(1)));
  EXPECT_TRUE(quota.take("x", "192.0.2.1", 2, kHour, kNow + kHour));
  EXPECT_TRUE(quota.take("x", "192.0.2.1", 2, kHour, kNow + kHour));
  EXPECT_FALSE(quota.take("x", "192.0.2.1", 2, kHour, kNow + kHour));
}

TEST(AddressQuotaTest, AddressesAndPurposesAreCountedApart) {
  AddressQuota quota;
  EXPECT_TRUE(quota.take("x", "192.0.2.1", 1, kHour, kNow));
  EXPECT_TRUE(quota.take("x", "192.0.2.2", 1, kHour, kNow));
  EXPECT_TRUE(quota.take("y", "192.0.2.1", 1, kHour, kNow));
  EXPECT_FALSE(quota.take("x", "192.0.2.1", 1, kHour, kNow));
}

TEST(AddressQuotaTest, ANetworkOf64BitsIsOneAddress) {
  AddressQuota quota;
  EXPECT_TRUE(quota.take("x", "2001:db8:1:2::1", 1, kHour, kNow));
  EXPECT_FALSE(quota.take("x", "2001:db8:1:2:ffff::9", 1, kHour, kNow));
  EXPECT_TRUE(quota.take("x", "2001:db8:1:3::1", 1, kHour, kNow));
}

TEST(AddressQuotaTest, NoneIsNone) {
  AddressQuota quota;
  EXPECT_FALSE(quota.take("x", "192.0.2.1", 0, kHour, kNow));
}

TEST(AddressQuotaTest, ItForgetsWhatIsOverBeforeItRefuses) {
  AddressQuota quota;
  for (std::size_t i = 0; i < AddressQuota::kAddressesMax; ++i)
    ASSERT_TRUE(quota.take(std::to_string(i), "192.0.2.1", 1, kHour, kNow));
  EXPECT_FALSE(quota.take("x", "192.0.2.1", 1, kHour, kNow));
  EXPECT_TRUE(quota.take("x", "192.0.2.1", 1, kHour, kNow + kHour));
}

} // namespace
} // namespace rookery::server

#include "server/doorway.h"

#include <gtest/gtest.h>

namespace rookery::server {
namespace {

TEST(Doorway, CountsThoseOfOneAddressUntilTheyAreGone) {
  Doorway doorway;
  auto first = doorway.enter("192.0.2.1", 2);
  ASSERT_TRUE(first);
  {
    const auto second = doorway.enter("192.0.2.1", 2);
    EXPECT_TRUE(second);
    EXPECT_FALSE(doorway.enter("192.0.2.1", 2));
    EXPECT_TRUE(doorway.enter("192.0.2.2", 2)) << "another address has its own count";
  }
  EXPECT_TRUE(doorway.enter("192.0.2.1", 2));
  const Doorway::Guest moved = std::move(*first);
  first.reset();
  EXPECT_FALSE(doorway.enter("192.0.2.1", 1)) << "a moved guest counts once, and still";
}

TEST(Doorway, AnIpv6NetworkCountsAsOneAddress) {
  Doorway doorway;
  const auto one = doorway.enter("2001:db8::1", 1);
  EXPECT_TRUE(one);
  EXPECT_FALSE(doorway.enter("2001:db8::2", 1));
  EXPECT_TRUE(doorway.enter("2001:db8:0:1::1", 1));
}

TEST(Doorway, WhatIsNoAddressDoesNotEnter) {
  Doorway doorway;
  EXPECT_FALSE(doorway.enter("nobody", 5));
}

} // namespace
} // namespace rookery::server

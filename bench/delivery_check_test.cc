#include "bench/delivery_check.h"

#include <gtest/gtest.h>

namespace rookery::bench {
namespace {

class DeliveryCheckTest : public testing::Test {
protected:
  DeliveryCheckTest() {
    for (int i = 0; i < 4; ++i)
      check.sent(1, 2);
  }
  bool got(std::uint64_t number) { return !check.got(1, 2, number).has_value(); }
  DeliveryCheck check;
};

TEST_F(DeliveryCheckTest, AllInOrderIsFine) {
  for (std::uint64_t i = 0; i < 4; ++i)
    EXPECT_TRUE(got(i));
  EXPECT_EQ(check.missing_of_all(), 0U);
  EXPECT_FALSE(check.has_gap(2));
}

TEST_F(DeliveryCheckTest, TwiceIsWrong) {
  EXPECT_TRUE(got(0));
  EXPECT_FALSE(got(0));
}

TEST_F(DeliveryCheckTest, OutOfOrderIsWrong) {
  EXPECT_TRUE(got(1));
  EXPECT_TRUE(check.has_gap(2));
  EXPECT_FALSE(got(0));
}

TEST_F(DeliveryCheckTest, WhatNobodyWroteIsWrong) { EXPECT_FALSE(got(4)); }

TEST_F(DeliveryCheckTest, TheArchiveFillsAGap) {
  EXPECT_TRUE(got(0));
  EXPECT_TRUE(got(3));
  EXPECT_EQ(check.missing(2), 2U);
  EXPECT_TRUE(check.read(1, 2, 2));
  EXPECT_TRUE(check.read(1, 2, 1));
  EXPECT_FALSE(check.has_gap(2));
  EXPECT_EQ(check.missing(2), 0U);
}

TEST_F(DeliveryCheckTest, ReadAndThenGotIsFineButNotTwice) {
  EXPECT_TRUE(check.read(1, 2, 0));
  EXPECT_FALSE(check.read(1, 2, 0));
  EXPECT_TRUE(got(0));
  EXPECT_FALSE(got(0));
}

TEST_F(DeliveryCheckTest, WhatNeverComesIsMissing) {
  EXPECT_TRUE(got(0));
  EXPECT_EQ(check.missing(2), 3U);
  EXPECT_EQ(check.a_missing_one(), "message 1 of u1 to u2");
  EXPECT_FALSE(check.has_gap(2)); // nothing tells the reader
}

} // namespace
} // namespace rookery::bench

#include "bench/histogram.h"

#include <gtest/gtest.h>

namespace rookery::bench {
namespace {

TEST(HistogramTest, EmptyHasNoQuantiles) { EXPECT_EQ(Histogram().quantile(0.5), Microseconds(0)); }

TEST(HistogramTest, SmallValuesAreExact) {
  Histogram histogram;
  for (int i = 1; i <= 60; ++i)
    histogram.record(Microseconds(i));
  EXPECT_EQ(histogram.count(), 60U);
  EXPECT_EQ(histogram.quantile(0.5), Microseconds(30));
  EXPECT_EQ(histogram.quantile(1), Microseconds(60));
}

TEST(HistogramTest, LargeValuesAreWithinOneThirtySecond) {
  for (std::int64_t value = 64; value < 10'000'000'000; value = value * 7 / 5) {
    Histogram histogram;
    histogram.record(Microseconds(value));
    const std::int64_t told = histogram.quantile(0.5).count();
    EXPECT_GE(told, value);
    EXPECT_LE(told, value + value / 32);
  }
}

TEST(HistogramTest, TheTailIsSeen) {
  Histogram histogram;
  for (int i = 0; i < 999; ++i)
    histogram.record(Microseconds(10));
  histogram.record(Microseconds(50));
  EXPECT_EQ(histogram.quantile(0.99), Microseconds(10));
  EXPECT_EQ(histogram.quantile(0.9999), Microseconds(50));
}

TEST(HistogramTest, AClockThatGoesBackCountsAsZero) {
  Histogram histogram;
  histogram.record(Microseconds(-5));
  EXPECT_EQ(histogram.quantile(1), Microseconds(0));
}

} // namespace
} // namespace rookery::bench

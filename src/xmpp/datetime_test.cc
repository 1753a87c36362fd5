#include "xmpp/datetime.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace rookery::xmpp {
namespace {

std::string again(std::string_view text) {
  const auto time = parse_time(text);
  return time ? format_time(*time) : "refused";
}

TEST(DateTime, Xep0082Section32Examples) {
  EXPECT_EQ(again("1969-07-21T02:56:15Z"), "1969-07-21T02:56:15.000000Z");
  EXPECT_EQ(again("1969-07-20T21:56:15-05:00"), "1969-07-21T02:56:15.000000Z");
}

TEST(DateTime, FractionsAreCutAtTheMicrosecond) {
  EXPECT_EQ(again("2026-01-01T00:00:00.5Z"), "2026-01-01T00:00:00.500000Z");
  EXPECT_EQ(again("2026-01-01T00:00:00.123456Z"), "2026-01-01T00:00:00.123456Z");
  EXPECT_EQ(again("2026-01-01T00:00:00.1234569Z"), "2026-01-01T00:00:00.123456Z");
  EXPECT_EQ(again("2026-01-01T00:00:00." + std::string(100'000, '9') + "Z"),
            "2026-01-01T00:00:00.999999Z");
}

TEST(DateTime, LeapDays) {
  EXPECT_EQ(again("2024-02-29T00:00:00Z"), "2024-02-29T00:00:00.000000Z");
  EXPECT_EQ(again("2000-02-29T00:00:00Z"), "2000-02-29T00:00:00.000000Z");
  EXPECT_EQ(again("2023-02-29T00:00:00Z"), "refused");
  EXPECT_EQ(again("1900-02-29T00:00:00Z"), "refused");
}

TEST(DateTime, Case40BoundsOfTheYears) {
  EXPECT_EQ(again("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00.000000Z");
  EXPECT_EQ(again("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999999Z");
  for (const char* text :
       {"9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01", "10000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "-1", "9999", "99999999999999999999"})
    EXPECT_EQ(again(text), "refused") << text;
  EXPECT_EQ(format_time(WallTime::max()), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_time(WallTime::min()), "0001-01-01T00:00:00.000000Z");
}

TEST(DateTime, WhatIsNotXep0082IsRefused) {
  for (const char* text : {"",
                           "2026-01-01",
                           "2026-01-01T00:00:00",
                           "2026-01-01 00:00:00Z",
                           "2026-1-01T00:00:00Z",
                           "2026-01-01T00:00Z",
                           "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00z",
                           "2026-01-01T00:00:00Z ",
                           " 2026-01-01T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:60Z",
                           "2026-01-01T00:00:00+14:01",
                           "2026-01-01T00:00:00+1:00",
                           "2026-01-01T00:00:00+01:60",
                           "2026-01-01T00:00:00+",
                           "2026-01-01T00:00:00+01:00Z",
                           "20260101T00:00:00",
                           "+026-01-01T00:00:00Z",
                           "2026-01-01T-1:00:00Z",
                           "2026-01-01T00:00:00,5Z"})
    EXPECT_EQ(again(text), "refused") << text;
}

TEST(DateTime, SecondsPrecisionCutsOff) {
  EXPECT_EQ(format_time(*parse_time("2026-01-01T00:00:00.999999Z"), Precision::kSeconds),
            "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_time(*parse_time("1969-12-31T23:59:59.5Z"), Precision::kSeconds),
            "1969-12-31T23:59:59Z");
}

TEST(DateTime, RoundTripsEveryMicrosecond) {
  SeededRandom random(82);
  for (int i = 0; i < 20'000; ++i) {
    // 200,000 days either way of the epoch.
    const auto micros =
        static_cast<std::int64_t>(random.u64() % 34'560'000'000'000'000) - 17'280'000'000'000'000;
    const WallTime time{Microseconds{micros}};
    EXPECT_EQ(parse_time(format_time(time)), time);
  }
}

} // namespace
} // namespace rookery::xmpp

#include "bench/day.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace rookery::bench {
namespace {

TEST(DayTest, TheSameSeedIsTheSameDay) {
  const Day one = plan_day(200, 7), again = plan_day(200, 7), other = plan_day(200, 8);
  EXPECT_EQ(one.events, again.events);
  EXPECT_EQ(one.contacts, again.contacts);
  EXPECT_NE(one.events, other.events);
}

TEST(DayTest, ContactsAreMutualAndMostHaveFew) {
  const Day day = plan_day(2000, 1);
  std::vector<std::size_t> sizes;
  for (std::uint32_t user = 0; user < 2000; ++user) {
    sizes.push_back(day.contacts[user].size());
    EXPECT_LE(sizes.back(), Day::kContactsMax);
    for (const std::uint32_t contact : day.contacts[user]) {
      EXPECT_NE(contact, user);
      EXPECT_EQ(std::ranges::count(day.contacts[contact], user), 1);
    }
  }
  std::ranges::sort(sizes);
  EXPECT_LE(sizes[1000], 6U);
  EXPECT_GE(sizes[1990], 40U);
}

/// A machine that each user's events must please.
struct Follower {
  bool in = false, lost = false;
  void follow(const DayEvent& event) {
    switch (event.deed) {
    case Deed::kLogin:
      EXPECT_FALSE(in);
      in = true;
      return;
    case Deed::kLogout:
      EXPECT_TRUE(in && !lost);
      in = false;
      return;
    case Deed::kLose:
      EXPECT_TRUE(in && !lost);
      lost = true;
      return;
    case Deed::kResume:
      EXPECT_TRUE(in && lost);
      lost = false;
      return;
    default:
      EXPECT_TRUE(in); // while the connection is lost, it waits
    }
  }
};

TEST(DayTest, WhatAUserDoesFollowsFromWhereItIs) {
  const Day day = plan_day(1000, 3);
  std::vector<Follower> users(1000);
  std::uint32_t last = 0;
  for (const DayEvent& event : day.events) {
    EXPECT_GE(event.at_s, last);
    last = event.at_s;
    users[event.user].follow(event);
  }
  EXPECT_LT(last, Day::kSeconds);
  EXPECT_TRUE(std::ranges::none_of(users, &Follower::in));
}

// What bench/README.md says about an average user.
TEST(DayTest, AUserWritesSomeDozensOfMessages) {
  const Day day = plan_day(2000, 1);
  const auto per_user = [&](Deed deed) {
    return static_cast<double>(std::ranges::count(day.events, deed, &DayEvent::deed)) / 2000;
  };
  EXPECT_NEAR(per_user(Deed::kWrite), 41, 3);
  EXPECT_NEAR(per_user(Deed::kLogin), 1.1, 0.05);
  EXPECT_NEAR(per_user(Deed::kLose), 4, 0.5);
}

} // namespace
} // namespace rookery::bench

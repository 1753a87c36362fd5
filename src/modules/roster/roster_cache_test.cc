#include "modules/roster/roster_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rookery::modules::roster {
namespace {

using testing::ElementsAre;
using xmpp::Subscription;

RosterItem listed(std::string name, std::uint64_t changed = 0) {
  return {.name = std::move(name), .listed = true, .changed = changed};
}

std::vector<std::string> names(const RosterCache& cache) {
  std::vector<std::string> out;
  for (const RosterCache::Contact& contact : cache.contacts())
    out.emplace_back(contact.jid());
  return out;
}

TEST(RosterCache, KeepsContactsSorted) {
  RosterCache cache;
  for (const char* jid : {"c@x", "a@x", "b@x"})
    cache.put(jid, listed(jid));
  EXPECT_THAT(names(cache), ElementsAre("a@x", "b@x", "c@x"));
  EXPECT_EQ(cache.item("b@x").name, "b@x");
  EXPECT_EQ(cache.item("d@x"), RosterItem{});
  EXPECT_EQ(cache.find("a@"), nullptr);
  cache.remove("b@x");
  cache.remove("b@x");
  EXPECT_THAT(names(cache), ElementsAre("a@x", "c@x"));
}

TEST(RosterCache, CountsTheListedAndTheRequests) {
  RosterCache cache;
  cache.put("a@x", listed("A"));
  cache.put("b@x", {.subscription = {.state = Subscription::kNonePendingIn}});
  EXPECT_EQ(cache.listed_count(), 1U);
  EXPECT_EQ(cache.unlisted_count(), 1U);
  cache.put("b@x", listed("B"));
  EXPECT_EQ(cache.listed_count(), 2U);
  cache.put("a@x", {});
  EXPECT_EQ(cache.find("a@x"), nullptr) << "an empty item is none";
  EXPECT_EQ(cache.listed_count(), 1U);
  EXPECT_EQ(cache.unlisted_count(), 0U);
}

TEST(RosterVersion, NamesOneStateOfOneRoster) {
  RosterVersion version;
  EXPECT_EQ(version.str(), "0");
  EXPECT_EQ(version.read("0"), 0U);
  version = {.epoch = "abc", .number = 5, .removed = 2};
  EXPECT_EQ(version.str(), "abc:5");
  EXPECT_EQ(version.read("abc:3"), 3U);
  for (const char* other : {"", "0", "abc", "abc:", "abc:x", "abcd:3", "xyz:3", "abc:3 "})
    EXPECT_FALSE(version.read(other)) << other;
  EXPECT_EQ(RosterVersion::parse(version.serialise()), version);
}

std::optional<std::vector<std::string>> missed(const RosterCache& cache, std::string_view since) {
  const auto changes = cache.changes_since(since);
  if (!changes)
    return std::nullopt;
  std::vector<std::string> out;
  for (const RosterCache::Contact* contact : *changes)
    out.emplace_back(contact->jid());
  return out;
}

TEST(RosterCache, Rfc6121Section2_6WhatAClientHasMissed) {
  RosterCache cache;
  cache.version = {.epoch = "e", .number = 9, .removed = 4};
  cache.put("a@x", listed("A", 9));
  cache.put("b@x", listed("B", 3));
  cache.put("c@x", listed("C", 7));
  cache.put("d@x", {.subscription = {.state = Subscription::kNonePendingIn}, .changed = 8});
  EXPECT_THAT(*missed(cache, "e:9"), ElementsAre());
  EXPECT_THAT(*missed(cache, "e:7"), ElementsAre("a@x"));
  EXPECT_THAT(*missed(cache, "e:4"), ElementsAre("c@x", "a@x"));
  EXPECT_FALSE(missed(cache, "e:3")) << "it has an item that was removed since";
  EXPECT_FALSE(missed(cache, "e:10"));
  EXPECT_FALSE(missed(cache, "f:9"));
  EXPECT_FALSE(missed(cache, ""));
}

} // namespace
} // namespace rookery::modules::roster

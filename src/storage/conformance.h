// Conformance tests: every sentence of store.h (those about tags are in conformance_tags.h), run
// against a backend. A backend's _test.cc says
//
//   INSTANTIATE_TEST_SUITE_P(Mine, StoreConformance, testing::Values(StoreMaker{"mine",
//   make_mine}));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "storage/blocking.h"
#include "storage/store.h"

namespace rookery::storage {

/// A store and what a test may do to its surroundings.
class StoreUnderTest {
public:
  virtual ~StoreUnderTest() = default;
  virtual Store& store() = 0;
  virtual ManualClock& clock() = 0;
  /// Closes the store and opens what it left; false when it leaves nothing.
  virtual bool reopen() { return false; }
  /// Makes the disk refuse writes from now on.
  virtual void refuse_writes() = 0;
  /// A path that does not exist, for a backup; "" when the backend has no backups.
  virtual std::string backup_path() { return {}; }
  virtual std::unique_ptr<StoreUnderTest> open_backup(const std::string&) { return nullptr; }
};

struct StoreMaker {
  std::string name;
  std::unique_ptr<StoreUnderTest> (*make)();
  friend void PrintTo(const StoreMaker& maker, std::ostream* out) { *out << maker.name; }
};

inline constexpr Owner kAlice{1}, kBob{2}, kCarol{3}, kDave{300};
inline constexpr Keyspace kRoster{"roster"}, kVcard{"vcard"};

class StoreConformance : public testing::TestWithParam<StoreMaker> {
protected:
  void SetUp() override { under_ = GetParam().make(); }
  void TearDown() override {
    if (under_ && !closed_)
      store().close();
  }

  Store& store() { return under_->store(); }
  BlockingStore blocking() { return BlockingStore(store()); }

  std::vector<EntryId> must_commit(Batch batch) {
    auto ids = blocking().commit(std::move(batch));
    EXPECT_TRUE(ids) << ids.error().text();
    return ids.value_or(std::vector<EntryId>{});
  }
  EntryId must_append(std::vector<LogTarget> targets, std::string_view body) {
    Batch batch;
    EXPECT_EQ(batch.append(targets, body), 0U);
    const auto ids = must_commit(std::move(batch));
    EXPECT_EQ(ids.size(), 1U);
    return ids.empty() ? EntryId{} : ids.front();
  }
  EntryId must_append(Owner log, std::string_view body) {
    return must_append(std::vector<LogTarget>{LogTarget{log}}, body);
  }
  void must_put(Owner owner, Keyspace keyspace, std::string_view key, std::string_view value) {
    Batch batch;
    batch.put(owner, keyspace, key, value);
    must_commit(std::move(batch));
  }
  LogPage must_read(const LogQuery& query) {
    auto page = blocking().read(query);
    EXPECT_TRUE(page) << page.error().text();
    return page.value_or(LogPage{});
  }
  std::vector<NewestOfTag> tags(const TagQuery& query) {
    auto page = blocking().tags(query);
    EXPECT_TRUE(page) << page.error().text();
    return page.value_or(TagPage{}).tags;
  }
  std::vector<std::string> bodies(const LogQuery& query) {
    std::vector<std::string> out;
    for (auto& entry : must_read(query).entries)
      out.push_back(std::move(entry.body));
    return out;
  }
  std::optional<std::string> must_get(Owner owner, Keyspace keyspace, std::string_view key) {
    auto value = blocking().get(owner, keyspace, key);
    EXPECT_TRUE(value) << value.error().text();
    return value.value_or(std::nullopt);
  }
  std::vector<std::string> keys(const RecordQuery& query) {
    std::vector<std::string> out;
    auto page = blocking().scan(query);
    EXPECT_TRUE(page) << page.error().text();
    if (page)
      for (auto& record : page->records)
        out.push_back(std::move(record.key));
    return out;
  }

  /// Runs `check` now, and again after a restart where the backend survives one.
  template <class Check> void check_now_and_after_restart(Check check) {
    check();
    if (under_->reopen()) {
      SCOPED_TRACE("after a restart");
      check();
    }
  }

  std::unique_ptr<StoreUnderTest> under_;
  bool closed_ = false;
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreConformance, AppendGivesAllLogsTheSameEntry) {
  const EntryId id =
      must_append({{kAlice, 11, 1}, {kBob, 22, 2}, {kCarol, 0, 255}, {kDave, 44}}, "hello");
  check_now_and_after_restart([&] {
    const std::vector<LogTarget> expected{
        {kAlice, 11, 1}, {kBob, 22, 2}, {kCarol, 0, 255}, {kDave, 44}};
    for (const LogTarget& target : expected) {
      const LogPage page = must_read({.log = target.log});
      ASSERT_EQ(page.entries.size(), 1U);
      EXPECT_TRUE(page.complete);
      EXPECT_EQ(page.entries[0].id, id);
      EXPECT_EQ(page.entries[0].tag, target.tag);
      EXPECT_EQ(page.entries[0].flags, target.flags);
      EXPECT_EQ(page.entries[0].body, "hello");
    }
  });
}

TEST_P(StoreConformance, IdsAreTheClockRaisedSoThatTheyIncrease) {
  const auto now = [&] {
    return static_cast<std::uint64_t>(under_->clock().wall().time_since_epoch().count());
  };
  const EntryId first = must_append(kAlice, "1");
  EXPECT_GE(first.value, now());
  const EntryId same_moment = must_append(kBob, "2");
  EXPECT_GT(same_moment, first);
  under_->clock().jump_wall(Seconds(3600));
  const EntryId later = must_append(kAlice, "3");
  EXPECT_EQ(later.value, now());
  under_->clock().jump_wall(Seconds(-7200));
  const EntryId after_jump_back = must_append(kAlice, "4");
  EXPECT_GT(after_jump_back, later);
  if (under_->reopen()) {
    EXPECT_GT(must_append(kCarol, "5"), after_jump_back);
  }
}

TEST_P(StoreConformance, BatchGivesIdsInTheOrderOfItsAppends) {
  Batch batch;
  const LogTarget alice{kAlice};
  for (std::size_t i = 0; i < 100; ++i)
    EXPECT_EQ(batch.append(std::span(&alice, 1), std::to_string(i)), i);
  const auto ids = must_commit(std::move(batch));
  ASSERT_EQ(ids.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  check_now_and_after_restart([&] {
    const LogPage page = must_read({.log = kAlice, .limit = 1000});
    ASSERT_EQ(page.entries.size(), 100U);
    for (std::size_t i = 0; i < 100; ++i) {
      EXPECT_EQ(page.entries[i].id, ids[i]);
      EXPECT_EQ(page.entries[i].body, std::to_string(i));
    }
  });
}

TEST_P(StoreConformance, InsertKeepsTheIdItWasGiven) {
  const EntryId before = must_append(kBob, "here already");
  Batch batch;
  EXPECT_EQ(batch.insert({kAlice, 7, 5}, EntryId{1'000}, "old"), 0U);
  EXPECT_EQ(batch.append(std::vector<LogTarget>{{kBob}}, "new"), 1U);
  EXPECT_EQ(batch.insert({kAlice, 8, 6}, EntryId{1'500}, "less old"), 2U);
  const auto ids = must_commit(std::move(batch));
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(ids[0], EntryId{1'000});
  EXPECT_GT(ids[1], before);
  EXPECT_EQ(ids[2], EntryId{1'500});
  const EntryId after = must_append(kAlice, "of today");
  EXPECT_GT(after, ids[1]);
  check_now_and_after_restart([&] {
    const LogPage page = must_read({.log = kAlice});
    ASSERT_EQ(page.entries.size(), 3U);
    EXPECT_EQ(page.entries[0].id, EntryId{1'000});
    EXPECT_EQ(page.entries[0].tag, 7U);
    EXPECT_EQ(page.entries[0].flags, 5U);
    EXPECT_EQ(page.entries[0].body, "old");
    EXPECT_EQ(page.entries[1].id, EntryId{1'500});
    EXPECT_EQ(page.entries[2].id, after);
    EXPECT_THAT(bodies({.log = kAlice, .tag = 8}), ElementsAre("less old"));
  });
}

TEST_P(StoreConformance, IdsThatComeLieAboveInsertedOnes) {
  const EntryId future{
      static_cast<std::uint64_t>(under_->clock().wall().time_since_epoch().count()) +
      3'600'000'000};
  Batch batch;
  batch.insert({kAlice}, future, "from a clock that was ahead");
  must_commit(std::move(batch));
  EXPECT_GT(must_append(kAlice, "next"), future);
  if (under_->reopen()) {
    EXPECT_GT(must_append(kBob, "after a restart"), future);
  }
  EXPECT_THAT(bodies({.log = kAlice}), ElementsAre("from a clock that was ahead", "next"));
}

TEST_P(StoreConformance, InsertedEntriesAreErasedLikeOthers) {
  const auto insert = [&](Owner log, std::uint64_t id) {
    Batch batch;
    batch.insert({log}, EntryId{id}, std::to_string(id));
    must_commit(std::move(batch));
  };
  for (const std::uint64_t id : {10, 20, 30, 40})
    insert(kAlice, id);
  insert(kBob, 50);
  Batch batch;
  batch.insert({kCarol}, EntryId{~std::uint64_t{0} / 2}, "inserted and erased in one batch");
  batch.trim(kAlice, EntryId{20});
  batch.erase_entry(kAlice, EntryId{30});
  batch.erase_owner(kBob);
  batch.erase_owner(kCarol);
  must_commit(std::move(batch));
  check_now_and_after_restart([&] {
    EXPECT_THAT(bodies({.log = kAlice}), ElementsAre("40"));
    EXPECT_THAT(bodies({.log = kBob}), IsEmpty());
    EXPECT_THAT(bodies({.log = kCarol}), IsEmpty());
  });
}

TEST_P(StoreConformance, ReadRangeIsExclusiveOnBothEnds) {
  std::vector<EntryId> ids;
  for (const char* body : {"0", "1", "2", "3", "4"})
    ids.push_back(must_append(kAlice, body));
  check_now_and_after_restart([&] {
    EXPECT_THAT(bodies({.log = kAlice, .after = ids[1]}), ElementsAre("2", "3", "4"));
    EXPECT_THAT(bodies({.log = kAlice, .before = ids[3]}), ElementsAre("0", "1", "2"));
    EXPECT_THAT(bodies({.log = kAlice, .after = ids[0], .before = ids[4]}),
                ElementsAre("1", "2", "3"));
    EXPECT_THAT(bodies({.log = kAlice, .after = ids[0], .before = ids[4], .newest_first = true}),
                ElementsAre("3", "2", "1"));
    EXPECT_THAT(bodies({.log = kAlice, .after = ids[2], .before = ids[3]}), IsEmpty());
    EXPECT_THAT(bodies({.log = kAlice, .after = ids[3], .before = ids[1]}), IsEmpty());
    EXPECT_THAT(bodies({.log = kAlice, .after = ids[4]}), IsEmpty());
    EXPECT_THAT(bodies({.log = kAlice, .before = ids[0], .newest_first = true}), IsEmpty());
    EXPECT_THAT(bodies({.log = kBob}), IsEmpty());
  });
}

TEST_P(StoreConformance, PagesStopAtTheLimitAndSayWhetherMoreFollows) {
  for (const char* body : {"0", "1", "2", "3"})
    must_append(kAlice, body);
  check_now_and_after_restart([&] {
    EXPECT_THAT(bodies({.log = kAlice, .limit = 3}), ElementsAre("0", "1", "2"));
    EXPECT_FALSE(must_read({.log = kAlice, .limit = 3}).complete);
    EXPECT_THAT(bodies({.log = kAlice, .newest_first = true, .limit = 3}),
                ElementsAre("3", "2", "1"));
    EXPECT_FALSE(must_read({.log = kAlice, .newest_first = true, .limit = 3}).complete);
    EXPECT_TRUE(must_read({.log = kAlice, .limit = 4}).complete);
    EXPECT_TRUE(must_read({.log = kAlice, .newest_first = true, .limit = 4}).complete);
    EXPECT_TRUE(must_read({.log = kAlice, .limit = 0}).entries.empty());
    EXPECT_FALSE(must_read({.log = kAlice, .limit = 0}).complete);
  });
}

TEST_P(StoreConformance, PagesStopAtTheirBytesButGiveOneEntryAtLeast) {
  const std::string large(1000, 'x');
  for (int i = 0; i < 3; ++i)
    must_append(kAlice, large);
  check_now_and_after_restart([&] {
    for (const bool newest_first : {false, true}) {
      const LogPage one = must_read({.log = kAlice, .newest_first = newest_first, .bytes_max = 10});
      EXPECT_EQ(one.entries.size(), 1U);
      EXPECT_FALSE(one.complete);
      const LogPage two =
          must_read({.log = kAlice, .newest_first = newest_first, .bytes_max = 2000});
      EXPECT_EQ(two.entries.size(), 2U);
      EXPECT_FALSE(two.complete);
      const LogPage all =
          must_read({.log = kAlice, .newest_first = newest_first, .bytes_max = 3000});
      EXPECT_EQ(all.entries.size(), 3U);
      EXPECT_TRUE(all.complete);
    }
  });
}

TEST_P(StoreConformance, TagsAndFlagsFilterAPage) {
  must_append({{kAlice, 7, 1}}, "a");
  must_append({{kAlice, 8, 3}}, "b");
  must_append({{kAlice, 7, 2}}, "c");
  must_append({{kAlice, 0, 3}}, "d");
  must_append({{kAlice, 7, 3}}, "e");
  check_now_and_after_restart([&] {
    EXPECT_THAT(bodies({.log = kAlice, .tag = 7}), ElementsAre("a", "c", "e"));
    EXPECT_THAT(bodies({.log = kAlice, .tag = 7, .newest_first = true, .limit = 2}),
                ElementsAre("e", "c"));
    EXPECT_FALSE(must_read({.log = kAlice, .tag = 7, .limit = 2}).complete);
    EXPECT_TRUE(must_read({.log = kAlice, .tag = 8, .limit = 1}).complete);
    EXPECT_THAT(bodies({.log = kAlice, .tag = 0}), ElementsAre("d"));
    EXPECT_THAT(bodies({.log = kAlice, .tag = 9}), IsEmpty());
    EXPECT_THAT(bodies({.log = kAlice, .flags_all = 3}), ElementsAre("b", "d", "e"));
    EXPECT_THAT(bodies({.log = kAlice, .flags_all = 1, .newest_first = true}),
                ElementsAre("e", "d", "b", "a"));
    EXPECT_THAT(bodies({.log = kAlice, .tag = 7, .flags_all = 2}), ElementsAre("c", "e"));
  });
}

TEST_P(StoreConformance, LongLogsPageThroughInBothDirections) {
  constexpr std::uint64_t kEntries = 1000;
  std::vector<EntryId> ids;
  for (std::uint64_t i = 0; i < kEntries; i += 50) {
    Batch batch;
    for (std::uint64_t k = i; k < i + 50; ++k) {
      const LogTarget target{kAlice, k % 3, static_cast<std::uint8_t>(k % 2)};
      batch.append(std::span(&target, 1), std::to_string(k));
    }
    const auto given = must_commit(std::move(batch));
    ids.insert(ids.end(), given.begin(), given.end());
    if (i == kEntries / 2)
      under_->reopen();
  }
  check_now_and_after_restart([&] {
    for (const bool newest_first : {false, true}) {
      for (const bool by_tag : {false, true}) {
        std::vector<EntryId> seen;
        LogQuery query{.log = kAlice, .newest_first = newest_first, .limit = 37};
        if (by_tag)
          query.tag = 1;
        for (bool complete = false; !complete;) {
          const LogPage page = must_read(query);
          complete = page.complete;
          ASSERT_TRUE(complete || page.entries.size() == 37);
          for (const Entry& entry : page.entries)
            seen.push_back(entry.id);
          (newest_first ? query.before : query.after) = seen.back();
        }
        std::vector<EntryId> expected;
        for (std::uint64_t k = 0; k < kEntries; ++k)
          if (!by_tag || k % 3 == 1)
            expected.push_back(ids[k]);
        if (newest_first)
          std::ranges::reverse(expected);
        EXPECT_EQ(seen, expected);
      }
    }
  });
}

TEST_P(StoreConformance, ReadIdsLeavesOutWhatIsAbsent) {
  const EntryId a = must_append(kAlice, "a");
  const EntryId b = must_append(kBob, "b");
  const EntryId c = must_append(kAlice, "c");
  check_now_and_after_restart([&] {
    const auto page = blocking().read_ids(kAlice, {c, b, EntryId{5}, a});
    ASSERT_TRUE(page);
    ASSERT_EQ(page->entries.size(), 2U);
    EXPECT_EQ(page->entries[0].body, "c");
    EXPECT_EQ(page->entries[1].body, "a");
    EXPECT_TRUE(blocking().read_ids(kCarol, {a})->entries.empty());
  });
}

TEST_P(StoreConformance, BodiesOfEverySizeComeBackAsTheyWere) {
  std::vector<std::string> given{"", std::string(1, '\0'), std::string(5000, '\0'),
                                 std::string(kEntryBytesMax, 'm')};
  for (const auto& body : given)
    must_append(kAlice, body);
  check_now_and_after_restart(
      [&] { EXPECT_EQ(bodies({.log = kAlice, .bytes_max = 1U << 30}), given); });
}

TEST_P(StoreConformance, RecordsArePutReplacedAndRemoved) {
  must_put(kAlice, kRoster, "bob", "friend");
  must_put(kAlice, kRoster, "carol", "boss");
  must_put(kAlice, kRoster, "bob", "foe");
  must_put(kAlice, kVcard, "bob", "other keyspace");
  must_put(kBob, kRoster, "bob", "other owner");
  must_put(kAlice, kRoster, "", "no key");
  must_put(kAlice, kRoster, std::string("\0\xff", 2), std::string("\0", 1));
  Batch batch;
  batch.remove(kAlice, kRoster, "carol");
  batch.remove(kAlice, kRoster, "never there");
  must_commit(std::move(batch));
  check_now_and_after_restart([&] {
    EXPECT_EQ(must_get(kAlice, kRoster, "bob"), "foe");
    EXPECT_EQ(must_get(kAlice, kRoster, "carol"), std::nullopt);
    EXPECT_EQ(must_get(kAlice, kVcard, "bob"), "other keyspace");
    EXPECT_EQ(must_get(kBob, kRoster, "bob"), "other owner");
    EXPECT_EQ(must_get(kCarol, kRoster, "bob"), std::nullopt);
    EXPECT_EQ(must_get(kAlice, kRoster, ""), "no key");
    EXPECT_EQ(must_get(kAlice, kRoster, std::string("\0\xff", 2)), std::string("\0", 1));
  });
}

TEST_P(StoreConformance, ScanGoesByKeyBytewise) {
  Batch batch;
  for (const char* key : {"b", "a", "ba", "\xff", "bb", "c", "\xff\xff"})
    batch.put(kAlice, kRoster, key, key);
  batch.put(kAlice, Keyspace{"roste"}, "x", "");
  batch.put(kAlice, Keyspace{"roster-2"}, "x", "");
  batch.put(kBob, kRoster, "x", "");
  must_commit(std::move(batch));
  check_now_and_after_restart([&] {
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kRoster}),
                ElementsAre("a", "b", "ba", "bb", "c", "\xff", "\xff\xff"));
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kRoster, .after = "b"}),
                ElementsAre("ba", "bb", "c", "\xff", "\xff\xff"));
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kRoster, .after = "aaaa", .limit = 2}),
                ElementsAre("b", "ba"));
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kRoster, .prefix = "b"}),
                ElementsAre("b", "ba", "bb"));
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kRoster, .after = "ba", .prefix = "b"}),
                ElementsAre("bb"));
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kRoster, .after = "c", .prefix = "b"}),
                IsEmpty());
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kRoster, .prefix = "\xff"}),
                ElementsAre("\xff", "\xff\xff"));
    EXPECT_THAT(keys({.owner = kCarol, .keyspace = kRoster}), IsEmpty());
    EXPECT_FALSE(blocking().scan({.owner = kAlice, .keyspace = kRoster, .limit = 6})->complete);
    EXPECT_TRUE(blocking().scan({.owner = kAlice, .keyspace = kRoster, .limit = 7})->complete);
    EXPECT_TRUE(blocking()
                    .scan({.owner = kAlice, .keyspace = kRoster, .prefix = "b", .limit = 3})
                    ->complete);
  });
}

TEST_P(StoreConformance, LoadGivesSeveralKeyspacesInTheOrderAskedFor) {
  must_put(kAlice, kRoster, "b", "2");
  must_put(kAlice, kRoster, "a", "1");
  must_put(kAlice, kVcard, "v", "3");
  must_put(kBob, kVcard, "w", "4");
  check_now_and_after_restart([&] {
    const auto all = blocking().load(kAlice, {kVcard, Keyspace{"none"}, kRoster});
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 3U);
    ASSERT_EQ((*all)[0].size(), 1U);
    EXPECT_EQ((*all)[0][0].value, "3");
    EXPECT_TRUE((*all)[1].empty());
    ASSERT_EQ((*all)[2].size(), 2U);
    EXPECT_EQ((*all)[2][0].key, "a");
    EXPECT_EQ((*all)[2][1].value, "2");
  });
}

TEST_P(StoreConformance, RemoveAllTakesOneKeyspace) {
  must_put(kAlice, kRoster, "a", "");
  must_put(kAlice, kRoster, "\xff", "");
  must_put(kAlice, Keyspace{"roster-2"}, "a", "");
  must_put(kAlice, kVcard, "a", "");
  must_put(kBob, kRoster, "a", "");
  Batch batch;
  batch.put(kAlice, kRoster, "before", "");
  batch.remove_all(kAlice, kRoster);
  batch.put(kAlice, kRoster, "after", "");
  must_commit(std::move(batch));
  check_now_and_after_restart([&] {
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kRoster}), ElementsAre("after"));
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = Keyspace{"roster-2"}}), ElementsAre("a"));
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kVcard}), ElementsAre("a"));
    EXPECT_THAT(keys({.owner = kBob, .keyspace = kRoster}), ElementsAre("a"));
  });
}

TEST_P(StoreConformance, EraseOwnerTakesTheLogAndEveryRecordInOrderOfCalls) {
  const EntryId shared = must_append({{kAlice, 1}, {kBob, 2}}, "shared");
  must_append(kAlice, "own");
  must_put(kAlice, kRoster, "a", "1");
  must_put(kAlice, kVcard, "a", "2");
  must_put(kBob, kVcard, "b", "3");
  Batch batch;
  const LogTarget alice{kAlice, 1};
  batch.append(std::span(&alice, 1), "gone too");
  batch.erase_owner(kAlice);
  batch.append(std::span(&alice, 1), "stays");
  batch.put(kAlice, kVcard, "new", "4");
  must_commit(std::move(batch));
  check_now_and_after_restart([&] {
    EXPECT_THAT(bodies({.log = kAlice}), ElementsAre("stays"));
    EXPECT_THAT(bodies({.log = kAlice, .tag = 1, .newest_first = true}), ElementsAre("stays"));
    EXPECT_TRUE(blocking().read_ids(kAlice, {shared})->entries.empty());
    EXPECT_THAT(bodies({.log = kBob}), ElementsAre("shared"));
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kRoster}), IsEmpty());
    EXPECT_THAT(keys({.owner = kAlice, .keyspace = kVcard}), ElementsAre("new"));
    EXPECT_EQ(must_get(kBob, kVcard, "b"), "3");
  });
}

TEST_P(StoreConformance, TrimTakesEntriesUpToAndIncluding) {
  std::vector<EntryId> ids;
  for (const char* body : {"0", "1", "2", "3"})
    ids.push_back(must_append({{kAlice, 1}, {kBob, 2}}, body));
  Batch batch;
  batch.trim(kAlice, ids[1]);
  batch.trim(kBob, kAfterAll);
  const LogTarget bob{kBob};
  batch.append(std::span(&bob, 1), "after");
  must_commit(std::move(batch));
  check_now_and_after_restart([&] {
    EXPECT_THAT(bodies({.log = kAlice}), ElementsAre("2", "3"));
    EXPECT_THAT(bodies({.log = kAlice, .tag = 1, .newest_first = true}), ElementsAre("3", "2"));
    EXPECT_THAT(bodies({.log = kBob}), ElementsAre("after"));
    EXPECT_TRUE(must_read({.log = kAlice, .newest_first = true, .limit = 2}).complete);
    EXPECT_TRUE(must_read({.log = kAlice, .before = ids[2]}).complete);
  });
}

TEST_P(StoreConformance, EraseEntryTakesOneEntryOfOneLog) {
  std::vector<EntryId> ids;
  for (const char* body : {"0", "1", "2"})
    ids.push_back(must_append({{kAlice, 1}, {kBob, 2}}, body));
  Batch batch;
  batch.erase_entry(kAlice, ids[1]);
  batch.erase_entry(kAlice, EntryId{ids[2].value + 1000000});
  batch.erase_entry(kCarol, ids[0]);
  must_commit(std::move(batch));
  check_now_and_after_restart([&] {
    EXPECT_THAT(bodies({.log = kAlice}), ElementsAre("0", "2"));
    EXPECT_THAT(bodies({.log = kAlice, .tag = 1}), ElementsAre("0", "2"));
    EXPECT_TRUE(blocking().read_ids(kAlice, {ids[1]})->entries.empty());
    EXPECT_THAT(bodies({.log = kBob}), ElementsAre("0", "1", "2"));
  });
}

TEST_P(StoreConformance, ABatchIsReusableAfterClearAndAnEmptyOneCommits) {
  Batch batch;
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0U);
  const LogTarget alice{kAlice};
  batch.append(std::span(&alice, 1), "x");
  EXPECT_FALSE(batch.empty());
  EXPECT_GT(batch.bytes(), 0U);
  batch.clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_TRUE(must_commit(std::move(batch)).empty());
  EXPECT_THAT(bodies({.log = kAlice}), IsEmpty());
}

TEST_P(StoreConformance, CompletionsRunInOrderOneAtATimeOnOneThreadAndReadsSeeWhatTheyAnnounce) {
  constexpr int kThreads = 4, kCommits = 300;
  struct Seen {
    EntryId last;
    std::thread::id thread;
    std::vector<int> next = std::vector<int>(kThreads, 0);
    bool bad = false;
  } seen;
  std::atomic<int> inside{0};
  std::atomic<bool> reads_ok{true};
  std::latch all(std::ptrdiff_t{2} * kThreads * kCommits);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCommits; ++i) {
        Batch batch;
        const LogTarget target{Owner{static_cast<std::uint64_t>(t) + 1}};
        batch.append(std::span(&target, 1), std::to_string(i));
        store().commit(std::move(batch), [&, t, i, target](const Result<Committed>& result) {
          if (inside.fetch_add(1) != 0 || !result || result->ids.size() != 1)
            seen.bad = true;
          if (seen.last == EntryId{})
            seen.thread = std::this_thread::get_id();
          if (result && result->ids[0] <= seen.last)
            seen.bad = true;
          if (seen.thread != std::this_thread::get_id())
            seen.bad = true;
          if (seen.next[static_cast<std::size_t>(t)]++ != i)
            seen.bad = true;
          if (result)
            seen.last = result->ids[0];
          store().read({.log = target.log, .newest_first = true, .limit = 1},
                       [&, id = seen.last](const Result<LogPage>& page) {
                         if (!page || page->entries.empty() || page->entries[0].id < id)
                           reads_ok = false;
                         all.count_down();
                       });
          inside.fetch_sub(1);
          all.count_down();
        });
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  all.wait();
  EXPECT_FALSE(seen.bad);
  EXPECT_TRUE(reads_ok);
}

TEST_P(StoreConformance, StatsCount) {
  must_append({{kAlice}, {kBob}}, "x");
  must_put(kAlice, kRoster, "a", "1");
  const Stats stats = store().stats();
  EXPECT_EQ(stats.commits, 2U);
  EXPECT_GE(stats.syncs, 1U);
  EXPECT_LE(stats.syncs, 2U);
  EXPECT_EQ(stats.entries, 1U);
  EXPECT_GT(stats.bytes_written, 0U);
  EXPECT_EQ(stats.queue_bytes, 0U);
  EXPECT_FALSE(stats.failed);
}

TEST_P(StoreConformance, AfterARefusedWriteAllCommitsFailAndReadsGoOn) {
  must_append(kAlice, "kept");
  must_put(kAlice, kRoster, "a", "kept");
  under_->refuse_writes();
  for (int i = 0; i < 3; ++i) {
    Batch batch;
    const LogTarget alice{kAlice};
    batch.append(std::span(&alice, 1), "lost");
    batch.put(kAlice, kRoster, "a", "lost");
    const auto result = blocking().commit(std::move(batch));
    ASSERT_FALSE(result);
    EXPECT_FALSE(result.error().what.empty());
  }
  EXPECT_TRUE(store().stats().failed);
  EXPECT_THAT(bodies({.log = kAlice}), ElementsAre("kept"));
  EXPECT_EQ(must_get(kAlice, kRoster, "a"), "kept");
}

TEST_P(StoreConformance, CloseWaitsForWhatWasGivenAndLaterCallsFail) {
  std::atomic<int> completed{0};
  for (int i = 0; i < 100; ++i) {
    Batch batch;
    batch.put(kAlice, kRoster, std::to_string(i), "");
    store().commit(std::move(batch),
                   [&](const Result<Committed>& result) { completed += result ? 1 : 0; });
  }
  store().close();
  closed_ = true;
  EXPECT_EQ(completed, 100);
  Batch batch;
  batch.put(kAlice, kRoster, "late", "");
  EXPECT_FALSE(blocking().commit(std::move(batch)));
  EXPECT_FALSE(blocking().get(kAlice, kRoster, "1"));
  EXPECT_FALSE(blocking().read({.log = kAlice}));
  EXPECT_FALSE(blocking().tags({.log = kAlice}));
}

TEST_P(StoreConformance, BackupIsAConsistentStateTakenWhileCommitsGoOn) {
  const std::string path = under_->backup_path();
  if (path.empty())
    GTEST_SKIP() << "this backend has no backups";
  must_append({{kAlice, 1}, {kBob, 2}}, "before");
  must_put(kAlice, kRoster, "a", "1");
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) {
      Batch batch;
      const std::array<LogTarget, 2> targets{LogTarget{kCarol}, LogTarget{kDave}};
      batch.append(targets, "during");
      batch.put(kCarol, kRoster, "count", "x");
      must_commit(std::move(batch));
    }
  });
  const auto bytes = blocking().backup(path);
  stop = true;
  writer.join();
  ASSERT_TRUE(bytes) << bytes.error().text();
  EXPECT_GT(*bytes, 0U);
  EXPECT_FALSE(blocking().backup(path)) << "the directory exists";
  const auto copy = under_->open_backup(path);
  ASSERT_TRUE(copy);
  BlockingStore restored(copy->store());
  EXPECT_EQ(restored.read({.log = kAlice})->entries.at(0).body, "before");
  EXPECT_EQ(*restored.get(kAlice, kRoster, "a"), "1");
  const auto carol = restored.read({.log = kCarol, .limit = 1000000, .bytes_max = 1U << 30});
  const auto dave = restored.read({.log = kDave, .limit = 1000000, .bytes_max = 1U << 30});
  ASSERT_TRUE(carol && dave);
  EXPECT_EQ(carol->entries.size(), dave->entries.size());
  EXPECT_EQ(restored.get(kCarol, kRoster, "count")->has_value(), !carol->entries.empty());
  copy->store().close();
}

} // namespace rookery::storage

// Conformance tests of Store::tags(): see conformance.h.
#pragma once

#include "storage/conformance.h"

namespace rookery::storage {

TEST_P(StoreConformance, TagsComeWithTheirNewestEntryTheGreatestFirst) {
  EXPECT_THAT(tags({.log = kAlice}), IsEmpty());
  constexpr std::uint64_t kGreatest = ~std::uint64_t{0};
  must_append({{kAlice, 7}}, "a");
  const EntryId of_zero = must_append({{kAlice, 0}}, "b");
  const EntryId of_greatest = must_append({{kAlice, kGreatest}, {kBob, 7}}, "c");
  const EntryId of_seven = must_append({{kAlice, 7}}, "d");
  check_now_and_after_restart([&] {
    EXPECT_THAT(tags({.log = kAlice}),
                ElementsAre(NewestOfTag{kGreatest, of_greatest}, NewestOfTag{7, of_seven},
                            NewestOfTag{0, of_zero}));
    EXPECT_THAT(tags({.log = kBob}), ElementsAre(NewestOfTag{7, of_greatest}));
    EXPECT_THAT(tags({.log = kCarol}), IsEmpty());
  });
}

TEST_P(StoreConformance, TagsOfEntriesFromBeforeAndAfterARestartAreOneList) {
  const EntryId of_five = must_append({{kAlice, 5}}, "old");
  must_append({{kAlice, 3}}, "old");
  const EntryId of_one = must_append({{kAlice, 1}}, "old");
  under_->reopen();
  const EntryId of_four = must_append({{kAlice, 4}}, "new");
  const EntryId of_three = must_append({{kAlice, 3}}, "new");
  EXPECT_THAT(tags({.log = kAlice}), ElementsAre(NewestOfTag{5, of_five}, NewestOfTag{4, of_four},
                                                 NewestOfTag{3, of_three}, NewestOfTag{1, of_one}));
  EXPECT_THAT(tags({.log = kAlice, .below = 5, .limit = 2}),
              ElementsAre(NewestOfTag{4, of_four}, NewestOfTag{3, of_three}));
}

TEST_P(StoreConformance, TagsAreThoseOfEntriesThatHaveTheFlags) {
  const EntryId history = must_append({{kAlice, 7, 5}}, "a");
  must_append({{kAlice, 7, 1}}, "b");
  const EntryId passing = must_append({{kAlice, 8, 1}}, "c");
  check_now_and_after_restart([&] {
    EXPECT_THAT(tags({.log = kAlice, .flags_all = 4}), ElementsAre(NewestOfTag{7, history}));
    EXPECT_THAT(tags({.log = kAlice, .flags_all = 1, .limit = 1}),
                ElementsAre(NewestOfTag{8, passing}));
    EXPECT_THAT(tags({.log = kAlice, .flags_all = 8}), IsEmpty());
  });
}

TEST_P(StoreConformance, ErasedEntriesAreNotTheNewestOfTheirTag) {
  const EntryId first = must_append({{kAlice, 1}, {kBob, 9}}, "1");
  const EntryId second = must_append({{kAlice, 2}}, "2");
  const EntryId third = must_append({{kAlice, 2}}, "3");
  const EntryId fourth = must_append({{kAlice, 3}}, "4");
  const EntryId of_zero = must_append({{kAlice, 0}}, "0");
  under_->reopen();
  const EntryId fifth = must_append({{kAlice, 2}}, "5");
  Batch newest;
  newest.erase_entry(kAlice, fifth);
  newest.erase_entry(kAlice, third);
  newest.erase_entry(kAlice, fourth);
  newest.erase_entry(kAlice, of_zero);
  must_commit(std::move(newest));
  check_now_and_after_restart([&] {
    EXPECT_THAT(tags({.log = kAlice}), ElementsAre(NewestOfTag{2, second}, NewestOfTag{1, first}));
    // One that has none does not take the place of one that has some, nor is it a next one.
    EXPECT_THAT(tags({.log = kAlice, .limit = 1}), ElementsAre(NewestOfTag{2, second}));
    EXPECT_TRUE(blocking().tags({.log = kAlice, .below = 2, .limit = 1})->complete);
  });
  Batch oldest;
  oldest.trim(kAlice, first);
  must_commit(std::move(oldest));
  check_now_and_after_restart([&] {
    EXPECT_THAT(tags({.log = kAlice}), ElementsAre(NewestOfTag{2, second}));
    EXPECT_THAT(tags({.log = kBob}), ElementsAre(NewestOfTag{9, first}));
  });
  Batch all;
  all.erase_owner(kAlice);
  must_commit(std::move(all));
  check_now_and_after_restart([&] { EXPECT_THAT(tags({.log = kAlice}), IsEmpty()); });
}

TEST_P(StoreConformance, ManyTagsPageThrough) {
  constexpr std::uint64_t kTags = 300, kEntries = 3'000;
  std::vector<NewestOfTag> expected(kTags);
  for (std::uint64_t i = 0; i < kEntries; i += 100) {
    Batch batch;
    for (std::uint64_t k = i; k < i + 100; ++k) {
      // One of the tags has most of the entries, and so several blocks.
      const LogTarget target{kAlice, k % 4 == 0 ? (k / 4) % kTags : kTags / 2};
      batch.append(std::span(&target, 1), "x");
    }
    const auto given = must_commit(std::move(batch));
    for (std::uint64_t k = i; k < i + 100; ++k) {
      const std::uint64_t tag = k % 4 == 0 ? (k / 4) % kTags : kTags / 2;
      expected[kTags - 1 - tag] = {tag, given[k - i]};
    }
    if (i == 1'000 || i == 2'000)
      under_->reopen();
  }
  check_now_and_after_restart([&] {
    for (const std::uint32_t limit : {7U, 300U, 1'000U}) {
      std::vector<NewestOfTag> seen;
      for (TagQuery query{.log = kAlice, .limit = limit};;) {
        const auto page = blocking().tags(query);
        ASSERT_TRUE(page);
        seen.insert(seen.end(), page->tags.begin(), page->tags.end());
        if (page->complete)
          break;
        ASSERT_EQ(page->tags.size(), limit);
        query.below = seen.back().tag;
      }
      EXPECT_EQ(seen, expected);
    }
  });
}

} // namespace rookery::storage

#include "storage/memory_store.h"

#include "storage/conformance.h"
#include "storage/conformance_tags.h"

namespace rookery::storage {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
public:
  Store& store() override { return store_; }
  ManualClock& clock() override { return clock_; }
  void refuse_writes() override { store_.refuse_writes(); }

private:
  ManualClock clock_;
  MemoryStore store_{clock_};
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreConformance,
                         testing::Values(StoreMaker{"memory", [] {
                                                      return std::unique_ptr<StoreUnderTest>(
                                                          std::make_unique<MemoryUnderTest>());
                                                    }}));

Batch one_put(std::string_view key) {
  Batch batch;
  batch.put(kAlice, kRoster, key, "1");
  return batch;
}

TEST(MemoryStore, ManualCommitsCompleteWhenTheTestSaysSo) {
  ManualClock clock;
  MemoryStore store(clock, MemoryMode::kManual);
  std::vector<std::string> completed;
  for (const char* key : {"a", "b", "c"})
    store.commit(one_put(key), [&, key](const Result<Committed>& result) {
      completed.push_back(std::string(key) + (result ? " kept" : " refused"));
    });
  EXPECT_EQ(store.waiting(), 3U);
  EXPECT_GT(store.stats().queue_bytes, 0U);
  EXPECT_EQ(*BlockingStore(store).get(kAlice, kRoster, "a"), std::nullopt);
  EXPECT_TRUE(store.complete_one());
  EXPECT_EQ(*BlockingStore(store).get(kAlice, kRoster, "a"), "1");
  store.refuse_writes();
  EXPECT_EQ(store.complete_all(), 2U);
  EXPECT_FALSE(store.complete_one());
  EXPECT_THAT(completed, ElementsAre("a kept", "b refused", "c refused"));
  store.close();
}

TEST(MemoryStore, InlineCompletionsThatCommitAgainAreServedAfterwards) {
  ManualClock clock;
  MemoryStore store(clock, MemoryMode::kInline);
  std::vector<std::string> events;
  store.commit(one_put("a"), [&](const Result<Committed>&) {
    store.commit(one_put("b"), [&](const Result<Committed>&) { events.emplace_back("b"); });
    events.emplace_back("a");
  });
  EXPECT_THAT(events, ElementsAre("a", "b"));
  store.close();
}

} // namespace
} // namespace rookery::storage

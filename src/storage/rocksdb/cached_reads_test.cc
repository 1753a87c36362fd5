// Records that lie in memory are answered by the caller's own thread, and no other.
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "storage/blocking.h"
#include "storage/memory_disk.h"
#include "storage/rocksdb/store_test_support.h"

namespace rookery::storage {
namespace {

constexpr Keyspace kKeys{"keys"};
constexpr Owner kOwner{500};

class CachedReadsTest : public ::testing::Test {
protected:
  CachedReadsTest() { open(); }
  ~CachedReadsTest() override {
    if (store_)
      store_->close();
  }

  void open() {
    auto opened = open_rocksdb_store(small_options(log_, clock_, disk_));
    ASSERT_TRUE(opened) << opened.error().text();
    store_ = std::move(*opened);
  }
  /// One among others that fill more blocks than are looked at when the store is opened.
  void put() {
    Batch batch;
    for (std::uint64_t owner = 1; owner < 2 * kOwner.value; ++owner)
      batch.put(Owner(owner), kKeys, owner == kOwner.value ? "key" : std::string(100, 'x'),
                "value");
    ASSERT_TRUE(BlockingStore(*store_).commit(std::move(batch)));
  }
  /// What `read` finds, and whether this thread found it.
  struct Answer {
    bool found = false;
    bool here = false;
  };
  template <class T>
  Answer ask(const std::function<void(Store::Done<T>)>& read, bool (*has)(const Result<T>&)) {
    std::promise<Answer> promise;
    read([&, self = std::this_thread::get_id()](const Result<T>& result) {
      promise.set_value({has(result), self == std::this_thread::get_id()});
    });
    return promise.get_future().get();
  }
  Answer get(Owner owner = kOwner) {
    return ask<std::optional<std::string>>(
        [&](auto done) { store_->get(owner, kKeys, "key", std::move(done)); },
        [](const Result<std::optional<std::string>>& result) {
          return result && *result == "value";
        });
  }
  Answer load() {
    return ask<std::vector<std::vector<Record>>>(
        [&](auto done) { store_->load(kOwner, {kKeys}, std::move(done)); },
        [](const Result<std::vector<std::vector<Record>>>& result) {
          return result && result->front().size() == 1 && result->front()[0].value == "value";
        });
  }

  MemoryDisk disk_;
  KeepingLog log_;
  ManualClock clock_;
  std::unique_ptr<Store> store_;
};

TEST_F(CachedReadsTest, WhatWasJustWrittenIsThere) {
  put();
  // Soon: where a table has been written of it meanwhile, that is looked at once first.
  const auto is_here = [](const auto& read, bool found) {
    bool here = false;
    for (int again = 0; again < 50; ++again) {
      const Answer answer = read();
      EXPECT_EQ(answer.found, found);
      here |= answer.here;
    }
    return here;
  };
  EXPECT_TRUE(is_here([this] { return get(); }, true));
  EXPECT_TRUE(is_here([this] { return load(); }, true));
  EXPECT_TRUE(is_here([this] { return get(Owner(5000)); }, false)) << "what is nowhere, too";
}

TEST_F(CachedReadsTest, WhatLiesOnTheDiskIsReadByAnother) {
  for (const bool whole : {false, true}) {
    put();
    store_->close();
    store_.reset();
    open();
    const Answer first = whole ? load() : get();
    EXPECT_TRUE(first.found);
    EXPECT_FALSE(first.here);
    bool here = false; // soon: after a look in vain some go without
    for (int again = 0; again < 20; ++again) {
      const Answer answer = whole ? load() : get();
      EXPECT_TRUE(answer.found);
      here |= answer.here;
    }
    EXPECT_TRUE(here);
  }
}

// RocksDB answers so where it has not looked.
TEST_F(CachedReadsTest, ThatAValueIsEmptyIsNotBelievedUnread) {
  Batch batch;
  batch.put(kOwner, kKeys, "key", "");
  ASSERT_TRUE(BlockingStore(*store_).commit(std::move(batch)));
  const Answer answer = ask<std::optional<std::string>>(
      [&](auto done) { store_->get(kOwner, kKeys, "key", std::move(done)); },
      [](const Result<std::optional<std::string>>& result) { return result && *result == ""; });
  EXPECT_TRUE(answer.found);
  EXPECT_FALSE(answer.here);
}

TEST_F(CachedReadsTest, AClosedStoreAnswersWithAnError) {
  put();
  store_->close();
  EXPECT_FALSE(get().found);
  EXPECT_FALSE(load().found);
  store_.reset();
}

} // namespace
} // namespace rookery::storage

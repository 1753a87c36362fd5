// Cases 55 to 57: whatever the disk does, and whenever, what was acknowledged is there once, in
// order, and whole; what was not is there whole or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "base/random.h"
#include "storage/blocking.h"
#include "storage/fault_disk.h"
#include "storage/memory_disk.h"
#include "storage/rocksdb/store_test_support.h"

namespace rookery::storage {
namespace {

constexpr Keyspace kState{"state"};
constexpr std::uint64_t kLogs = 4;

/// What a store that has taken the first `n` batches of a run holds: logs of batch numbers.
using Model = std::map<std::uint64_t, std::vector<int>>;

/// A run of numbered batches. Each appends its number to two logs and puts it to a record; some
/// erase.
class Workload {
public:
  explicit Workload(std::uint64_t seed) : random_(seed) {}

  /// Gives `count` batches more, never more than a few unacknowledged; stops early when the store
  /// refuses.
  void run(Store& store, int count) {
    for (int i = 0; i < count; ++i) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return waiting_ < kWindow; });
      if (refused_)
        break;
      Batch batch = next();
      const int number = given_++;
      ++waiting_;
      lock.unlock();
      store.commit(std::move(batch), [this, number](const Result<Committed>& result) {
        const std::lock_guard done_lock(mutex_);
        --waiting_;
        if (result) {
          EXPECT_FALSE(refused_) << "acknowledged after a refusal";
          EXPECT_EQ(acknowledged_ + 1, number);
          acknowledged_ = number;
          ids_[number] = result->ids[0];
        } else {
          refused_ = true;
        }
        changed_.notify_all();
      });
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ == 0; });
    refused_ = false;
  }

  /// Compares a store just opened with what it must hold, and goes on from there.
  void check(Store& opened) {
    BlockingStore store(opened);
    const auto last = store.get(kNodeOwner, kState, "last");
    ASSERT_TRUE(last) << last.error().text();
    const int kept = *last ? std::stoi(**last) : -1;
    ASSERT_GE(kept, acknowledged_) << "acknowledged data is lost";
    ASSERT_LT(kept, given_);
    Model model;
    for (int number = 0; number <= kept; ++number)
      effects_[static_cast<std::size_t>(number)](model);
    EntryId greatest;
    for (std::uint64_t log = 1; log <= kLogs; ++log) {
      for (const bool by_tag : {false, true}) {
        LogQuery query{.log = Owner{log}, .limit = 100000, .bytes_max = 1U << 30};
        if (by_tag)
          query.tag = log;
        const auto page = store.read(query);
        ASSERT_TRUE(page) << page.error().text();
        std::vector<int> numbers;
        EntryId before;
        for (const Entry& entry : page->entries) {
          numbers.push_back(std::stoi(entry.body));
          ASSERT_EQ(entry.body, body(numbers.back()));
          ASSERT_GT(entry.id, before);
          before = entry.id;
          if (const auto known = ids_.find(numbers.back()); known != ids_.end()) {
            ASSERT_EQ(entry.id, known->second);
          }
          ids_[numbers.back()] = entry.id;
        }
        ASSERT_EQ(numbers, model[log]) << "log " << log << " kept " << kept;
      }
      const auto own = store.get(Owner{log}, kState, "own");
      ASSERT_TRUE(own);
      const auto expected = model.find(log + 100); // records of the log's owner
      ASSERT_EQ(own->has_value(), expected != model.end() && !expected->second.empty());
    }
    // What was given and not kept never happened: the next run's numbers follow.
    effects_.resize(static_cast<std::size_t>(kept) + 1);
    ids_.erase(ids_.upper_bound(kept), ids_.end());
    given_ = kept + 1;
    acknowledged_ = kept;
  }

  [[nodiscard]] int acknowledged() const { return acknowledged_; }

private:
  static constexpr int kWindow = 5;

  static std::string body(int number) {
    const auto bytes = static_cast<std::size_t>(number * 7919 % 1500);
    return std::to_string(number) + ":" + std::string(bytes, static_cast<char>('a' + number % 26));
  }

  Batch next() {
    const int number = given_;
    const std::uint64_t a = random_.u64() % kLogs + 1;
    const std::uint64_t b = a % kLogs + 1;
    const std::array<LogTarget, 2> targets{LogTarget{Owner{a}, a}, LogTarget{Owner{b}, b}};
    std::vector<std::function<void(Model&)>> parts;
    Batch batch;
    batch.append(targets, body(number));
    batch.put(kNodeOwner, kState, "last", std::to_string(number));
    batch.put(Owner{a}, kState, "own", std::string(100, 'v'));
    parts.emplace_back([=](Model& model) {
      model[a].push_back(number);
      model[b].push_back(number);
      model[a + 100] = {1};
    });
    const std::uint64_t kind = random_.u64() % 12;
    const std::uint64_t log = random_.u64() % kLogs + 1;
    if (kind == 0) {
      batch.erase_owner(Owner{log});
      parts.emplace_back([=](Model& model) { model[log].clear(), model[log + 100].clear(); });
    } else if (kind <= 2 && !ids_.empty()) {
      const int through = static_cast<int>(random_.u64() % ids_.size());
      if (const auto known = ids_.find(through); known != ids_.end()) {
        if (kind == 1)
          batch.trim(Owner{log}, known->second);
        if (kind == 2)
          batch.erase_entry(Owner{log}, known->second);
        parts.emplace_back([=](Model& model) {
          std::erase_if(model[log], [&](int n) { return kind == 1 ? n <= through : n == through; });
        });
      }
    }
    effects_.emplace_back([parts](Model& model) {
      for (const auto& part : parts)
        part(model);
    });
    return batch;
  }

  SeededRandom random_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int given_ = 0, waiting_ = 0, acknowledged_ = -1;
  bool refused_ = false;
  std::map<int, EntryId> ids_;
  std::vector<std::function<void(Model&)>> effects_;
};

/// A disk that a test can switch off or make refuse at its n-th call.
class Harness {
public:
  explicit Harness(std::uint64_t seed) : random(seed) {}

  RocksdbOptions options() {
    RocksdbOptions options = small_options(log, clock, disk);
    options.segment_bytes = 16 << 10;
    options.memtable_bytes = 16 << 10;
    return options;
  }
  Result<std::unique_ptr<Store>> open() { return open_rocksdb_store(options()); }

  /// Everything before call `n` happens, nothing from it on.
  void switch_off_at(std::int64_t n) {
    calls = 0;
    off_at = n;
  }
  void refuse_once_at(std::int64_t n) {
    calls = 0;
    refuse_at = n;
  }
  void behave() { off_at = refuse_at = kNever; }

  static constexpr std::int64_t kNever = 1LL << 60;
  static int refusal(DiskCall call) {
    if (call == DiskCall::kOpen)
      return EMFILE;
    return call == DiskCall::kWrite || call == DiskCall::kAllocate ? ENOSPC : EIO;
  }
  int hook(DiskCall call) {
    if (!changes_disk(call))
      return calls >= off_at ? EIO : 0;
    const std::int64_t n = ++calls;
    if (n >= off_at)
      return EIO;
    return n == refuse_at ? refusal(call) : 0;
  }

  SeededRandom random;
  KeepingLog log;
  SystemClock clock;
  MemoryDisk memory;
  std::atomic<std::int64_t> calls = 0, off_at = kNever, refuse_at = kNever;
  FaultDisk disk{memory, [this](DiskCall call, const std::string&) { return hook(call); }};
};

class PowerCut : public testing::TestWithParam<int> {};

/// Four cuts in a row on one disk, so that recoveries meet what recoveries left. 250 seeds: 1,000
/// cuts.
TEST_P(PowerCut, Case55And56AcknowledgedBatchesSurviveWhole) {
  for (int seed = GetParam(); seed < GetParam() + 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Harness harness(static_cast<std::uint64_t>(seed));
    Workload work(static_cast<std::uint64_t>(seed));
    for (int round = 0; round < 4; ++round) {
      SCOPED_TRACE("round " + std::to_string(round));
      harness.switch_off_at(1 + static_cast<std::int64_t>(harness.random.u64() % 700));
      if (auto store = harness.open()) {
        work.run(**store, 80);
        (*store)->close();
      }
      harness.memory.power_cut(round == 0 ? nullptr : &harness.random);
      harness.behave();
      auto store = harness.open();
      ASSERT_TRUE(store) << store.error().text() << "\n" << harness.log.text();
      work.check(**store);
      ASSERT_FALSE(HasFatalFailure()) << harness.log.text();
      (*store)->close();
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, PowerCut, testing::Range(0, 250, 25));

/// Every call that changes the disk refuses once, in a run each.
TEST(RefusedCall, Case57NothingIsAcknowledgedAfterItAndARestartIsClean) {
  std::int64_t total = 0;
  for (std::int64_t n = 1; total == 0 || n <= total; ++n) {
    SCOPED_TRACE("call " + std::to_string(n));
    Harness harness(static_cast<std::uint64_t>(n));
    Workload work(7);
    harness.refuse_once_at(n);
    if (auto store = harness.open()) {
      work.run(**store, 40);
      (*store)->close();
    }
    if (harness.calls < n)
      total = n; // beyond the last call: done
    harness.behave();
    // What a failed sync left in the cache can be read now and must not be taken for durable.
    for (const bool power_cut : {false, true}) {
      if (power_cut)
        harness.memory.power_cut(nullptr);
      auto store = harness.open();
      ASSERT_TRUE(store) << store.error().text() << "\n" << harness.log.text();
      work.check(**store);
      if (HasFatalFailure())
        return;
      work.run(**store, 3);
      (*store)->close();
    }
  }
  EXPECT_GT(total, 100);
}

} // namespace
} // namespace rookery::storage

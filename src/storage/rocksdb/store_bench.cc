// What a message costs: 300 bytes kept for two accounts, and the session's count of handled stanzas
// as a record beside it. CPU is the whole process's, all threads, checkpoints and merges included:
// see docs/decisions/0002-segments-are-the-log.md.
//
//   rocksdb_bench --benchmark_filter=commit
#include <benchmark/benchmark.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <array>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "base/random.h"
#include "storage/blocking.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace rookery::storage {
namespace {

constexpr std::size_t kBodyBytes = 300;
constexpr std::uint64_t kAccounts = 10000;

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

class BenchStore {
public:
  explicit BenchStore(Durability durability) : durability_(durability) {
    directory_ = (std::filesystem::temp_directory_path() / "rookery-bench-XXXXXX").string();
    if (::mkdtemp(directory_.data()) == nullptr)
      std::abort();
    open();
  }
  ~BenchStore() {
    store_->close();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  /// Nothing of the index is in the store's own memory afterwards.
  void reopen() {
    store_->close();
    store_.reset();
    open();
  }
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }

private:
  void open() {
    auto opened = open_rocksdb_store(
        {.directory = directory_, .log = log_, .clock = clock_, .durability = durability_});
    if (!opened)
      std::abort();
    store_ = std::move(*opened);
  }

  const Durability durability_;
  std::string directory_;
  NullLog log_;
  SystemClock clock_;
  std::unique_ptr<Store> store_;
};

void add_message(Batch& batch, std::uint64_t a, std::uint64_t b, std::uint64_t count,
                 std::string_view body) {
  const std::array<LogTarget, 2> targets{LogTarget{Owner{a + 1}, b}, LogTarget{Owner{b + 1}, a}};
  batch.append(targets, body);
  if (count != 0)
    batch.put(Owner{a + 1}, {"session"}, "handled", std::to_string(count));
}

/// `range(0)` messages are under way at a time, each in a batch of its own, as connections give
/// them.
void commit(benchmark::State& state, Durability durability, bool counts) {
  BenchStore store(durability);
  SeededRandom random(1);
  const std::string body(kBodyBytes, 'x');
  std::mutex mutex;
  std::condition_variable done;
  std::int64_t waiting = 0;
  std::uint64_t messages = 0;
  const double cpu_before = cpu_seconds();
  for (auto _ : state) {
    const std::int64_t window = state.range(0);
    {
      const std::lock_guard lock(mutex);
      waiting = window;
    }
    for (std::int64_t i = 0; i < window; ++i) {
      const std::uint64_t pair = random.u64() % (kAccounts / 2);
      Batch batch;
      add_message(batch, 2 * pair, 2 * pair + 1, counts ? ++messages : 0, body);
      if (!counts)
        ++messages;
      store->commit(std::move(batch), [&](const Result<Committed>&) {
        const std::lock_guard lock(mutex);
        if (--waiting == 0)
          done.notify_one();
      });
    }
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return waiting == 0; });
  }
  const double cpu = cpu_seconds() - cpu_before;
  const Stats stats = store->stats();
  state.counters["cpu_us/msg"] = cpu * 1e6 / static_cast<double>(messages);
  state.counters["msgs/sync"] = static_cast<double>(messages) / static_cast<double>(stats.syncs);
  state.counters["msg/s"] =
      benchmark::Counter(static_cast<double>(messages), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(commit, power, Durability::kPower, false)
    ->Arg(1)
    ->Arg(16)
    ->Arg(64)
    ->Arg(256)
    ->UseRealTime();
BENCHMARK_CAPTURE(commit, process, Durability::kProcess, false)
    ->Arg(1)
    ->Arg(16)
    ->Arg(64)
    ->Arg(256)
    ->UseRealTime();
BENCHMARK_CAPTURE(commit, power_and_record, Durability::kPower, true)
    ->Arg(64)
    ->Arg(256)
    ->UseRealTime();

/// The latest page of 50 in a store of a million entries: one account of 100,000 entries and 100
/// contacts, and many others.
void read_page(benchmark::State& state, bool by_tag) {
  constexpr std::uint64_t kEntries = 1000000;
  static BenchStore store(Durability::kProcess);
  static const bool filled = [] {
    BlockingStore blocking(*store);
    SeededRandom random(2);
    const std::string body(kBodyBytes, 'x');
    for (std::uint64_t i = 0; i < kEntries; i += 500) {
      Batch batch;
      for (int k = 0; k < 500; ++k) {
        const bool hot = k % 10 == 0;
        const std::uint64_t contact = random.u64() % 100 + 1;
        add_message(batch, hot ? 0 : random.u64() % kAccounts + 1000,
                    hot ? contact : 100 + random.u64() % 800, 0, body);
      }
      (void)blocking.commit(std::move(batch));
    }
    return true;
  }();
  benchmark::DoNotOptimize(filled);
  BlockingStore blocking(*store);
  SeededRandom random(3);
  std::size_t entries = 0;
  for (auto _ : state) {
    LogQuery query{.log = Owner{1}, .newest_first = true, .limit = 50};
    if (by_tag)
      query.tag = random.u64() % 100 + 1;
    const auto page = blocking.read(query);
    entries += page ? page->entries.size() : 0;
  }
  state.counters["entries"] =
      static_cast<double>(entries) / static_cast<double>(state.iterations());
}
BENCHMARK_CAPTURE(read_page, latest, false)->UseRealTime();
BENCHMARK_CAPTURE(read_page, by_tag, true)->UseRealTime();

/// All tags of an account of 100,000 entries with 1,000 contacts.
void all_tags(benchmark::State& state, bool reopened) {
  constexpr std::uint64_t kEntries = 100'000, kContacts = 1'000;
  BenchStore store(Durability::kProcess);
  SeededRandom random(4);
  const std::string body(kBodyBytes, 'x');
  for (std::uint64_t i = 0; i < kEntries; i += 500) {
    Batch batch;
    for (int k = 0; k < 500; ++k)
      add_message(batch, 0, random.u64() % kContacts + 1, 0, body);
    (void)BlockingStore(*store).commit(std::move(batch));
  }
  if (reopened)
    store.reopen();
  BlockingStore blocking(*store);
  std::size_t tags = 0;
  for (auto _ : state) {
    const auto page = blocking.tags({.log = Owner{1}, .limit = 2'000});
    tags += page ? page->tags.size() : 0;
  }
  state.counters["tags"] = static_cast<double>(tags) / static_cast<double>(state.iterations());
}
BENCHMARK_CAPTURE(all_tags, in_memory, false)->UseRealTime();
BENCHMARK_CAPTURE(all_tags, in_the_index, true)->UseRealTime();

} // namespace
} // namespace rookery::storage

#include "storage/rocksdb/rocksdb_store.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>
#include <thread>
#include <utility>

#include "base/random.h"
#include "storage/coding.h"
#include "storage/rocksdb/backup.h"
#include "storage/rocksdb/committer.h"
#include "storage/rocksdb/layout.h"
#include "storage/rocksdb/reader.h"
#include "storage/rocksdb/recovery.h"
#include "storage/rocksdb/worker_pool.h"

namespace rookery::storage {
namespace {

/// Where the system's cache has not got it, they mostly wait for the disk.
constexpr std::size_t kReaderThreads = 4;

class RocksdbStore final : public Store {
public:
  explicit RocksdbStore(const RocksdbOptions& options)
      : options_(options), disk_(options.disk != nullptr ? *options.disk : posix_disk()),
        failure_(options.log), files_(disk_, segments_path(options.directory)) {}
  ~RocksdbStore() override {
    if (open_)
      close();
  }

  Status open();

  void commit(Batch batch, CommitDone done) override {
    if (!committer_->commit(batch, done))
      done(std::unexpected(closed()));
  }
  void read(const LogQuery& query, Done<LogPage> done) override {
    give<LogPage>(std::move(done), [this, query] { return reader_->read(query); });
  }
  void read_ids(Owner log, std::vector<EntryId> ids, Done<LogPage> done) override {
    give<LogPage>(std::move(done),
                  [this, log, wanted = std::move(ids)] { return reader_->read_ids(log, wanted); });
  }
  void tags(const TagQuery& query, Done<TagPage> done) override {
    give<TagPage>(std::move(done), [this, query] { return index_->tags(query); });
  }
  void get(Owner owner, Keyspace keyspace, std::string_view key,
           Done<std::optional<std::string>> done) override {
    const auto read = [this, owner, name = std::string(keyspace.name), wanted = std::string(key)](
                          bool wait) { return reader_->get(owner, name, wanted, wait); };
    answer<std::optional<std::string>>(std::move(done), read);
  }
  void scan(const RecordQuery& query, Done<RecordPage> done) override {
    give<RecordPage>(std::move(done), [this, query, name = std::string(query.keyspace.name)] {
      return reader_->scan(query, name);
    });
  }
  void load(Owner owner, std::vector<Keyspace> keyspaces,
            Done<std::vector<std::vector<Record>>> done) override {
    std::vector<std::string> names;
    for (const Keyspace& keyspace : keyspaces)
      names.emplace_back(keyspace.name);
    const auto read = [this, owner, wanted = std::move(names)](bool wait) {
      return reader_->load(owner, wanted, wait);
    };
    answer<std::vector<std::vector<Record>>>(std::move(done), read);
  }
  void backup(const std::string& directory, Done<std::uint64_t> done) override {
    give<std::uint64_t>(*backups_, std::move(done), [this, directory] {
      const Maintenance::Pause pause(*maintenance_);
      return write_backup(*database_, files_, *writer_, directory);
    });
  }

  [[nodiscard]] Stats stats() const override {
    Stats stats = committer_->stats();
    stats.erasures_pending = hidden_.count();
    stats.compactions = compactions_.ended;
    stats.compaction_microseconds = compactions_.microseconds;
    stats.compaction_bytes_written = compactions_.bytes_written;
    stats.failed = failure_.happened();
    return stats;
  }

  void close() override {
    closing_ = true;
    while (visitors_.load() != 0)
      std::this_thread::yield();
    backups_->stop();
    committer_->stop();
    maintenance_->stop();
    readers_->stop();
    open_ = false;
    database_.reset();
    lock_.reset();
  }

private:
  [[nodiscard]] Error closed() const { return {"the store is closed", options_.directory, ""}; }

  template <class T, class Work> void give(WorkerPool& pool, Done<T> done, Work work) {
    // Shared by the two ways this can end, of which one happens.
    auto answer = std::make_shared<Done<T>>(std::move(done));
    WorkerPool::Work run = [answer, work = std::move(work)]() mutable { (*answer)(work()); };
    if (!pool.give(run))
      (*answer)(std::unexpected(closed()));
  }
  template <class T, class Work> void give(Done<T> done, Work work) {
    give<T>(*readers_, std::move(done), std::move(work));
  }

  /// Here and now where memory has it: a trip to another thread and back costs several times what
  /// such a look does. Else as any other read. In a store much larger than memory most looks would
  /// be in vain, and cost a third of a login more: after one that was, some reads go without.
  template <class T, class Read> void answer(Done<T> done, Read read) {
    if (const int left = skipping_.load(std::memory_order_relaxed); left > 0) {
      skipping_.store(left - 1, std::memory_order_relaxed); // which of two counts is all the same
    } else {
      visitors_.fetch_add(1);
      auto found = closing_.load() ? std::nullopt : read(false);
      visitors_.fetch_sub(1);
      if (found)
        return done(std::move(*found));
      skipping_.store(kSkippedAfterMiss, std::memory_order_relaxed);
    }
    give<T>(std::move(done), [read = std::move(read)] { return *read(true); });
  }

  Status take_lock();
  Status make_directories();
  Status load_index(IndexState& state, Position& records, SegmentTallies& tallies);
  Status load_erasures();
  Status start(const IndexState& state, Position records, SegmentTallies tallies);

  const RocksdbOptions options_;
  Disk& disk_;
  Failure failure_;
  SegmentFiles files_;
  std::unique_ptr<DiskLock> lock_;
  Compactions compactions_;
  std::unique_ptr<Database> database_;
  RecentIndex recent_;
  HiddenRanges hidden_;
  std::optional<LogIndex> index_;
  std::optional<Reader> reader_;
  std::optional<Applier> applier_;
  std::optional<SegmentWriter> writer_;
  std::optional<Maintenance> maintenance_;
  std::optional<Committer> committer_;
  std::unique_ptr<WorkerPool> backups_;
  std::unique_ptr<WorkerPool> readers_;
  static constexpr int kSkippedAfterMiss = 16;
  std::atomic<int> skipping_{0};
  /// Callers' threads that look into memory; none begins once it is closing.
  std::atomic<std::size_t> visitors_{0};
  std::atomic<bool> closing_{false};
  bool open_ = false;
};

Status RocksdbStore::take_lock() {
  const std::string path = lock_path(options_.directory);
  auto lock = disk_.lock(path);
  if (lock) {
    lock_ = std::move(*lock);
    return {};
  }
  if (lock.error() != EWOULDBLOCK)
    return disk_error(lock.error(), "lock the data directory", path);
  std::string pid(20, '\0');
  std::size_t count = 0;
  if (const auto file = disk_.open(path, OpenMode::kRead))
    count = (*file)->read(0, pid).value_or(0);
  pid.resize(std::min(count, pid.find_first_of(std::string_view("\n\0", 2))));
  return fail("another process uses this data" + (pid.empty() ? "" : ", its process id is " + pid),
              options_.directory, "stop it first, or give this one a directory of its own");
}

Status RocksdbStore::make_directories() {
  for (const std::string& path :
       {options_.directory, segments_path(options_.directory), index_path(options_.directory)})
    if (const auto made = disk_.make_directory(path); !made && made.error() != EEXIST)
      return disk_error(made.error(), "make a directory", path);
  return {};
}

Status RocksdbStore::load_index(IndexState& state, Position& records, SegmentTallies& tallies) {
  rocksdb::DB& db = database_->db();
  const auto get = [&](rocksdb::ColumnFamilyHandle* family, std::string_view key,
                       std::string& value) {
    const auto got = db.Get(rocksdb::ReadOptions(), family, {key.data(), key.size()}, &value);
    if (got.IsNotFound())
      value.clear();
    return got.IsNotFound() ? Status{} : database_->status(got);
  };
  std::string value;
  if (const auto got = get(database_->index(), kIndexStateKey, value); !got)
    return got;
  if (!value.empty() && !state.decode(value))
    return fail("the state of the index is damaged", database_->directory(), "restore a backup");
  if (const auto got = get(database_->records(), kRecordsAppliedKey, value); !got)
    return got;
  if (!value.empty())
    records = Position::unpack(Decoder(value).fixed<std::uint64_t>());

  rocksdb::ReadOptions all;
  all.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> at(db.NewIterator(all, database_->index()));
  for (const char kind : {kSegmentErasedKind, kSegmentBodiesKind}) {
    for (at->Seek({&kind, 1}); at->Valid() && at->key()[0] == kind; at->Next()) {
      const auto count = Decoder({at->value().data(), at->value().size()}).fixed<std::uint64_t>();
      SegmentTally& tally = tallies[segment_of_key({at->key().data(), at->key().size()})];
      (kind == kSegmentBodiesKind ? tally.bodies : tally.erased) = count;
    }
  }
  return database_->status(at->status());
}

Status RocksdbStore::load_erasures() {
  const KeyRange range = erasure_range();
  const rocksdb::Slice end(range.end);
  rocksdb::ReadOptions bounded;
  bounded.total_order_seek = true;
  bounded.iterate_upper_bound = &end;
  const std::unique_ptr<rocksdb::Iterator> at(
      database_->db().NewIterator(bounded, database_->records()));
  for (at->Seek(range.first); at->Valid(); at->Next())
    if (const auto erasure = Erasure::decode({at->key().data(), at->key().size()},
                                             {at->value().data(), at->value().size()}))
      hidden_.add(*erasure);
  return database_->status(at->status());
}

Status RocksdbStore::open() {
  if (const auto done = make_directories(); !done)
    return done;
  if (const auto done = take_lock(); !done)
    return done;
  auto database = Database::open({index_path(options_.directory), options_.disk,
                                  options_.cache_bytes, options_.memtable_bytes / 2, &compactions_},
                                 failure_, options_.log);
  if (!database)
    return std::unexpected(database.error());
  database_ = std::move(*database);
  IndexState state;
  Position records;
  SegmentTallies tallies;
  if (const auto done = load_index(state, records, tallies); !done)
    return done;
  if (const auto done = load_erasures(); !done)
    return done;
  index_.emplace(*database_, recent_, hidden_);
  reader_.emplace(*database_, *index_, files_);
  return start(state, records, std::move(tallies));
}

Status RocksdbStore::start(const IndexState& state, Position records, SegmentTallies tallies) {
  std::map<std::uint32_t, std::uint64_t> bodies;
  for (const auto& [segment, tally] : tallies)
    bodies[segment] = tally.bodies;
  applier_.emplace(*database_, recent_, hidden_, state, bodies);
  const Position replay_from = std::min(state.applied, records);
  const auto recovered = recover(
      files_, state.store, replay_from,
      [&](const GroupHeader& header, std::string_view ops, std::string_view group_bodies) {
        return applier_->apply(
            header, ops, group_bodies,
            {.index = header.at >= state.applied, .records = header.at >= records});
      },
      options_.log);
  if (!recovered)
    return std::unexpected(recovered.error());

  std::uint64_t store = recovered->store;
  while (store == 0)
    store = SystemRandom().u64();
  applier_->set_store(store);
  writer_.emplace(files_, store, options_.segment_bytes);
  if (const auto done = writer_->start(recovered->last_segment + 1, recovered->end); !done)
    return done;
  if (const auto done = disk_.sync_directory(options_.directory); !done)
    return disk_error(done.error(), "sync the directory", options_.directory);

  maintenance_.emplace(Maintenance::Parts{*database_, recent_, hidden_, *index_, files_, *writer_,
                                          failure_, options_.log},
                       std::move(tallies), options_.erase_delay,
                       [this] { committer_->ask_checkpoint(); });
  committer_.emplace(Committer::Parts{*applier_, recent_, hidden_, *writer_, *maintenance_,
                                      failure_, options_.clock},
                     Committer::Options{store, options_.durability, options_.memtable_bytes / 2,
                                        options_.segment_bytes, options_.idle});
  backups_ = std::make_unique<WorkerPool>(1);
  readers_ = std::make_unique<WorkerPool>(kReaderThreads);
  maintenance_->start();
  committer_->start();
  open_ = true;
  // So that what was replayed now is not replayed again and again by a server that crashes often.
  if (recovered->end != replay_from)
    committer_->ask_checkpoint();
  return {};
}

} // namespace

Result<std::unique_ptr<Store>> open_rocksdb_store(const RocksdbOptions& options) {
  auto store = std::make_unique<RocksdbStore>(options);
  if (const auto opened = store->open(); !opened)
    return std::unexpected(opened.error());
  return store;
}

} // namespace rookery::storage

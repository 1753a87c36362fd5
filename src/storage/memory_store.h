// A Store that forgets everything when it goes: for unit tests of whatever uses a store.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>

#include "base/clock.h"
#include "storage/batch.h"
#include "storage/store.h"

namespace rookery::storage {

/// When commits complete.
enum class MemoryMode : std::uint8_t {
  kThread, // on a thread of its own, like a real store
  kInline, // before commit() returns; a completion that commits again is served after it, not
           // inside it
  kManual, // when the test says so; reads do not wait and see completed commits only
};

class MemoryStore final : public Store {
public:
  explicit MemoryStore(const Clock& clock, MemoryMode mode = MemoryMode::kThread);
  ~MemoryStore() override;

  void commit(Batch batch, CommitDone done) override;
  void read(const LogQuery& query, Done<LogPage> done) override;
  void read_ids(Owner log, std::vector<EntryId> ids, Done<LogPage> done) override;
  void tags(const TagQuery& query, Done<TagPage> done) override;
  void get(Owner owner, Keyspace keyspace, std::string_view key,
           Done<std::optional<std::string>> done) override;
  void scan(const RecordQuery& query, Done<RecordPage> done) override;
  void load(Owner owner, std::vector<Keyspace> keyspaces,
            Done<std::vector<std::vector<Record>>> done) override;
  /// Always an Error: there is nothing to copy.
  void backup(const std::string& directory, Done<std::uint64_t> done) override;
  [[nodiscard]] Stats stats() const override;
  /// In manual mode: completes what waits.
  void close() override;

  /// Commits given and not completed yet.
  [[nodiscard]] std::size_t waiting() const;
  /// Manual mode: completes the oldest waiting commit, on the calling thread; false when none
  /// waits.
  bool complete_one();
  /// Manual mode: completes all that wait, and what their completions commit. Returns how many.
  std::size_t complete_all();
  /// From now on the disk refuses: what waits and all that comes completes with an Error; reads go
  /// on.
  void refuse_writes();

private:
  struct Stored {
    std::uint64_t tag;
    std::uint8_t flags;
    std::shared_ptr<const std::string> body;
  };
  using Log = std::map<EntryId, Stored>;
  using RecordKey = std::tuple<Owner, std::string, std::string>;
  struct Commit {
    Batch batch;
    CommitDone done;
  };

  void run_thread();
  void complete(Commit commit);
  void drain_inline();
  std::vector<EntryId> apply(const Batch& batch);
  void apply(const Op& op, std::vector<EntryId>& ids);
  void remove_records(Owner owner, std::string_view keyspace);
  template <class T> void answer(Done<T> done, std::move_only_function<Result<T>()> work);

  const Clock& clock_;
  const MemoryMode mode_;

  mutable std::mutex mutex_; // guards all below; never held while a completion runs
  std::condition_variable wake_;
  std::deque<Commit> commits_;
  std::deque<std::move_only_function<void()>> reads_; // thread mode only
  bool draining_ = false;
  bool closing_ = false;
  std::map<Owner, Log> logs_;
  std::map<RecordKey, std::string> records_;
  std::uint64_t last_id_ = 0;
  Stats stats_;
  std::thread thread_;
};

} // namespace rookery::storage

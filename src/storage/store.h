// Two shapes only: logs (append, read a range, list tags, trim, erase) and records (an ordered map
// per owner and keyspace). Both change in atomic batches; a batch's completion runs when it is
// durable (ARCHITECTURE.md, "the life of a message").
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace rookery::storage {

/// When a commit counts as done: the disk has it (fdatasync returned), or the operating system has
/// it.
enum class Durability : std::uint8_t { kPower, kProcess };

/// A set of records, by the name its module declares: 1 to 16 of a-z, 0-9, '-'. The name is part of
/// the key on disk.
struct Keyspace {
  std::string_view name;
};

inline constexpr std::size_t kKeyBytesMax = 4 * 1024;
inline constexpr std::size_t kValueBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kEntryBytesMax = 1024 * 1024;

/// One of the logs an entry goes to.
struct LogTarget {
  Owner log;
  /// What the entry can be looked up by beside its id: a hash of the contact's bare JID. 0 is a
  /// value like any other.
  std::uint64_t tag = 0;
  /// The server's own bits (direction, kind), given back by read(), filtered on by
  /// LogQuery::flags_all.
  std::uint8_t flags = 0;
};

struct Entry {
  EntryId id;
  std::uint64_t tag = 0;
  std::uint8_t flags = 0;
  std::string body;
};

/// Collects changes; move-only in spirit: built by one thread, then given to Store::commit. Order
/// of calls is the order of effects. A size above the limits here, or a keyspace that is not one,
/// is the caller's bug: checked by assertion.
class Batch {
public:
  /// Appends one entry to each of `targets` (1 to 4, no log twice: a message to oneself has one);
  /// all copies carry the same id, the body is kept once where the backend can. Returns the entry's
  /// index in Committed::ids.
  std::size_t append(std::span<const LogTarget> targets, std::string_view body);
  /// Appends one entry that has its id already: it comes from another store. `id` lies above all
  /// ids the log has, and the log's owner is known to nobody but the caller, so that no append()
  /// meets it meanwhile; ids given from the next commit on are higher. Counts as an append() in
  /// what this returns and in Committed::ids.
  std::size_t insert(const LogTarget& target, EntryId id, std::string_view body);
  void put(Owner owner, Keyspace keyspace, std::string_view key, std::string_view value);
  void remove(Owner owner, Keyspace keyspace, std::string_view key);
  /// All records of one keyspace.
  void remove_all(Owner owner, Keyspace keyspace);
  /// The whole log and every record of `owner`. No read sees them once the commit completes; the
  /// bytes leave the disk soon after (Stats::erasures_pending says when; docs/formats/store.md says
  /// what "leave" means). The same holds for the bodies of trim() and erase_entry(), unless another
  /// log still has the entry.
  void erase_owner(Owner owner);
  /// Entries of `log` up to and including `through`.
  void trim(Owner log, EntryId through);
  /// One entry of one log; the other logs that hold the same entry keep theirs.
  void erase_entry(Owner log, EntryId id);

  /// All of `other` after what is here. Returns what its append() indexes grow by.
  std::size_t absorb(Batch other);

  [[nodiscard]] bool empty() const;
  /// Bytes it will cost in memory and, about, on disk.
  [[nodiscard]] std::size_t bytes() const;
  void clear();

  // What a backend reads: see batch.h.
private:
  friend class BatchReader;
  std::size_t add_body(std::string_view body);

  std::string ops_;
  std::string bodies_;
  std::uint32_t appends_ = 0;
  std::uint32_t inserts_ = 0; // of them
};

struct Committed {
  /// Ids given to the batch's appends, in order. Valid during the completion only.
  std::span<const EntryId> ids;
};

/// A page of a log. Entries lie in (after, before), exclusive on both ends.
struct LogQuery {
  Owner log = {};
  EntryId after = kBeforeAll;
  EntryId before = kAfterAll;
  std::optional<std::uint64_t> tag = {}; // only entries with this tag
  std::uint8_t flags_all = 0;            // only entries having all these bits
  /// false: the oldest `limit` of the range; true: the newest, newest first.
  bool newest_first = false;
  std::uint32_t limit = 50;
  /// Stops earlier than `limit` when bodies exceed this; at least one entry is given.
  std::size_t bytes_max = 1024 * 1024;
};
struct LogPage {
  std::vector<Entry> entries; // in the order asked for
  bool complete = true;       // nothing further in the range
};

/// Which tags a log has: a page of at most `limit` of them.
struct TagQuery {
  Owner log = {};
  std::uint8_t flags_all = 0; // only entries having all these bits count
  /// Only tags less than this: the last one of the page before.
  std::optional<std::uint64_t> below = {};
  std::uint32_t limit = 500;
};
struct NewestOfTag {
  std::uint64_t tag = 0;
  EntryId newest; // of its entries that count
  friend bool operator==(const NewestOfTag&, const NewestOfTag&) = default;
};
struct TagPage {
  std::vector<NewestOfTag> tags; // the greatest first, those with entries that count
  bool complete = true;          // there are none further down
};

struct Record {
  std::string key;
  std::string value;
};
struct RecordQuery {
  Owner owner = {};
  Keyspace keyspace = {};
  std::string after = {};  // keys greater than this; "" from the first
  std::string prefix = {}; // only keys with this prefix
  std::uint32_t limit = 1000;
};
struct RecordPage {
  std::vector<Record> records; // by key, bytewise
  bool complete = true;
};

struct Stats {
  std::uint64_t commits = 0; // batches made durable
  std::uint64_t syncs = 0;   // groups of them
  std::uint64_t entries = 0; // appended since start
  std::uint64_t bytes_written = 0;
  std::uint64_t queue_bytes = 0; // given to commit(), not yet durable
  std::uint64_t sync_microseconds = 0;
  /// Calls of erase_owner, trim, erase_entry whose bytes are still on the disk.
  std::uint64_t erasures_pending = 0;
  /// Merges of sorted tables that have ended, where a backend is built of such.
  std::uint64_t compactions = 0, compaction_microseconds = 0, compaction_bytes_written = 0;
  bool failed = false;
};

/// Implementations are used by all threads at once. Every call returns at once (no thread that
/// serves connections waits for a disk); every callback runs exactly once, on one of the store's
/// own threads, or, of get() and load(), on the caller's before the call returns, where all that is
/// asked for is in memory. It must be short: it posts to a loop.
///
/// Commits take effect in the order of the calls to commit() of one thread; entry ids strictly
/// increase in the order in which commits take effect, and completions run in that order, one at a
/// time, on one thread. So for every log the completions announce its entries in log order, and
/// none is announced that a read could not see.
///
/// After the first write or sync that the disk refuses, the store has failed: that commit, all that
/// wait and all later ones complete with an Error, nothing is retried, reads go on. Only a restart
/// leaves this state.
class Store {
public:
  using CommitDone = std::move_only_function<void(const Result<Committed>&)>;
  template <class T> using Done = std::move_only_function<void(Result<T>)>;

  virtual ~Store() = default;

  virtual void commit(Batch batch, CommitDone done) = 0;

  virtual void read(const LogQuery& query, Done<LogPage> done) = 0;
  /// Given ids of one log, in the order given; those that are absent are left out.
  virtual void read_ids(Owner log, std::vector<EntryId> ids, Done<LogPage> done) = 0;
  /// Sees what read() sees. Costs a look at the index for each tag and one at each of the log's
  /// entries since the last checkpoint, whatever the number of older ones; reads no bodies.
  virtual void tags(const TagQuery& query, Done<TagPage> done) = 0;

  virtual void get(Owner owner, Keyspace keyspace, std::string_view key,
                   Done<std::optional<std::string>> done) = 0;
  virtual void scan(const RecordQuery& query, Done<RecordPage> done) = 0;
  /// All records of several keyspaces of one owner, in the order asked for: what a home loads when
  /// an account wakes.
  virtual void load(Owner owner, std::vector<Keyspace> keyspaces,
                    Done<std::vector<std::vector<Record>>> done) = 0;

  /// Copies a consistent state, as of some commit after the call, into `directory` (which must not
  /// exist) while commits go on.
  virtual void backup(const std::string& directory, Done<std::uint64_t> done) = 0;

  [[nodiscard]] virtual Stats stats() const = 0;
  /// Waits until all that was given to commit() has completed, then stops the threads. Called once,
  /// from a thread of no loop. A call that comes later completes with an Error, on the caller's
  /// thread.
  virtual void close() = 0;
};

} // namespace rookery::storage

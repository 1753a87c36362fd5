#include "storage/memory_store.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace rookery::storage {
namespace {

template <class... Ts> struct Overloaded : Ts... { using Ts::operator()...; };

bool wanted(const LogQuery& query, std::uint64_t tag, std::uint8_t flags) {
  return (!query.tag || *query.tag == tag) && (flags & query.flags_all) == query.flags_all;
}

/// Fills `page` from entries in the order asked for; returns false when it is full before `entry`.
bool add_entry(LogPage& page, std::size_t& bytes, const LogQuery& query, EntryId id,
               std::uint64_t tag, std::uint8_t flags, const std::string& body) {
  if (page.entries.size() == query.limit ||
      (!page.entries.empty() && bytes + body.size() > query.bytes_max)) {
    page.complete = false;
    return false;
  }
  bytes += body.size();
  page.entries.push_back({id, tag, flags, body});
  return true;
}

} // namespace

MemoryStore::MemoryStore(const Clock& clock, MemoryMode mode) : clock_(clock), mode_(mode) {
  if (mode == MemoryMode::kThread)
    thread_ = std::thread([this] { run_thread(); });
}

MemoryStore::~MemoryStore() {
  if (!closing_)
    close();
}

void MemoryStore::run_thread() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return closing_ || !commits_.empty() || !reads_.empty(); });
    if (!reads_.empty()) {
      auto work = std::move(reads_.front());
      reads_.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    } else if (!commits_.empty()) {
      Commit next = std::move(commits_.front());
      commits_.pop_front();
      lock.unlock();
      complete(std::move(next));
      lock.lock();
    } else {
      return;
    }
  }
}

void MemoryStore::commit(Batch batch, CommitDone done) {
  {
    std::unique_lock lock(mutex_);
    if (closing_) {
      lock.unlock();
      return done(fail("the store is closed", "memory store"));
    }
    stats_.queue_bytes += batch.bytes();
    commits_.push_back({std::move(batch), std::move(done)});
  }
  wake_.notify_one();
  if (mode_ == MemoryMode::kInline)
    drain_inline();
}

void MemoryStore::drain_inline() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(draining_, true))
      return;
  }
  complete_all();
}

bool MemoryStore::complete_one() {
  std::unique_lock lock(mutex_);
  if (commits_.empty()) {
    draining_ = false;
    return false;
  }
  Commit next = std::move(commits_.front());
  commits_.pop_front();
  lock.unlock();
  complete(std::move(next));
  return true;
}

std::size_t MemoryStore::complete_all() {
  std::size_t count = 0;
  while (complete_one())
    ++count;
  return count;
}

void MemoryStore::complete(Commit commit) {
  Result<Committed> result;
  std::vector<EntryId> ids;
  {
    const std::lock_guard lock(mutex_);
    stats_.queue_bytes -= commit.batch.bytes();
    if (stats_.failed) {
      result = fail("the disk refused a write", "memory store", "this is a test's wish");
    } else {
      ids = apply(commit.batch);
      result = Committed{ids};
    }
  }
  commit.done(result);
}

std::vector<EntryId> MemoryStore::apply(const Batch& batch) {
  std::vector<EntryId> ids;
  BatchReader reader(batch);
  while (const auto op = reader.next())
    apply(*op, ids);
  ROOKERY_ASSERT(!reader.malformed());
  ++stats_.commits;
  ++stats_.syncs;
  stats_.entries += ids.size();
  stats_.bytes_written += batch.bytes();
  return ids;
}

void MemoryStore::apply(const Op& op, std::vector<EntryId>& ids) {
  std::visit(
      Overloaded{
          [&](const AppendOp& append) {
            const auto now = clock_.wall().time_since_epoch().count();
            EntryId id = append.given;
            if (id == kBeforeAll)
              id = EntryId{std::max(last_id_ + 1,
                                    static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0)))};
            last_id_ = std::max(last_id_, id.value);
            ids.push_back(id);
            const auto body = std::make_shared<const std::string>(append.body);
            for (const LogTarget& target : append.logs()) {
              Log& log = logs_[target.log];
              ROOKERY_ASSERT(log.empty() || log.rbegin()->first < id);
              log.emplace(id, Stored{target.tag, target.flags, body});
            }
          },
          [&](const PutOp& put) {
            records_.insert_or_assign({put.owner, std::string(put.keyspace), std::string(put.key)},
                                      std::string(put.value));
          },
          [&](const RemoveOp& remove) {
            records_.erase({remove.owner, std::string(remove.keyspace), std::string(remove.key)});
          },
          [&](const RemoveAllOp& remove) { remove_records(remove.owner, remove.keyspace); },
          [&](const EraseOwnerOp& erase) {
            logs_.erase(erase.owner);
            remove_records(erase.owner, {});
          },
          [&](const TrimOp& trim) {
            Log& log = logs_[trim.log];
            log.erase(log.begin(), log.upper_bound(trim.through));
          },
          [&](const EraseEntryOp& erase) { logs_[erase.log].erase(erase.id); },
      },
      op);
}

/// All keyspaces when `keyspace` is empty.
void MemoryStore::remove_records(Owner owner, std::string_view keyspace) {
  auto at = records_.lower_bound({owner, std::string(keyspace), {}});
  while (at != records_.end() && std::get<0>(at->first) == owner &&
         (keyspace.empty() || std::get<1>(at->first) == keyspace))
    at = records_.erase(at);
}

template <class T>
void MemoryStore::answer(Done<T> done, std::move_only_function<Result<T>()> work) {
  auto run = [this, answer_to = std::move(done), from = std::move(work)](bool closed) mutable {
    Result<T> result;
    if (closed) {
      result = fail("the store is closed", "memory store");
    } else {
      const std::lock_guard lock(mutex_);
      result = from();
    }
    answer_to(std::move(result));
  };
  std::unique_lock lock(mutex_);
  if (mode_ == MemoryMode::kThread && !closing_) {
    reads_.emplace_back([run = std::move(run)]() mutable { run(false); });
    lock.unlock();
    wake_.notify_one();
    return;
  }
  const bool closed = closing_;
  lock.unlock();
  run(closed);
}

void MemoryStore::read(const LogQuery& query, Done<LogPage> done) {
  answer<LogPage>(std::move(done), [this, query]() -> Result<LogPage> {
    LogPage page;
    std::size_t bytes = 0;
    const auto log = logs_.find(query.log);
    if (log == logs_.end() || query.after >= query.before)
      return page;
    auto first = log->second.upper_bound(query.after);
    auto last = log->second.lower_bound(query.before);
    while (first != last) {
      const auto at = query.newest_first ? std::prev(last) : first;
      if (wanted(query, at->second.tag, at->second.flags) &&
          !add_entry(page, bytes, query, at->first, at->second.tag, at->second.flags,
                     *at->second.body))
        break;
      query.newest_first ? --last : ++first;
    }
    return page;
  });
}

void MemoryStore::read_ids(Owner log, std::vector<EntryId> ids, Done<LogPage> done) {
  answer<LogPage>(std::move(done), [this, log, wanted_ids = std::move(ids)]() -> Result<LogPage> {
    LogPage page;
    const Log& entries = logs_[log];
    for (const EntryId id : wanted_ids)
      if (const auto at = entries.find(id); at != entries.end())
        page.entries.push_back({id, at->second.tag, at->second.flags, *at->second.body});
    return page;
  });
}

void MemoryStore::tags(const TagQuery& query, Done<TagPage> done) {
  answer<TagPage>(std::move(done), [this, query]() -> Result<TagPage> {
    std::map<std::uint64_t, EntryId, std::greater<>> newest;
    for (const auto& [id, stored] : logs_[query.log])
      if ((stored.flags & query.flags_all) == query.flags_all &&
          (!query.below || stored.tag < *query.below))
        newest[stored.tag] = id;
    TagPage page;
    for (const auto& [tag, id] : newest) {
      if (page.tags.size() == query.limit) {
        page.complete = false;
        break;
      }
      page.tags.push_back({tag, id});
    }
    return page;
  });
}

void MemoryStore::get(Owner owner, Keyspace keyspace, std::string_view key,
                      Done<std::optional<std::string>> done) {
  answer<std::optional<std::string>>(
      std::move(done),
      [this, wanted_key = RecordKey{owner, std::string(keyspace.name),
                                    std::string(key)}]() -> Result<std::optional<std::string>> {
        const auto at = records_.find(wanted_key);
        if (at == records_.end())
          return std::nullopt;
        return at->second;
      });
}

void MemoryStore::scan(const RecordQuery& query, Done<RecordPage> done) {
  answer<RecordPage>(
      std::move(done),
      [this, query, keyspace = std::string(query.keyspace.name)]() -> Result<RecordPage> {
        RecordPage page;
        auto at =
            records_.lower_bound({query.owner, keyspace, std::max(query.after, query.prefix)});
        for (; at != records_.end(); ++at) {
          const auto& [owner, space, key] = at->first;
          if (owner != query.owner || space != keyspace || !key.starts_with(query.prefix))
            break;
          if (!query.after.empty() && key <= query.after)
            continue;
          if (page.records.size() == query.limit) {
            page.complete = false;
            break;
          }
          page.records.push_back({key, at->second});
        }
        return page;
      });
}

void MemoryStore::load(Owner owner, std::vector<Keyspace> keyspaces,
                       Done<std::vector<std::vector<Record>>> done) {
  std::vector<std::string> names;
  for (const Keyspace& keyspace : keyspaces)
    names.emplace_back(keyspace.name);
  answer<std::vector<std::vector<Record>>>(
      std::move(done),
      [this, owner, wanted_names = std::move(names)]() -> Result<std::vector<std::vector<Record>>> {
        std::vector<std::vector<Record>> all;
        for (const std::string& name : wanted_names) {
          auto& records = all.emplace_back();
          for (auto at = records_.lower_bound({owner, name, {}});
               at != records_.end() && std::get<0>(at->first) == owner &&
               std::get<1>(at->first) == name;
               ++at)
            records.push_back({std::get<2>(at->first), at->second});
        }
        return all;
      });
}

void MemoryStore::backup(const std::string& directory, Done<std::uint64_t> done) {
  answer<std::uint64_t>(std::move(done), [directory]() -> Result<std::uint64_t> {
    return fail("a memory store has nothing to copy", directory, "use a store on a disk");
  });
}

Stats MemoryStore::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

std::size_t MemoryStore::waiting() const {
  const std::lock_guard lock(mutex_);
  return commits_.size();
}

void MemoryStore::refuse_writes() {
  const std::lock_guard lock(mutex_);
  stats_.failed = true;
}

void MemoryStore::close() {
  if (mode_ == MemoryMode::kThread) {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
  } else {
    complete_all();
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
}

} // namespace rookery::storage

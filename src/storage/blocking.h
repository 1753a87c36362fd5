// A Store's calls that wait for their answer: for tests and for commands that serve no connections.
// Never on a loop's thread.
#pragma once

#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace rookery::storage {

class BlockingStore {
public:
  explicit BlockingStore(Store& store) : store_(store) {}

  Result<std::vector<EntryId>> commit(Batch batch) {
    return wait<std::vector<EntryId>>([&](auto done) {
      store_.commit(std::move(batch),
                    [done = std::move(done)](const Result<Committed>& result) mutable {
                      if (!result)
                        return done(std::unexpected(result.error()));
                      done(std::vector<EntryId>(result->ids.begin(), result->ids.end()));
                    });
    });
  }
  Result<LogPage> read(const LogQuery& query) {
    return wait<LogPage>([&](auto done) { store_.read(query, std::move(done)); });
  }
  Result<LogPage> read_ids(Owner log, std::vector<EntryId> ids) {
    return wait<LogPage>([&](auto done) { store_.read_ids(log, std::move(ids), std::move(done)); });
  }
  Result<TagPage> tags(const TagQuery& query) {
    return wait<TagPage>([&](auto done) { store_.tags(query, std::move(done)); });
  }
  Result<std::optional<std::string>> get(Owner owner, Keyspace keyspace, std::string_view key) {
    return wait<std::optional<std::string>>(
        [&](auto done) { store_.get(owner, keyspace, key, std::move(done)); });
  }
  Result<RecordPage> scan(const RecordQuery& query) {
    return wait<RecordPage>([&](auto done) { store_.scan(query, std::move(done)); });
  }
  Result<std::vector<std::vector<Record>>> load(Owner owner, std::vector<Keyspace> keyspaces) {
    return wait<std::vector<std::vector<Record>>>(
        [&](auto done) { store_.load(owner, std::move(keyspaces), std::move(done)); });
  }
  Result<std::uint64_t> backup(const std::string& directory) {
    return wait<std::uint64_t>([&](auto done) { store_.backup(directory, std::move(done)); });
  }

private:
  template <class T, class Call> static Result<T> wait(Call call) {
    std::promise<Result<T>> promise;
    auto answer = promise.get_future();
    call([&promise](Result<T> result) { promise.set_value(std::move(result)); });
    return answer.get();
  }

  Store& store_;
};

} // namespace rookery::storage

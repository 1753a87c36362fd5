#include "storage/rocksdb/reader.h"

#include <fmt/format.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "storage/rocksdb/keys.h"

namespace rookery::storage {
namespace {

/// A body that is being erased while it is read does not match its checksum; the next look at the
/// index does not find it. Each further try needs a further erasure within this read's own time.
constexpr int kTries = 5;

/// More records in between are jumped over.
constexpr int kNearRecords = 4;

rocksdb::ReadTier tier(bool wait) {
  return wait ? rocksdb::kReadAllTier : rocksdb::kBlockCacheTier;
}

/// An owner's records, one keyspace after the other in their order: one look at the tables serves
/// several.
class Records {
public:
  Records(const Database& database, Owner owner, bool wait)
      : database_(database), range_(owner_range(owner)) {
    rocksdb::ReadOptions options;
    options.read_tier = tier(wait);
    options.iterate_upper_bound = &end_;
    at_.reset(database.db().NewIterator(options, database.records()));
  }

  /// Calls `visit` for each record of the keyspace under `prefix` whose key is at or behind `first`
  /// until it returns false. `first` is greater than in the call before.
  template <class Visit>
  Status visit(const std::string& prefix, const std::string& first, Visit visit) {
    for (int i = 0; i < kNearRecords && at_->Valid() && key() < first; ++i)
      at_->Next();
    if (!std::exchange(begun_, true) || (at_->Valid() && key() < first))
      at_->Seek(first);
    for (; at_->Valid() && key().starts_with(prefix); at_->Next())
      if (!visit(key().substr(prefix.size()), at_->value()))
        break;
    return database_.status(at_->status());
  }

  /// What was asked for lies on the disk, where it may not look.
  [[nodiscard]] bool incomplete() const { return at_->status().IsIncomplete(); }

private:
  [[nodiscard]] std::string_view key() const { return {at_->key().data(), at_->key().size()}; }

  const Database& database_;
  const KeyRange range_;
  const rocksdb::Slice end_{range_.end};
  std::unique_ptr<rocksdb::Iterator> at_;
  bool begun_ = false;
};

} // namespace

std::size_t Reader::fill(const IndexPage& found, LogPage& page) const {
  page.entries.clear();
  page.entries.reserve(found.entries.size());
  for (const IndexEntry& entry : found.entries)
    page.entries.push_back({EntryId{entry.id}, entry.tag, entry.flags, {}});
  return bodies_.read(found.entries, page.entries);
}

Result<LogPage> Reader::read(const LogQuery& query) const {
  LogPage page;
  for (int tries = 1;; ++tries) {
    const auto found = index_.page(query);
    if (!found)
      return std::unexpected(found.error());
    page.complete = found->complete;
    const std::size_t read = fill(*found, page);
    if (read == found->entries.size())
      return page;
    if (tries == kTries) {
      const Position at = Position::unpack(found->entries[read].location);
      return fail(
          fmt::format(
              "the text of an entry cannot be read or does not match its checksum at offset {}",
              at.offset),
          files_.path(at.segment),
          "check the disk and the limit of open files; restore this file from a backup if it is "
          "damaged");
    }
  }
}

Result<LogPage> Reader::read_ids(Owner log, std::span<const EntryId> ids) const {
  LogPage page;
  for (const EntryId id : ids) {
    if (id == kBeforeAll || id == kAfterAll)
      continue;
    LogQuery query;
    query.log = log;
    query.after = EntryId{id.value - 1};
    query.before = EntryId{id.value + 1};
    query.limit = 1;
    auto one = read(query);
    if (!one)
      return one;
    for (Entry& entry : one->entries)
      page.entries.push_back(std::move(entry));
  }
  return page;
}

Reader::Cached<std::optional<std::string>> Reader::get(Owner owner, std::string_view keyspace,
                                                       std::string_view key, bool wait) const {
  std::string full = keyspace_prefix(owner, keyspace);
  full += key;
  rocksdb::ReadOptions options;
  options.read_tier = tier(wait);
  std::string value;
  const auto got = database_.db().Get(options, database_.records(), full, &value);
  // RocksDB says that it has found a key, with no value, where it would have to open a table first.
  if (got.IsIncomplete() || (!wait && got.ok() && value.empty()))
    return std::nullopt;
  if (got.IsNotFound())
    return Result<std::optional<std::string>>(std::nullopt);
  if (!got.ok())
    return std::unexpected(database_.status(got).error());
  return Result<std::optional<std::string>>(std::move(value));
}

Result<RecordPage> Reader::scan(const RecordQuery& query, std::string_view keyspace) const {
  RecordPage page;
  const std::string prefix = keyspace_prefix(query.owner, keyspace);
  const std::string first = prefix + std::max(query.after, query.prefix);
  const auto visited =
      Records(database_, query.owner, true)
          .visit(prefix, first, [&](std::string_view key, const rocksdb::Slice& value) {
            if (!key.starts_with(query.prefix))
              return false;
            if (!query.after.empty() && key <= query.after)
              return true;
            if (page.records.size() == query.limit) {
              page.complete = false;
              return false;
            }
            page.records.push_back({std::string(key), value.ToString()});
            return true;
          });
  if (!visited)
    return std::unexpected(visited.error());
  return page;
}

Reader::Cached<std::vector<std::vector<Record>>>
Reader::load(Owner owner, std::span<const std::string> keyspaces, bool wait) const {
  std::vector<std::size_t> order(keyspaces.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::string_view(keyspaces[i]); });
  std::vector<std::vector<Record>> all(keyspaces.size());
  Records of_owner(database_, owner, wait);
  for (const std::size_t i : order) {
    const std::string prefix = keyspace_prefix(owner, keyspaces[i]);
    const auto visited =
        of_owner.visit(prefix, prefix, [&](std::string_view key, const rocksdb::Slice& value) {
          all[i].push_back({std::string(key), value.ToString()});
          return true;
        });
    if (of_owner.incomplete())
      return std::nullopt;
    if (!visited)
      return std::unexpected(visited.error());
  }
  return all;
}

} // namespace rookery::storage

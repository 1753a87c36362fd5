#include "storage/rocksdb/reader.h"

#include <fmt/format.h>
#include <rocksdb/db.h>

#include "storage/crc32c.h"
#include "storage/rocksdb/keys.h"

namespace rookery::storage {
namespace {

/// A body that is being erased while it is read does not match its checksum; the next look at the
/// index does not find it. Each further try needs a further erasure within this read's own time.
constexpr int kTries = 5;

/// Calls `visit` for each record whose key is at or behind `first` until it returns false.
template <class Visit>
Status visit_records(const Database& database, const std::string& prefix, const std::string& first,
                     const KeyRange& range, Visit visit) {
  const rocksdb::Slice end(range.end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end;
  const std::unique_ptr<rocksdb::Iterator> at(
      database.db().NewIterator(options, database.records()));
  for (at->Seek(first); at->Valid(); at->Next()) {
    const rocksdb::Slice key = at->key();
    if (!visit(std::string_view(key.data(), key.size()).substr(prefix.size()), at->value()))
      return {};
  }
  return database.status(at->status());
}

} // namespace

std::size_t Reader::fill(const IndexPage& found, LogPage& page) const {
  page.entries.clear();
  page.entries.reserve(found.entries.size());
  for (std::size_t i = 0; i < found.entries.size(); ++i) {
    const IndexEntry& entry = found.entries[i];
    Entry& out = page.entries.emplace_back(Entry{EntryId{entry.id}, entry.tag, entry.flags, {}});
    out.body.resize(entry.length);
    if (!files_.read(Position::unpack(entry.location), out.body) || crc32c(out.body) != entry.crc)
      return i;
  }
  return found.entries.size();
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

Result<std::optional<std::string>> Reader::get(Owner owner, std::string_view keyspace,
                                               std::string_view key) const {
  std::string full = keyspace_prefix(owner, keyspace);
  full += key;
  std::string value;
  const auto got = database_.db().Get(rocksdb::ReadOptions(), database_.records(), full, &value);
  if (got.IsNotFound())
    return std::nullopt;
  if (!got.ok())
    return std::unexpected(database_.status(got).error());
  return value;
}

Result<RecordPage> Reader::scan(const RecordQuery& query, std::string_view keyspace) const {
  RecordPage page;
  const std::string prefix = keyspace_prefix(query.owner, keyspace);
  const std::string first = prefix + std::max(query.after, query.prefix);
  const auto visited =
      visit_records(database_, prefix, first, keyspace_range(query.owner, keyspace),
                    [&](std::string_view key, const rocksdb::Slice& value) {
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

Result<std::vector<std::vector<Record>>>
Reader::load(Owner owner, std::span<const std::string> keyspaces) const {
  std::vector<std::vector<Record>> all;
  for (const std::string& keyspace : keyspaces) {
    auto& records = all.emplace_back();
    const std::string prefix = keyspace_prefix(owner, keyspace);
    const auto visited = visit_records(database_, prefix, prefix, keyspace_range(owner, keyspace),
                                       [&](std::string_view key, const rocksdb::Slice& value) {
                                         records.push_back({std::string(key), value.ToString()});
                                         return true;
                                       });
    if (!visited)
      return std::unexpected(visited.error());
  }
  return all;
}

} // namespace rookery::storage

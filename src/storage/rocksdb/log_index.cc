#include "storage/rocksdb/log_index.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <ranges>

#include "storage/rocksdb/keys.h"

namespace rookery::storage {
namespace {

/// Takes entries in the order asked for until the page is full.
class Collector {
public:
  Collector(const LogQuery& query, HiddenRanges::OfOwner hidden)
      : query_(query), hidden_(std::move(hidden)) {}

  /// False when nothing more is wanted.
  bool offer(const IndexEntry& entry) {
    if (entry.id <= query_.after.value || entry.id >= query_.before.value)
      return true;
    if (query_.tag && entry.tag != *query_.tag)
      return true;
    if ((entry.flags & query_.flags_all) != query_.flags_all || hidden_.covers(entry.id))
      return true;
    if (page_.entries.size() == query_.limit ||
        (!page_.entries.empty() && bytes_ + entry.length > query_.bytes_max)) {
      page_.complete = false;
      return false;
    }
    bytes_ += entry.length;
    page_.entries.push_back(entry);
    return true;
  }
  bool offer(std::span<const IndexEntry> entries) {
    if (query_.newest_first)
      return std::ranges::all_of(entries | std::views::reverse,
                                 [&](const auto& e) { return offer(e); });
    return std::ranges::all_of(entries, [&](const auto& e) { return offer(e); });
  }
  [[nodiscard]] bool full() const { return !page_.complete; }
  IndexPage take() { return std::move(page_); }

private:
  const LogQuery& query_;
  const HiddenRanges::OfOwner hidden_;
  IndexPage page_;
  std::size_t bytes_ = 0;
};

bool offer_recent(Collector& collector, const RecentIndex::Blocks& blocks, bool newest_first) {
  std::vector<IndexEntry> entries;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    entries.clear();
    // What is in memory was never on a disk: it decodes.
    (void)decode_block(blocks[newest_first ? blocks.size() - 1 - i : i]->bytes(), entries);
    if (!collector.offer(entries))
      return false;
  }
  return true;
}

} // namespace

Result<IndexPage> LogIndex::page(const LogQuery& query) const {
  if (query.after >= query.before)
    return IndexPage{};
  // The order of these three matters: an erasure stays hidden until RocksDB has lost its entries,
  // and recent blocks stay until RocksDB has them. What RocksDB has got since the second step is
  // seen twice, and cut off by `stored_before`.
  Collector collector(query, hidden_.of(query.log));
  const auto recent = recent_.blocks(query.log, query.after, query.before);
  const std::uint64_t stored_before =
      recent.empty() ? query.before.value
                     : std::min(query.before.value, recent.front()->first_id());
  const auto prefix = query.tag ? tag_prefix(query.log, *query.tag) : log_prefix(query.log);

  if (query.newest_first && !offer_recent(collector, recent, true))
    return collector.take();
  const auto visited = visit_stored(prefix, query.after.value, stored_before, query.newest_first,
                                    [&](std::string_view, std::span<const IndexEntry> entries) {
                                      // Within a block that reaches beyond, the recent ones are the
                                      // same entries.
                                      const auto end = std::ranges::lower_bound(
                                          entries, stored_before, {}, &IndexEntry::id);
                                      return collector.offer(std::span(entries.begin(), end));
                                    });
  if (!visited)
    return std::unexpected(visited.error());
  if (!query.newest_first && !collector.full())
    offer_recent(collector, recent, false);
  return collector.take();
}

Status LogIndex::visit_stored(const std::string& prefix, std::uint64_t after, std::uint64_t before,
                              bool newest_first, const BlockVisitor& visit) const {
  // A block is keyed by its last id: the first that may hold ids above `after` is at or behind
  // after + 1, and the last that may hold ids below `before` is the first one at or behind
  // `before`.
  const std::string lower = block_key(prefix, after == kAfterAll.value ? after : after + 1);
  std::string upper = block_key(prefix, ~std::uint64_t{0});
  upper += '\0'; // exclusive bound just behind the greatest key of the prefix
  const rocksdb::Slice lower_slice(lower), upper_slice(upper);
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &lower_slice;
  options.iterate_upper_bound = &upper_slice;
  const std::unique_ptr<rocksdb::Iterator> at(
      database_.db().NewIterator(options, database_.index()));
  if (newest_first) {
    // All tables are looked at once more where an iterator turns round.
    if (before != kAfterAll.value)
      at->Seek(block_key(prefix, before));
    if (!at->Valid() && at->status().ok())
      at->SeekForPrev(block_key(prefix, kAfterAll.value));
  } else {
    at->Seek(lower);
  }
  std::vector<IndexEntry> entries;
  for (; at->Valid(); newest_first ? at->Prev() : at->Next()) {
    entries.clear();
    const std::string_view key(at->key().data(), at->key().size());
    if (!decode_block({at->value().data(), at->value().size()}, entries) || entries.empty())
      return fail("a block of the index is damaged", database_.directory(), "restore a backup");
    if (!newest_first && entries.front().id >= before)
      return {};
    if (!visit(key, entries))
      return {};
  }
  return database_.status(at->status());
}

Result<bool> LogIndex::stored(Owner owner, std::uint64_t id) const {
  bool found = false;
  const auto visited =
      visit_stored(log_prefix(owner), id - 1, id + 1, false,
                   [&](std::string_view, std::span<const IndexEntry> entries) {
                     found = std::ranges::binary_search(entries, id, {}, &IndexEntry::id);
                     return false;
                   });
  if (!visited)
    return std::unexpected(visited.error());
  return found;
}

} // namespace rookery::storage

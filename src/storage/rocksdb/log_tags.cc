// LogIndex::tags(): which tags a log has, by one look at RocksDB for each.
#include <rocksdb/db.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/log_index.h"

namespace rookery::storage {
namespace {

/// Of a tag with more blocks, the rest is jumped over.
constexpr int kNearBlocks = 2;

/// Whether an entry counts.
class Counts {
public:
  Counts(const TagQuery& query, HiddenRanges::OfOwner hidden)
      : query_(query), hidden_(std::move(hidden)) {}
  bool operator()(const IndexEntry& entry) const {
    return (entry.flags & query_.flags_all) == query_.flags_all && !hidden_.covers(entry.id);
  }

private:
  const TagQuery& query_;
  const HiddenRanges::OfOwner hidden_;
};

/// The tags that RocksDB has, from the greatest down.
class StoredTags {
public:
  StoredTags(const Database& database, const TagQuery& query)
      : database_(database), log_(query.log), lower_(tag_prefix(query.log, 0)),
        upper_(block_key(tag_prefix(query.log, ~std::uint64_t{0}), ~std::uint64_t{0}) + '\0') {
    rocksdb::ReadOptions options;
    options.iterate_lower_bound = &lower_slice_;
    options.iterate_upper_bound = &upper_slice_;
    at_.reset(database.db().NewIterator(options, database.index()));
    at_->SeekForPrev(query.below ? tag_prefix(log_, *query.below) : upper_);
    find_tag();
  }

  [[nodiscard]] std::optional<std::uint64_t> tag() const { return tag_; }
  [[nodiscard]] Status status() const { return database_.status(at_->status()); }

  /// The newest entry of the tag that counts; kBeforeAll: none. Once for each tag.
  Result<EntryId> newest(const Counts& counts) {
    for (; at_->Valid() && block_tag(key()) == *tag_; at_->Prev()) {
      entries_.clear();
      if (!decode_block({at_->value().data(), at_->value().size()}, entries_))
        return fail("a block of the index is damaged", database_.directory(), "restore a backup");
      for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
        if (counts(*entry))
          return EntryId{entry->id};
    }
    return kBeforeAll;
  }

  void next_tag() {
    for (int i = 0; i < kNearBlocks && at_->Valid() && block_tag(key()) == *tag_; ++i)
      at_->Prev();
    if (at_->Valid() && block_tag(key()) == *tag_)
      at_->SeekForPrev(tag_prefix(log_, *tag_));
    find_tag();
  }

private:
  [[nodiscard]] std::string_view key() const { return {at_->key().data(), at_->key().size()}; }
  void find_tag() { tag_ = at_->Valid() ? std::optional(block_tag(key())) : std::nullopt; }

  const Database& database_;
  const Owner log_;
  const std::string lower_, upper_;
  const rocksdb::Slice lower_slice_{lower_}, upper_slice_{upper_};
  std::unique_ptr<rocksdb::Iterator> at_;
  std::optional<std::uint64_t> tag_;
  std::vector<IndexEntry> entries_;
};

/// Each tag among the entries in memory, the greatest first.
std::vector<NewestOfTag> recent_tags(const RecentIndex::Blocks& blocks, const TagQuery& query,
                                     const Counts& counts) {
  std::unordered_map<std::uint64_t, EntryId> newest;
  std::vector<IndexEntry> entries;
  for (const auto& block : blocks) {
    entries.clear();
    (void)decode_block(block->bytes(), entries); // was never on a disk: it decodes
    for (const IndexEntry& entry : entries)
      if (counts(entry) && (!query.below || entry.tag < *query.below))
        newest[entry.tag] = EntryId{entry.id};
  }
  std::vector<NewestOfTag> tags;
  for (const auto& [tag, id] : newest)
    tags.push_back({tag, id});
  std::ranges::sort(tags, std::greater(), &NewestOfTag::tag);
  return tags;
}

} // namespace

Result<TagPage> LogIndex::tags(const TagQuery& query) const {
  // In the order that page() has its three steps in, and for the same reasons.
  const Counts counts(query, hidden_.of(query.log));
  const std::vector<NewestOfTag> recent =
      recent_tags(recent_.blocks(query.log, kBeforeAll, kAfterAll), query, counts);
  StoredTags stored(database_, query);
  TagPage page;
  for (auto next = recent.begin(); stored.tag() || next != recent.end();) {
    const std::uint64_t tag = next == recent.end() ? *stored.tag()
                              : stored.tag()       ? std::max(*stored.tag(), next->tag)
                                                   : next->tag;
    EntryId newest = kBeforeAll;
    if (next != recent.end() && next->tag == tag) {
      newest = next->newest;
      ++next;
    } else {
      const auto found = stored.newest(counts);
      if (!found)
        return std::unexpected(found.error());
      newest = *found;
    }
    if (newest != kBeforeAll && page.tags.size() == query.limit) {
      page.complete = false;
      break;
    }
    if (newest != kBeforeAll)
      page.tags.push_back({tag, newest});
    if (stored.tag() == tag)
      stored.next_tag();
  }
  if (const Status read = stored.status(); !read)
    return std::unexpected(read.error());
  return page;
}

} // namespace rookery::storage

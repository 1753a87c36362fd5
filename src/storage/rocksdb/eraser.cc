#include "storage/rocksdb/eraser.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cerrno>

#include "storage/coding.h"
#include "storage/rocksdb/keys.h"

namespace rookery::storage {
namespace {

/// Blocks taken before the changes collected so far are made: bounds memory and the work lost in a
/// crash.
constexpr std::size_t kStepBlocks = 64;
/// What was overwritten goes to the disk in pieces of so many bytes: all of a segment at once would
/// hold up the log. Of each group at least a page counts, as it is pages that are written.
constexpr std::size_t kBytesPerSync = 512 * 1024;
constexpr std::size_t kPageBytes = 4096;

rocksdb::WriteOptions no_log() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

std::string fixed_u64(std::uint64_t value) {
  std::string out;
  put_fixed(out, value);
  return out;
}

} // namespace

/// Changes that are made together.
struct Eraser::Step {
  rocksdb::WriteBatch batch;
  std::set<std::uint64_t> tags;
  std::set<std::uint32_t> segments; // with bytes overwritten and not synced
  std::map<std::uint32_t, std::uint64_t> erased;
  std::uint64_t first_id = 0, last_id = 0;
  std::size_t blocks = 0;
};

Status Eraser::run(std::span<const Erasure> erasures, Position applied) {
  bool records = false;
  for (const Erasure& erasure : erasures) {
    if (const auto done = erase_entries(erasure); !done)
      return done;
    records = records || erasure.records;
  }
  // Entries must be gone from the disk before the note that they are to go.
  const auto flushed = database_.db().Flush(rocksdb::FlushOptions(), database_.index());
  if (const auto done = database_.status(flushed); !done)
    return done;
  for (const Erasure& erasure : erasures)
    if (erasure.records)
      if (const auto done = compact(erasure.owner); !done)
        return done;
  if (records)
    if (const auto done = scrub_operations(applied); !done)
      return done;

  rocksdb::WriteBatch notes;
  for (const Erasure& erasure : erasures)
    notes.Delete(erasure.key());
  if (const auto done = database_.status(database_.db().Write(no_log(), &notes)); !done)
    return done;
  for (const Erasure& erasure : erasures)
    hidden_.remove(erasure);
  return {};
}

Status Eraser::erase_entries(const Erasure& erasure) {
  for (std::uint64_t after = erasure.after; after < erasure.through;) {
    Step step;
    Status taken;
    std::uint64_t reached = erasure.through;
    const auto visited =
        index_.visit_stored(log_prefix(erasure.owner), after, erasure.through + 1, false,
                            [&](std::string_view key, std::span<const IndexEntry> entries) {
                              taken = take_block(erasure, key, entries, step);
                              if (!taken)
                                return false;
                              if (++step.blocks < kStepBlocks)
                                return true;
                              reached = std::min(reached, entries.back().id);
                              return false;
                            });
    if (!visited)
      return visited;
    if (!taken)
      return taken;
    if (const auto done = finish(erasure, step); !done)
      return done;
    after = reached;
  }
  return {};
}

Status Eraser::take_block(const Erasure& erasure, std::string_view key,
                          std::span<const IndexEntry> entries, Step& step) {
  std::vector<IndexEntry> kept;
  for (const IndexEntry& entry : entries) {
    if (entry.id <= erasure.after || entry.id > erasure.through) {
      kept.push_back(entry);
      continue;
    }
    step.tags.insert(entry.tag);
    if (step.first_id == 0)
      step.first_id = entry.id;
    step.last_id = entry.id;
    bool needed = false;
    for (const std::uint64_t other : entry.other_logs()) {
      const auto found = index_.stored(Owner{other}, entry.id);
      if (!found)
        return std::unexpected(found.error());
      needed = needed || *found;
    }
    if (needed)
      continue;
    const Position at = Position::unpack(entry.location);
    if (const auto done = files_.zero(at, entry.length); !done && done.error() != ENOENT)
      return disk_error(done.error(), "erase", files_.path(at.segment));
    step.segments.insert(at.segment);
    ++step.erased[at.segment];
  }
  if (kept.size() != entries.size())
    rewrite_block(step.batch, database_, log_prefix(erasure.owner), key, kept);
  return {};
}

Status Eraser::finish(const Erasure& erasure, Step& step) {
  for (const std::uint64_t tag : step.tags)
    if (const auto done = rewrite_tag(erasure, tag, step); !done)
      return done;
  for (const std::uint32_t segment : step.segments)
    if (const auto done = files_.sync(segment); !done && done.error() != ENOENT)
      return disk_error(done.error(), "sync", files_.path(segment));
  for (const auto& [segment, erased] : step.erased) {
    tallies_[segment].erased += erased;
    step.batch.Put(database_.index(), segment_erased_key(segment),
                   fixed_u64(tallies_[segment].erased));
  }
  return database_.status(database_.db().Write(no_log(), &step.batch));
}

Status Eraser::rewrite_tag(const Erasure& erasure, std::uint64_t tag, Step& step) {
  const std::string prefix = tag_prefix(erasure.owner, tag);
  return index_.visit_stored(prefix, step.first_id - 1, step.last_id + 1, false,
                             [&](std::string_view key, std::span<const IndexEntry> entries) {
                               std::vector<IndexEntry> kept;
                               for (const IndexEntry& entry : entries)
                                 if (entry.id < step.first_id || entry.id > step.last_id)
                                   kept.push_back(entry);
                               if (kept.size() != entries.size())
                                 rewrite_block(step.batch, database_, prefix, key, kept);
                               return true;
                             });
}

void Eraser::rewrite_block(rocksdb::WriteBatch& batch, const Database& database,
                           const std::string& prefix, std::string_view key,
                           std::span<const IndexEntry> kept) {
  batch.Delete(database.index(), slice(key));
  if (kept.empty())
    return;
  BlockBuilder block;
  for (const IndexEntry& entry : kept)
    block.add(entry);
  batch.Put(database.index(), block_key(prefix, block.last_id()), block.bytes());
}

/// Rewrites the tables that hold anything of the owner, so that what was deleted is in none.
Status Eraser::compact(Owner owner) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.exclusive_manual_compaction = false;
  const auto range = [&](rocksdb::ColumnFamilyHandle* family, const KeyRange& keys) {
    const rocksdb::Slice first(keys.first), end(keys.end);
    return database_.status(database_.db().CompactRange(options, family, &first, &end));
  };
  if (const auto done = range(database_.records(), owner_range(owner)); !done)
    return done;
  if (const auto done = range(database_.index(), log_range(owner)); !done)
    return done;
  return range(database_.index(), tag_range(owner));
}

/// Overwrites the operations (which hold values of records) of all groups that only recovery could
/// have wanted.
Status Eraser::scrub_operations(Position applied) {
  std::string value;
  const auto got =
      database_.db().Get(rocksdb::ReadOptions(), database_.index(), slice(kScrubbedKey), &value);
  if (!got.ok() && !got.IsNotFound())
    return database_.status(got);
  const Position from =
      got.ok() ? Position::unpack(Decoder(value).fixed<std::uint64_t>()) : Position{};
  const auto segments = files_.list();
  if (!segments)
    return std::unexpected(segments.error());
  for (const std::uint32_t segment : *segments)
    if (segment >= from.segment && segment <= applied.segment)
      if (const auto done = scrub_segment(segment, from, applied); !done)
        return done;
  return database_.status(database_.db().Put(no_log(), database_.index(), slice(kScrubbedKey),
                                             fixed_u64(applied.packed())));
}

Status Eraser::scrub_segment(std::uint32_t segment, Position from, Position applied) {
  Position at{segment, SegmentHeader::kBytes};
  at = std::max(at, from);
  std::string bytes(GroupHeader::kBytes, '\0');
  GroupHeader header;
  const auto sync = [&]() -> Status {
    if (const auto done = files_.sync(segment); !done)
      return disk_error(done.error(), "sync", files_.path(segment));
    return {};
  };
  std::size_t not_synced = 0;
  while (at < applied && files_.read(at, bytes) && header.decode(bytes)) {
    if (const auto done = files_.zero(at.plus(GroupHeader::kBytes), header.ops_bytes); !done)
      return disk_error(done.error(), "erase", files_.path(segment));
    at = header.end();
    not_synced += kPageBytes + header.ops_bytes;
    if (not_synced < kBytesPerSync)
      continue;
    if (Status done = sync(); !done)
      return done;
    not_synced = 0;
  }
  return sync();
}

} // namespace rookery::storage

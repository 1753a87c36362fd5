#include "storage/rocksdb/applier.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "storage/batch.h"
#include "storage/coding.h"

namespace rookery::storage {
namespace {

constexpr std::size_t kWriteBatchKeepBytes =
    1024 * 1024; // a larger one is not kept for the next group

std::string packed_position(Position at) {
  std::string out;
  put_fixed(out, at.packed());
  return out;
}

} // namespace

class Applier::Visitor {
public:
  Visitor(Applier& applier, const GroupHeader& header, std::string_view bodies, Lacking lacking)
      : applier_(applier), header_(header), bodies_(bodies), lacking_(lacking),
        next_id_(header.first_id) {}

  void operator()(const AppendOp& op) {
    std::uint64_t id = next_id_++;
    if (op.given != kBeforeAll) {
      id = op.given.value;
      inserted_ = std::max(inserted_, id);
    }
    if (!lacking_.index)
      return;
    IndexEntry entry;
    entry.id = id;
    entry.location =
        header_.bodies().plus(static_cast<std::size_t>(op.body.data() - bodies_.data())).packed();
    entry.length = static_cast<std::uint32_t>(op.body.size());
    entry.crc = op.body_crc;
    for (const LogTarget& target : op.logs()) {
      entry.tag = target.tag;
      entry.flags = target.flags;
      entry.other_count = 0;
      for (const LogTarget& other : op.logs())
        if (other.log != target.log)
          entry.others[entry.other_count++] = other.log.value;
      applier_.recent_.add(target.log, entry);
    }
  }
  void operator()(const PutOp& op) {
    if (!lacking_.records)
      return;
    set_key(op.owner, op.keyspace, op.key);
    applier_.batch_->Put(key_, {op.value.data(), op.value.size()});
  }
  void operator()(const RemoveOp& op) {
    if (!lacking_.records)
      return;
    set_key(op.owner, op.keyspace, op.key);
    applier_.batch_->Delete(key_);
  }
  void operator()(const RemoveAllOp& op) {
    if (!lacking_.records)
      return;
    const KeyRange range = keyspace_range(op.owner, op.keyspace);
    applier_.batch_->DeleteRange(range.first, range.end);
  }
  void operator()(const EraseOwnerOp& op) {
    if (!lacking_.records)
      return;
    const KeyRange range = owner_range(op.owner);
    applier_.batch_->DeleteRange(range.first, range.end);
    erase({.owner = op.owner,
           .after = 0,
           .through = last_given(),
           .records = true,
           .group = {},
           .number = 0});
  }
  void operator()(const TrimOp& op) {
    // Never what is yet to come: an id given later is another entry.
    const std::uint64_t through = std::min(op.through.value, last_given());
    erase({.owner = op.log,
           .after = 0,
           .through = through,
           .records = false,
           .group = {},
           .number = 0});
  }
  void operator()(const EraseEntryOp& op) {
    if (op.id == kBeforeAll || op.id.value > last_given())
      return;
    erase({.owner = op.log,
           .after = op.id.value - 1,
           .through = op.id.value,
           .records = false,
           .group = {},
           .number = 0});
  }

  /// Of the inserts of this group; 0 where there are none.
  [[nodiscard]] std::uint64_t inserted() const { return inserted_; }

private:
  /// All entries that this group's operations can mean have ids up to this.
  [[nodiscard]] std::uint64_t last_given() const { return std::max(next_id_ - 1, inserted_); }

  void set_key(Owner owner, std::string_view keyspace, std::string_view key) {
    key_ = keyspace_prefix(owner, keyspace);
    key_ += key;
  }

  void erase(Erasure erasure) {
    if (!lacking_.records)
      return;
    erasure.group = header_.at;
    erasure.number = erasures_++;
    applier_.batch_->Put(erasure.key(), erasure.value());
    applier_.hidden_.add(erasure);
  }

  Applier& applier_;
  const GroupHeader& header_;
  const std::string_view bodies_;
  const Lacking lacking_;
  std::uint64_t next_id_;
  std::uint64_t inserted_ = 0;
  std::uint32_t erasures_ = 0;
  std::string key_;
};

Applier::Applier(Database& database, RecentIndex& recent, HiddenRanges& hidden,
                 const IndexState& start, const std::map<std::uint32_t, std::uint64_t>& bodies)
    : database_(database), recent_(recent), hidden_(hidden),
      batch_(std::make_unique<rocksdb::WriteBatch>()), state_(start), start_bodies_(bodies) {}

Applier::~Applier() = default;

Status Applier::apply(const GroupHeader& header, std::string_view ops, std::string_view bodies,
                      Lacking lacking) {
  Visitor visitor(*this, header, bodies, lacking);
  BatchReader reader(ops, bodies);
  while (const auto op = reader.next())
    std::visit(visitor, *op);
  ROOKERY_ASSERT(!reader.malformed());
  if (lacking.index && header.appends > 0) {
    const auto [bodies_of, fresh] = bodies_.try_emplace(header.at.segment, 0);
    if (fresh && start_bodies_.contains(header.at.segment))
      bodies_of->second = start_bodies_.at(header.at.segment);
    bodies_of->second += header.appends;
  }
  if (header.appends > 0)
    state_.last_id =
        std::max({state_.last_id, header.first_id + header.appends - 1, visitor.inserted()});
  state_.applied = std::max(state_.applied, header.end());
  if (batch_->Count() == 0)
    return {};
  batch_->Put(rocksdb::Slice(kRecordsAppliedKey.data(), kRecordsAppliedKey.size()),
              packed_position(header.end()));
  return write();
}

Status Applier::write() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  const rocksdb::Status written = database_.db().Write(options, batch_.get());
  if (batch_->GetDataSize() > kWriteBatchKeepBytes || is_oversized(batch_->Data()))
    *batch_ = rocksdb::WriteBatch();
  else
    batch_->Clear();
  return database_.status(written);
}

Result<CheckpointState> Applier::freeze() {
  batch_->Put(rocksdb::Slice(kRecordsAppliedKey.data(), kRecordsAppliedKey.size()),
              packed_position(state_.applied));
  if (const auto done = write(); !done)
    return std::unexpected(done.error());
  recent_.freeze();
  CheckpointState checkpoint{state_, {bodies_.begin(), bodies_.end()}};
  // Segments that are full need not be told again; the present one goes on.
  while (bodies_.size() > 1)
    bodies_.erase(bodies_.begin());
  return checkpoint;
}

} // namespace rookery::storage

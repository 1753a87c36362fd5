#include "storage/rocksdb/recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "storage/batch.h"
#include "storage/coding.h"
#include "storage/crc32c.h"
#include "storage/rocksdb/torn_write.h"

namespace rookery::storage {
namespace {

constexpr std::string_view kDamageAdvice = "the disk has lost acknowledged data: copy the data "
                                           "directory away, check the disk, and restore a backup";
constexpr std::size_t kScanBytes = 1 << 20;

enum class Verdict : std::uint8_t { kWhole, kTorn, kDamaged };

/// Judges what follows a header (`rest`, without what the file is too short for) by its checksums.
Verdict judge(const GroupHeader& header, std::string_view rest) {
  const std::string_view ops = rest.substr(0, header.ops_bytes);
  const std::string_view bodies = rest.substr(header.ops_bytes, header.bodies_bytes);
  const std::string_view trailer = rest.substr(rest.size() - sizeof GroupHeader::kTrailer);
  const Position ops_at = header.at.plus(GroupHeader::kBytes);
  const bool cut = all_zero(trailer);
  if (!cut && Decoder(trailer).fixed<std::uint64_t>() != GroupHeader::kTrailer)
    return Verdict::kDamaged;
  if (crc32c(ops) != header.ops_crc)
    return cut || has_unwritten_part(ops_at.offset, ops) ? Verdict::kTorn : Verdict::kDamaged;
  Verdict verdict = cut ? Verdict::kTorn : Verdict::kWhole;
  BatchReader reader(ops, bodies);
  while (const auto op = reader.next()) {
    const auto* append = std::get_if<AppendOp>(&*op);
    if (append == nullptr || crc32c(append->body) == append->body_crc)
      continue;
    const auto within = static_cast<std::size_t>(append->body.data() - bodies.data());
    if (!cut && !has_unwritten_part(header.bodies().plus(within).offset, append->body))
      return Verdict::kDamaged;
    verdict = Verdict::kTorn;
  }
  return reader.malformed() ? Verdict::kDamaged : verdict;
}

/// Walks the groups of one segment.
class SegmentScan {
public:
  SegmentScan(SegmentFiles& files, std::uint32_t number) : files_(files), number_(number) {}

  Status open() {
    auto file = files_.open(number_);
    if (!file)
      return disk_error(file.error(), "open a segment", files_.path(number_));
    file_ = std::move(*file);
    const auto size = file_->size();
    if (!size)
      return disk_error(size.error(), "ask for the size", files_.path(number_));
    size_ = *size;
    return read(0, SegmentHeader::kBytes, header_bytes_);
  }

  [[nodiscard]] bool header_decodes() {
    return header_.decode(header_bytes_) && header_.segment == number_;
  }
  [[nodiscard]] bool header_unwritten() const {
    return header_bytes_.size() < SegmentHeader::kBytes || has_unwritten_part(0, header_bytes_);
  }
  [[nodiscard]] const SegmentHeader& header() const { return header_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] DiskFile& file() const { return *file_; }

  struct End {
    std::uint64_t offset = 0;
    Verdict verdict = Verdict::kWhole; // kWhole: only zeros follow
    Position synced;                   // the most any header claims
  };

  /// Goes from `offset` on, and visits if asked to, until something is not a whole group.
  Result<End> walk(std::uint64_t offset, const GroupVisitor* visit) {
    End end{offset, Verdict::kWhole, header_.synced};
    for (;;) {
      if (const auto got = read(end.offset, GroupHeader::kBytes, bytes_); !got)
        return std::unexpected(got.error());
      GroupHeader group;
      if (bytes_.size() < GroupHeader::kBytes || !group.decode(bytes_) ||
          !belongs(group, end.offset)) {
        const auto verdict = judge_rest(end.offset);
        if (!verdict)
          return std::unexpected(verdict.error());
        end.verdict = *verdict;
        return end;
      }
      const std::size_t rest = group.total() - GroupHeader::kBytes;
      if (const auto got = read(end.offset + GroupHeader::kBytes, rest, bytes_); !got)
        return std::unexpected(got.error());
      bytes_.resize(rest); // what the file is short of reads as zeros, as unwritten bytes do
      end.verdict = judge(group, bytes_);
      if (end.verdict != Verdict::kWhole)
        return end;
      if (visit != nullptr) {
        const std::string_view ops = std::string_view(bytes_).substr(0, group.ops_bytes);
        const std::string_view bodies =
            std::string_view(bytes_).substr(group.ops_bytes, group.bodies_bytes);
        if (const auto done = (*visit)(group, ops, bodies); !done)
          return std::unexpected(done.error());
      }
      end.synced = std::max(end.synced, group.synced);
      end.offset += group.total();
    }
  }

  /// Whether a header from `offset` on says that the disk had more than what lies before `limit`
  /// when it was written.
  Result<bool> claims_synced_beyond(std::uint64_t offset, Position limit) {
    for (std::uint64_t at = offset; at < size_; at += kScanBytes) {
      // Overlaps the next part, so that a header across the border is seen.
      if (const auto got = read(at, kScanBytes + GroupHeader::kBytes, bytes_); !got)
        return std::unexpected(got.error());
      for (std::size_t i = 0; i + GroupHeader::kBytes <= bytes_.size() && i < kScanBytes;
           i += GroupHeader::kAlignment) {
        GroupHeader group;
        if (std::memcmp(bytes_.data() + i, &GroupHeader::kMagic, sizeof GroupHeader::kMagic) == 0 &&
            group.decode(std::string_view(bytes_).substr(i)) && belongs(group, at + i) &&
            group.synced > limit)
          return true;
      }
    }
    return false;
  }

  Status read(std::uint64_t offset, std::size_t count, std::string& out) {
    out.resize(offset >= size_
                   ? 0
                   : static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset)));
    const auto got = file_->read(offset, out);
    if (!got)
      return disk_error(got.error(), "read", files_.path(number_));
    out.resize(*got);
    return {};
  }

private:
  [[nodiscard]] bool belongs(const GroupHeader& group, std::uint64_t offset) const {
    return group.store == header_.store &&
           group.at == Position{number_, static_cast<std::uint32_t>(offset)};
  }

  /// No header at `offset`: the end of what was written, or a torn one, or a damaged one?
  Result<Verdict> judge_rest(std::uint64_t offset) {
    const std::string head = bytes_;
    bool zeros_follow = true;
    for (std::uint64_t at = offset + GroupHeader::kBytes; zeros_follow && at < size_;
         at += kScanBytes) {
      if (const auto got = read(at, kScanBytes, bytes_); !got)
        return std::unexpected(got.error());
      zeros_follow = all_zero(bytes_);
    }
    if (all_zero(head) && zeros_follow)
      return Verdict::kWhole;
    // Nothing whole ends in a header, so one that nothing follows was cut.
    return zeros_follow || has_unwritten_part(offset, head) ? Verdict::kTorn : Verdict::kDamaged;
  }

  SegmentFiles& files_;
  const std::uint32_t number_;
  std::shared_ptr<DiskFile> file_;
  std::uint64_t size_ = 0;
  std::string header_bytes_;
  SegmentHeader header_;
  std::string bytes_;
};

class Recovery {
public:
  Recovery(SegmentFiles& files, std::uint64_t store, Position from, const GroupVisitor& visit,
           Log& log)
      : files_(files), from_(from), visit_(visit), log_(log) {
    result_.store = store;
  }

  Result<Recovered> run() {
    const auto numbers = files_.list();
    if (!numbers)
      return std::unexpected(numbers.error());
    result_.end = from_;
    synced_ = from_;
    for (auto at = std::ranges::lower_bound(*numbers, from_.segment); at != numbers->end(); ++at) {
      const std::span<const std::uint32_t> later(at + 1, numbers->end());
      const auto more = segment(*at, later);
      if (!more)
        return std::unexpected(more.error());
      if (!*more)
        break;
    }
    if (result_.last_segment == 0 && from_ != Position{})
      return fail(fmt::format("the log ends before {}, which the index already has", from_.text()),
                  files_.directory(), std::string(kDamageAdvice));
    if (const auto done = make_durable(); !done)
      return std::unexpected(done.error());
    if (const auto done = visit_all(); !done)
      return std::unexpected(done.error());
    return result_;
  }

private:
  std::unexpected<Error> damaged(std::string what, std::uint32_t number) const {
    return fail(std::move(what), files_.path(number), std::string(kDamageAdvice));
  }

  /// False when the log ends in this segment whatever files follow.
  Result<bool> segment(std::uint32_t number, std::span<const std::uint32_t> later) {
    SegmentScan scan(files_, number);
    if (const auto opened = scan.open(); !opened)
      return std::unexpected(opened.error());
    if (!scan.header_decodes()) {
      if (!later.empty() || !scan.header_unwritten())
        return damaged("the segment's header is damaged", number);
      return discard({&number, 1}); // its creation was cut short: nothing was ever written to it
    }
    const SegmentHeader& header = scan.header();
    if (result_.store == 0)
      result_.store = header.store;
    if (header.store != result_.store)
      return fail("this segment belongs to another store", files_.path(number), "move it away");
    const bool first = result_.last_segment == 0;
    if (first && from_.segment == number) {
      if (from_.offset > scan.size())
        return damaged(fmt::format("the segment ends before {}", from_.text()), number);
    } else if (header.previous_end != result_.end) {
      return damaged(fmt::format("the log before it ends at {} but should end at {}",
                                 result_.end.text(), header.previous_end.text()),
                     number);
    }
    result_.last_segment = number;
    const std::uint64_t begin =
        first && from_.segment == number ? from_.offset : std::uint64_t{SegmentHeader::kBytes};
    const auto end = scan.walk(begin, nullptr);
    if (!end)
      return std::unexpected(end.error());
    scanned_.push_back({number, begin, end->offset});
    result_.end = {number, static_cast<std::uint32_t>(end->offset)};
    synced_ = std::max(synced_, end->synced);
    if (end->verdict == Verdict::kWhole)
      return true;
    return torn(scan, *end, later);
  }

  Result<bool> torn(SegmentScan& scan, const SegmentScan::End& end,
                    std::span<const std::uint32_t> later) {
    const auto where = fmt::format("offset {}", end.offset);
    if (end.verdict == Verdict::kDamaged)
      return damaged("a checksum does not match at " + where, result_.end.segment);
    auto claimed = scan.claims_synced_beyond(end.offset, result_.end);
    for (std::size_t i = 0; claimed && !*claimed && i < later.size(); ++i) {
      SegmentScan next(files_, later[i]);
      if (const auto opened = next.open(); !opened)
        return std::unexpected(opened.error());
      if (!next.header_decodes())
        continue;
      claimed = next.header().synced > result_.end
                    ? Result<bool>(true)
                    : next.claims_synced_beyond(SegmentHeader::kBytes, result_.end);
    }
    if (!claimed)
      return std::unexpected(claimed.error());
    if (*claimed)
      return damaged("bytes are missing at " + where + ", before others that were written later",
                     result_.end.segment);
    result_.dropped_bytes += scan.size() - end.offset;
    log_.at(LogLevel::kWarning, "storage",
            "cut off a write that was not acknowledged segment={} offset={}", result_.end.segment,
            end.offset);
    return discard(later);
  }

  Result<bool> discard(std::span<const std::uint32_t> numbers) {
    for (const std::uint32_t number : numbers) {
      log_.at(LogLevel::kWarning, "storage",
              "removed a segment without acknowledged data segment={}", number);
      if (const auto done = files_.remove(number); !done)
        return disk_error(done.error(), "remove a segment", files_.path(number));
      discarded_last_ = std::max(discarded_last_, number);
    }
    return false;
  }

  /// Writes once more what may be in the system's cache only (after a sync failed, its bytes can be
  /// read and yet never reach the disk), and cuts segments to what they hold.
  Status make_durable() {
    for (const auto& [number, begin, end] : scanned_) {
      SegmentScan scan(files_, number);
      if (const auto opened = scan.open(); !opened)
        return opened;
      std::uint64_t at = begin;
      if (synced_.segment > number)
        at = end;
      if (synced_.segment == number)
        at = std::max<std::uint64_t>(begin, synced_.offset);
      const bool cut = number == result_.end.segment && scan.size() > end;
      if (at >= end && !cut)
        continue;
      std::string bytes;
      for (; at < end; at += bytes.size()) {
        if (const auto got = scan.read(at, std::min<std::size_t>(kScanBytes, end - at), bytes);
            !got)
          return got;
        if (const auto put = scan.file().write(at, bytes); !put)
          return disk_error(put.error(), "write", files_.path(number));
      }
      if (cut)
        if (const auto done = scan.file().truncate(end); !done)
          return disk_error(done.error(), "shorten", files_.path(number));
      if (const auto done = scan.file().sync(); !done)
        return disk_error(done.error(), "sync", files_.path(number));
    }
    result_.last_segment = std::max(result_.last_segment, discarded_last_);
    const auto done = files_.disk().sync_directory(files_.directory());
    if (!done)
      return disk_error(done.error(), "sync the directory", files_.directory());
    return {};
  }

  /// Only now: what is visited may become durable elsewhere, so it must be so here.
  Status visit_all() {
    for (const auto& [number, begin, end] : scanned_) {
      SegmentScan scan(files_, number);
      if (const auto opened = scan.open(); !opened)
        return opened;
      if (!scan.header_decodes())
        return damaged("the segment's header changed while it was read", number);
      const auto walked = scan.walk(begin, &visit_);
      if (!walked)
        return std::unexpected(walked.error());
      if (walked->offset != end)
        return damaged("the segment changed while it was read", number);
    }
    return {};
  }

  struct Scanned {
    std::uint32_t number;
    std::uint64_t begin, end;
  };

  SegmentFiles& files_;
  const Position from_;
  const GroupVisitor& visit_;
  Log& log_;
  Recovered result_;
  Position synced_;
  std::uint32_t discarded_last_ = 0;
  std::vector<Scanned> scanned_;
};

} // namespace

Result<Recovered> recover(SegmentFiles& files, std::uint64_t store, Position from,
                          const GroupVisitor& visit, Log& log) {
  return Recovery(files, store, from, visit, log).run();
}

} // namespace rookery::storage

#include "storage/rocksdb/segments.h"

#include <algorithm>
#include <cerrno>

#include "base/assert.h"

namespace rookery::storage {
namespace {

constexpr std::size_t kZerosBytes = 64 * 1024;

} // namespace

std::string SegmentFiles::path(std::uint32_t segment) const {
  return directory_ + "/" + segment_name(segment);
}

Result<std::vector<std::uint32_t>> SegmentFiles::list() const {
  const auto names = disk_.list(directory_);
  if (!names)
    return disk_error(names.error(), "list the segments", directory_);
  std::vector<std::uint32_t> numbers;
  for (const std::string& name : *names)
    if (const std::uint32_t number = segment_number(name))
      numbers.push_back(number);
  std::ranges::sort(numbers);
  return numbers;
}

DiskResult<std::shared_ptr<DiskFile>> SegmentFiles::open(std::uint32_t segment) {
  const std::lock_guard lock(mutex_);
  if (const auto found = open_.find(segment); found != open_.end()) {
    uses_.splice(uses_.begin(), uses_, found->second.use);
    return found->second.file;
  }
  auto file = disk_.open(path(segment), OpenMode::kReadWrite);
  if (!file)
    return std::unexpected(file.error());
  if (open_.size() >= kOpenMax) {
    open_.erase(uses_.back());
    uses_.pop_back();
  }
  uses_.push_front(segment);
  return open_.emplace(segment, Open{std::move(*file), uses_.begin()}).first->second.file;
}

bool SegmentFiles::read(Position at, std::string& out) {
  const auto file = open(at.segment);
  if (!file)
    return false;
  const auto got = (*file)->read(at.offset, out);
  return got && *got == out.size();
}

DiskStatus SegmentFiles::zero(Position at, std::size_t bytes) {
  static const std::string zeros(kZerosBytes, '\0');
  const auto file = open(at.segment);
  if (!file)
    return std::unexpected(file.error());
  for (std::size_t done = 0; done < bytes;) {
    const std::size_t count = std::min(bytes - done, zeros.size());
    const auto put = (*file)->write(at.offset + done, std::string_view(zeros).substr(0, count));
    if (!put)
      return put;
    done += count;
  }
  return {};
}

DiskStatus SegmentFiles::sync(std::uint32_t segment) {
  const auto file = open(segment);
  if (!file)
    return std::unexpected(file.error());
  return (*file)->sync();
}

DiskStatus SegmentFiles::remove(std::uint32_t segment) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = open_.find(segment); found != open_.end()) {
      uses_.erase(found->second.use);
      open_.erase(found);
    }
  }
  return disk_.unlink(path(segment));
}

Status SegmentWriter::refused(int error_number, std::string_view cannot,
                              std::uint32_t segment) const {
  return disk_error(error_number, cannot, files_.path(segment));
}

Status SegmentWriter::start(std::uint32_t number, Position previous_end) {
  SegmentHeader header;
  header.store = store_;
  header.segment = number;
  header.previous_end = previous_end;
  header.synced = std::max(synced(), file_ ? Position{} : previous_end);
  auto created = files_.disk().open(files_.path(number), OpenMode::kCreateNew);
  if (!created)
    return refused(created.error(), "create a segment", number);
  std::shared_ptr<DiskFile> file = std::move(*created);
  if (const auto done = file->allocate(segment_bytes_); !done)
    return refused(done.error(), "set space aside", number);
  if (const auto done = file->write(0, header.encode()); !done)
    return refused(done.error(), "write", number);
  if (const auto done = file->sync(); !done)
    return refused(done.error(), "sync", number);
  if (const auto done = files_.disk().sync_directory(files_.directory()); !done)
    return refused(done.error(), "sync the directory", number);

  const std::lock_guard lock(mutex_);
  const Position begin{number, SegmentHeader::kBytes};
  const bool all_synced = !file_ || synced() == end();
  if (!all_synced)
    unsynced_.push_back(std::move(file_));
  file_ = std::move(file);
  end_.store(begin.packed(), std::memory_order_release);
  if (all_synced)
    synced_.store(begin.packed(), std::memory_order_release);
  return {};
}

Status SegmentWriter::make_room(std::size_t bytes) {
  const Position at = end();
  if (at.offset + bytes <= segment_bytes_ || at.offset == SegmentHeader::kBytes)
    return {};
  return start(at.segment + 1, at);
}

Status SegmentWriter::write(std::string_view group) {
  const Position at = end();
  if (const auto done = file_->write(at.offset, group); !done)
    return refused(done.error(), "write", at.segment);
  end_.store(at.plus(group.size()).packed(), std::memory_order_release);
  return {};
}

Status SegmentWriter::sync() {
  std::vector<std::shared_ptr<DiskFile>> files;
  Position through;
  {
    const std::lock_guard lock(mutex_);
    through = end();
    if (through == synced())
      return {};
    files = unsynced_;
    files.push_back(file_);
  }
  for (const auto& file : files)
    if (const auto done = file->sync(); !done)
      return refused(done.error(), "sync", through.segment);
  const std::lock_guard lock(mutex_);
  std::erase_if(unsynced_,
                [&](const auto& file) { return std::ranges::find(files, file) != files.end(); });
  synced_.store(std::max(synced(), through).packed(), std::memory_order_release);
  return {};
}

Status SegmentWriter::seal() {
  if (const auto done = sync(); !done)
    return done;
  if (const auto done = file_->truncate(end().offset); !done)
    return refused(done.error(), "shorten", end().segment);
  if (const auto done = file_->sync(); !done)
    return refused(done.error(), "sync", end().segment);
  return {};
}

} // namespace rookery::storage

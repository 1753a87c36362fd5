#include "storage/rocksdb/backup.h"

#include <rocksdb/db.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <cerrno>

#include "storage/rocksdb/layout.h"

namespace rookery::storage {
namespace {

constexpr std::size_t kCopyBytes = 1 << 20;

class Backup {
public:
  Backup(const Database& database, SegmentFiles& files, const SegmentWriter& writer,
         std::string directory)
      : database_(database), files_(files), writer_(writer), disk_(files.disk()),
        final_(std::move(directory)), work_(final_ + ".part") {}

  Result<std::uint64_t> run() {
    const auto info = disk_.info(final_);
    if (info)
      return fail("there is something already", final_, "name a directory that does not exist");
    if (info.error() != ENOENT)
      return disk_error(info.error(), "look at", final_);
    auto copied = copy();
    if (!copied)
      remove_work();
    return copied;
  }

private:
  Result<std::uint64_t> copy() {
    remove_work(); // of a backup that a crash ended
    for (const std::string& path : {work_, segments_path(work_)})
      if (const auto made = disk_.make_directory(path); !made)
        return disk_error(made.error(), "make a directory", path);
    if (const auto done = copy_index(); !done)
      return std::unexpected(done.error());
    // Behind every position that the copied index can know of; at the end of a whole group.
    const Position end = writer_.end();
    const auto segments = files_.list();
    if (!segments)
      return std::unexpected(segments.error());
    for (const std::uint32_t segment : *segments) {
      if (segment > end.segment)
        break;
      const auto done =
          copy_segment(segment, segment == end.segment ? end.offset : ~std::uint64_t{0});
      if (!done)
        return std::unexpected(done.error());
    }
    const std::string parent =
        final_.find('/') == std::string::npos ? "." : final_.substr(0, final_.rfind('/'));
    for (const std::string& path : {segments_path(work_), work_})
      if (const auto done = disk_.sync_directory(path); !done)
        return disk_error(done.error(), "sync the directory", path);
    if (const auto done = disk_.rename(work_, final_); !done)
      return disk_error(done.error(), "name the finished backup", final_);
    if (const auto done = disk_.sync_directory(parent.empty() ? "/" : parent); !done)
      return disk_error(done.error(), "sync the directory", parent);
    return bytes_;
  }

  Status copy_index() {
    rocksdb::Checkpoint* made = nullptr;
    if (const auto done = database_.status(rocksdb::Checkpoint::Create(&database_.db(), &made));
        !done)
      return done;
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    const auto done = database_.status(checkpoint->CreateCheckpoint(index_path(work_)));
    if (!done)
      return done;
    const auto names = disk_.list(index_path(work_));
    if (!names)
      return disk_error(names.error(), "list", index_path(work_));
    for (const std::string& name : *names)
      if (const auto info = disk_.info(index_path(work_) + "/" + name))
        bytes_ += info->size;
    return {};
  }

  Status copy_segment(std::uint32_t segment, std::uint64_t limit) {
    const auto from = files_.open(segment);
    if (!from)
      return disk_error(from.error(), "open a segment", files_.path(segment));
    const std::string path = segments_path(work_) + "/" + segment_name(segment);
    const auto to = disk_.open(path, OpenMode::kCreateNew);
    if (!to)
      return disk_error(to.error(), "create", path);
    std::string bytes;
    for (std::uint64_t at = 0; at < limit; at += bytes.size()) {
      bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kCopyBytes, limit - at)));
      const auto got = (*from)->read(at, bytes);
      if (!got)
        return disk_error(got.error(), "read", files_.path(segment));
      if (*got == 0)
        break;
      bytes.resize(*got);
      if (const auto put = (*to)->write(at, bytes); !put)
        return disk_error(put.error(), "write", path);
      bytes_ += bytes.size();
    }
    if (const auto done = (*to)->sync(); !done)
      return disk_error(done.error(), "sync", path);
    return {};
  }

  void remove_work() {
    for (const std::string& path :
         {segments_path(work_), index_path(work_), index_path(work_) + ".tmp", work_}) {
      if (const auto names = disk_.list(path))
        for (const std::string& name : *names)
          (void)disk_.unlink(path + "/" + name);
      (void)disk_.remove_directory(path);
    }
  }

  const Database& database_;
  SegmentFiles& files_;
  const SegmentWriter& writer_;
  Disk& disk_;
  const std::string final_;
  const std::string work_;
  std::uint64_t bytes_ = 0;
};

} // namespace

Result<std::uint64_t> write_backup(const Database& database, SegmentFiles& files,
                                   const SegmentWriter& writer, const std::string& directory) {
  return Backup(database, files, writer, directory).run();
}

} // namespace rookery::storage

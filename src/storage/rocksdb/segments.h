// Segment files: writing groups at the end, reading bodies anywhere, zeroing what is erased.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/disk.h"
#include "storage/rocksdb/format.h"

namespace rookery::storage {

/// Opens segments for readers and keeps the last used ones open. Any thread.
class SegmentFiles {
public:
  /// Of segments of the usual size it is 32 GB of log: a page of an account that gets a message a
  /// day needs a segment for each.
  static constexpr std::size_t kOpenMax = 512;

  SegmentFiles(Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}

  [[nodiscard]] Disk& disk() const { return disk_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] std::string path(std::uint32_t segment) const;
  /// Numbers ascending.
  [[nodiscard]] Result<std::vector<std::uint32_t>> list() const;

  DiskResult<std::shared_ptr<DiskFile>> open(std::uint32_t segment);
  /// False when the file is gone, short, or refuses.
  [[nodiscard]] bool read(Position at, std::string& out);
  /// Overwrites with zeros; the caller syncs.
  DiskStatus zero(Position at, std::size_t bytes);
  DiskStatus sync(std::uint32_t segment);
  DiskStatus remove(std::uint32_t segment);

private:
  struct Open {
    std::shared_ptr<DiskFile> file;
    std::list<std::uint32_t>::iterator use;
  };

  Disk& disk_;
  const std::string directory_;
  std::mutex mutex_;
  std::map<std::uint32_t, Open> open_;
  std::list<std::uint32_t> uses_; // most recent first
};

/// Where the log grows. The committer's, except what says otherwise.
class SegmentWriter {
public:
  SegmentWriter(SegmentFiles& files, std::uint64_t store, std::uint64_t segment_bytes)
      : files_(files), store_(store), segment_bytes_(segment_bytes) {}

  /// Starts segment `number`, which follows groups that end at `previous_end` and are all synced.
  Status start(std::uint32_t number, Position previous_end);
  /// Room for a group of `bytes` in the present segment, or in the next one that it starts.
  Status make_room(std::size_t bytes);
  /// Where the next group goes.
  [[nodiscard]] Position end() const {
    return Position::unpack(end_.load(std::memory_order_acquire));
  }
  /// All before it is on the disk. Any thread.
  [[nodiscard]] Position synced() const {
    return Position::unpack(synced_.load(std::memory_order_acquire));
  }
  Status write(std::string_view group);
  /// Any thread. What was written when it was called is then on the disk.
  Status sync();
  /// Cuts off the space that was set aside; nothing is written any more.
  Status seal();

private:
  Status refused(int error_number, std::string_view cannot, std::uint32_t segment) const;

  SegmentFiles& files_;
  const std::uint64_t store_;
  const std::uint64_t segment_bytes_;
  std::shared_ptr<DiskFile> file_; // written by the committer under mutex_
  std::atomic<std::uint64_t> end_ = 0;
  std::atomic<std::uint64_t> synced_ = 0;
  std::mutex mutex_;                                // guards file_'s pointer and unsynced_
  std::vector<std::shared_ptr<DiskFile>> unsynced_; // earlier segments that were not synced since
};

} // namespace rookery::storage

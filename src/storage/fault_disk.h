// Disks that stand before another one and make it worse: for tests, and for crash tests of the real
// program.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "storage/disk.h"

namespace rookery::storage {

enum class DiskCall : std::uint8_t {
  kOpen,
  kRead,
  kWrite,
  kSync,
  kAllocate,
  kTruncate,
  kSize,
  kRename,
  kLink,
  kUnlink,
  kList,
  kInfo,
  kMakeDirectory,
  kRemoveDirectory,
  kSyncDirectory,
  kLock,
};

/// Calls that change what is on the disk.
[[nodiscard]] bool changes_disk(DiskCall call);

/// Asks `hook` before each call: 0 lets it pass, anything else is its error number.
class FaultDisk final : public Disk {
public:
  using Hook = std::function<int(DiskCall call, const std::string& path)>;
  /// `hook` is called by several threads at once.
  FaultDisk(Disk& base, Hook hook) : base_(base), hook_(std::move(hook)) {}

  DiskResult<std::unique_ptr<DiskFile>> open(const std::string& path, OpenMode mode) override;
  DiskStatus rename(const std::string& from, const std::string& to) override;
  DiskStatus link(const std::string& from, const std::string& to) override;
  DiskStatus unlink(const std::string& path) override;
  DiskResult<std::vector<std::string>> list(const std::string& path) override;
  DiskResult<FileInfo> info(const std::string& path) override;
  DiskStatus make_directory(const std::string& path) override;
  DiskStatus remove_directory(const std::string& path) override;
  DiskStatus sync_directory(const std::string& path) override;
  DiskResult<std::unique_ptr<DiskLock>> lock(const std::string& path) override;

private:
  class File;
  Disk& base_;
  Hook hook_;
};

/// Keeps what was written and not yet synced in this process's memory, so that killing the process
/// loses it as a power cut would: a stricter disk for `kill -9` tests of a server whose promise is
/// Durability::kPower. Names change at once.
class UnsyncedDisk final : public Disk {
public:
  explicit UnsyncedDisk(Disk& base) : base_(base) {}
  ~UnsyncedDisk() override;

  DiskResult<std::unique_ptr<DiskFile>> open(const std::string& path, OpenMode mode) override;
  DiskStatus rename(const std::string& from, const std::string& to) override;
  DiskStatus link(const std::string& from, const std::string& to) override;
  DiskStatus unlink(const std::string& path) override;
  DiskResult<std::vector<std::string>> list(const std::string& path) override;
  DiskResult<FileInfo> info(const std::string& path) override;
  DiskStatus make_directory(const std::string& path) override;
  DiskStatus remove_directory(const std::string& path) override;
  DiskStatus sync_directory(const std::string& path) override;
  DiskResult<std::unique_ptr<DiskLock>> lock(const std::string& path) override;

private:
  struct Node;
  class File;

  Disk& base_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Node>>
      nodes_; // files opened since the start, by their present name
};

} // namespace rookery::storage

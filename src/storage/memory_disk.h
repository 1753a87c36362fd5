// A disk in memory that can lose its power: for tests of stores. Whatever was not synced may then
// be there, or not, or in part.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "storage/disk.h"

namespace rookery::storage {

class MemoryDisk final : public Disk {
public:
  MemoryDisk();
  ~MemoryDisk() override;

  /// What a disk may look like after the power went: of each file's unsynced sectors any subset was
  /// written, of the changes to names since their directory was synced the first few happened.
  /// Files and locks that are open are dead (EIO). `random` null: nothing unsynced survives.
  void power_cut(Random* random);

  /// Flips one bit of a file, on the disk too. For tests of damage.
  void flip_bit(const std::string& path, std::uint64_t offset, unsigned bit);
  /// All bytes of all files that any part of the disk still names, one file after the other: to
  /// look for erased text.
  [[nodiscard]] std::string all_bytes() const;

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
  class Lock;
  using Names = std::map<std::string, std::shared_ptr<Node>>;
  /// A change of one name: what it means from then on (null: nothing).
  struct Change {
    std::string path;
    std::shared_ptr<Node> node;
  };

  void change(std::vector<Change> changes);
  static void apply(Names& names, const std::vector<Change>& changes);
  static void settle(Node& node, Random* random);

  mutable std::mutex mutex_; // guards all, nodes too
  Names names_;
  Names durable_names_;
  std::vector<std::vector<Change>> unsynced_; // each element happens as a whole
  std::set<std::string> locks_;
  std::uint64_t power_cuts_ = 0;
};

} // namespace rookery::storage

// The only door to files: what a store asks of a disk, so that a test can make the disk lose,
// refuse or damage things.
//
// Failures are POSIX error numbers, since a caller decides by them (ENOENT is often an answer, not
// an error). All classes may be used by several threads at once. Paths are as open(2) takes them.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rookery::storage {

template <class T> using DiskResult = std::expected<T, int>;
using DiskStatus = std::expected<void, int>;

/// A disk keeps or loses a write in units of this many bytes, aligned: the smallest that disks
/// write at once.
inline constexpr std::size_t kSectorBytes = 512;

enum class OpenMode : std::uint8_t {
  kRead,
  kReadWrite,
  kCreateNew,     // EEXIST when it is there
  kCreateOrEmpty, // like O_CREAT | O_TRUNC
};

class DiskFile {
public:
  virtual ~DiskFile() = default;
  /// Bytes read; fewer than asked only at the end of the file.
  virtual DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> out) = 0;
  /// True: all of `out` was there without waiting for the medium. False: it is not filled, or in
  /// part; it may be on its way, so that a read() soon after waits less.
  virtual bool read_ready(std::uint64_t offset, std::span<char> out) {
    const auto got = read(offset, out);
    return got && *got == out.size();
  }
  /// All of `bytes`, or an error and any part of them.
  virtual DiskStatus write(std::uint64_t offset, std::string_view bytes) = 0;
  /// Returns when all writes so far, and the size, are on the disk. After a failure nothing is
  /// known about them.
  virtual DiskStatus sync() = 0;
  /// Makes the file at least `size` bytes, the new ones zero, so that writes into it need no new
  /// space.
  virtual DiskStatus allocate(std::uint64_t size) = 0;
  virtual DiskStatus truncate(std::uint64_t size) = 0;
  virtual DiskResult<std::uint64_t> size() = 0;
};

/// Held by at most one process (and one holder in it); released when destroyed or when the process
/// ends.
class DiskLock {
public:
  virtual ~DiskLock() = default;
};

struct FileInfo {
  std::uint64_t size = 0;
  std::uint64_t modified_seconds = 0;
  bool directory = false;
};

class Disk {
public:
  virtual ~Disk() = default;
  virtual DiskResult<std::unique_ptr<DiskFile>> open(const std::string& path, OpenMode mode) = 0;
  virtual DiskStatus rename(const std::string& from, const std::string& to) = 0;
  virtual DiskStatus link(const std::string& from, const std::string& to) = 0;
  virtual DiskStatus unlink(const std::string& path) = 0;
  /// Names in a directory, in any order, without "." and "..".
  virtual DiskResult<std::vector<std::string>> list(const std::string& path) = 0;
  virtual DiskResult<FileInfo> info(const std::string& path) = 0;
  virtual DiskStatus make_directory(const std::string& path) = 0;
  virtual DiskStatus remove_directory(const std::string& path) = 0;
  /// Returns when names made, changed and removed in it are on the disk.
  virtual DiskStatus sync_directory(const std::string& path) = 0;
  /// Creates the file where needed and writes this process's id into it. EWOULDBLOCK when somebody
  /// has it.
  virtual DiskResult<std::unique_ptr<DiskLock>> lock(const std::string& path) = 0;
};

/// The operating system's files.
Disk& posix_disk();

/// "WHERE: cannot WHAT: No space left on device; ADVICE"
[[nodiscard]] std::unexpected<Error> disk_error(int error_number, std::string_view cannot,
                                                std::string where);

} // namespace rookery::storage

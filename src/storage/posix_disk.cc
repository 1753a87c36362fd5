#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "storage/disk.h"

namespace rookery::storage {
namespace {

std::unexpected<int> last_error() { return std::unexpected(errno); }
DiskStatus status(int result) {
  if (result != 0)
    return last_error();
  return {};
}

/// Owns a file descriptor.
class Descriptor {
public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool valid() const { return number_ >= 0; }

private:
  int number_;
};

class PosixFile final : public DiskFile {
public:
  explicit PosixFile(Descriptor fd) : fd_(std::move(fd)) {}

  DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = ::pread(fd_.number(), out.data() + done, out.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return last_error();
      if (got == 0)
        break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  bool read_ready(std::uint64_t offset, std::span<char> out) override {
    const iovec part{out.data(), out.size()};
    const auto at = static_cast<off_t>(offset);
    const ssize_t got = ::preadv2(fd_.number(), &part, 1, at, RWF_NOWAIT);
    if (got == static_cast<ssize_t>(out.size()))
      return true;
    ::posix_fadvise(fd_.number(), at, static_cast<off_t>(out.size()), POSIX_FADV_WILLNEED);
    return false;
  }

  DiskStatus write(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t put =
          ::pwrite(fd_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR)
        continue;
      if (put < 0)
        return last_error();
      offset += static_cast<std::uint64_t>(put);
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
  }

  DiskStatus sync() override { return status(::fdatasync(fd_.number())); }

  DiskStatus allocate(std::uint64_t size) override {
    const int error = ::posix_fallocate(fd_.number(), 0, static_cast<off_t>(size));
    if (error != 0)
      return std::unexpected(error);
    return {};
  }

  DiskStatus truncate(std::uint64_t size) override {
    return status(::ftruncate(fd_.number(), static_cast<off_t>(size)));
  }

  DiskResult<std::uint64_t> size() override {
    struct stat found {};
    if (::fstat(fd_.number(), &found) != 0)
      return last_error();
    return static_cast<std::uint64_t>(found.st_size);
  }

private:
  Descriptor fd_;
};

class PosixLock final : public DiskLock {
public:
  explicit PosixLock(Descriptor fd) : fd_(std::move(fd)) {}

private:
  Descriptor fd_;
};

int open_flags(OpenMode mode) {
  switch (mode) {
  case OpenMode::kRead:
    return O_RDONLY;
  case OpenMode::kReadWrite:
    return O_RDWR;
  case OpenMode::kCreateNew:
    return O_RDWR | O_CREAT | O_EXCL;
  case OpenMode::kCreateOrEmpty:
    return O_RDWR | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

class PosixDisk final : public Disk {
public:
  DiskResult<std::unique_ptr<DiskFile>> open(const std::string& path, OpenMode mode) override {
    Descriptor fd(::open(path.c_str(), open_flags(mode) | O_CLOEXEC, 0600));
    if (!fd.valid())
      return last_error();
    return std::make_unique<PosixFile>(std::move(fd));
  }
  DiskStatus rename(const std::string& from, const std::string& to) override {
    return status(::rename(from.c_str(), to.c_str()));
  }
  DiskStatus link(const std::string& from, const std::string& to) override {
    return status(::link(from.c_str(), to.c_str()));
  }
  DiskStatus unlink(const std::string& path) override { return status(::unlink(path.c_str())); }

  DiskResult<std::vector<std::string>> list(const std::string& path) override {
    DIR* directory = ::opendir(path.c_str());
    if (directory == nullptr)
      return last_error();
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(directory)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..")
        names.emplace_back(name);
    }
    ::closedir(directory);
    return names;
  }

  DiskResult<FileInfo> info(const std::string& path) override {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0)
      return last_error();
    return FileInfo{static_cast<std::uint64_t>(found.st_size),
                    static_cast<std::uint64_t>(found.st_mtim.tv_sec), S_ISDIR(found.st_mode)};
  }

  DiskStatus make_directory(const std::string& path) override {
    return status(::mkdir(path.c_str(), 0700));
  }
  DiskStatus remove_directory(const std::string& path) override {
    return status(::rmdir(path.c_str()));
  }
  DiskStatus sync_directory(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid())
      return last_error();
    return status(::fsync(fd.number()));
  }

  DiskResult<std::unique_ptr<DiskLock>> lock(const std::string& path) override {
    Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd.valid())
      return last_error();
    if (::flock(fd.number(), LOCK_EX | LOCK_NB) != 0)
      return last_error();
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd.number(), 0) != 0)
      return last_error();
    if (::pwrite(fd.number(), pid.data(), pid.size(), 0) < 0)
      return last_error();
    return std::make_unique<PosixLock>(std::move(fd));
  }
};

std::string_view advice_for(int error_number) {
  switch (error_number) {
  case ENOSPC:
  case EDQUOT:
    return "free some space on this disk, then start again";
  case EMFILE:
  case ENFILE:
    return "raise the limit of open files (ulimit -n, LimitNOFILE=)";
  case EACCES:
  case EPERM:
  case EROFS:
    return "the user who runs the server must own this directory and be able to write it";
  case EIO:
    return "the disk may be failing: see the kernel's log, and copy the data away";
  default:
    return "";
  }
}

} // namespace

Disk& posix_disk() {
  static PosixDisk disk; // has no state
  return disk;
}

std::unexpected<Error> disk_error(int error_number, std::string_view cannot, std::string where) {
  return fail("cannot " + std::string(cannot) + ": " +
                  std::generic_category().message(error_number),
              std::move(where), std::string(advice_for(error_number)));
}

} // namespace rookery::storage

#include "storage/rocksdb/disk_file_system.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "storage/disk.h"

namespace rookery::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus io_error(int error_number, const std::string& path) {
  const std::string message = std::generic_category().message(error_number);
  if (error_number == ENOENT)
    return IOStatus::PathNotFound(path, message);
  if (error_number == ENOSPC)
    return IOStatus::NoSpace(path, message);
  return IOStatus::IOError(path, message);
}
IOStatus io_status(const DiskStatus& status, const std::string& path) {
  return status ? IOStatus::OK() : io_error(status.error(), path);
}

/// One name for one file: RocksDB sometimes doubles or ends with a slash.
std::string clean(const std::string& path) {
  std::string out;
  for (const char c : path)
    if (c != '/' || out.empty() || out.back() != '/')
      out += c;
  if (out.size() > 1 && out.ends_with('/'))
    out.pop_back();
  return out;
}

IOStatus read_at(DiskFile& file, const std::string& path, std::uint64_t offset, std::size_t count,
                 Slice* result, char* scratch) {
  const auto got = file.read(offset, {scratch, count});
  *result = Slice(scratch, got.value_or(0));
  return got ? IOStatus::OK() : io_error(got.error(), path);
}

class Sequential final : public rocksdb::FSSequentialFile {
public:
  Sequential(std::unique_ptr<DiskFile> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}
  IOStatus Read(std::size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    const IOStatus status = read_at(*file_, path_, offset_, n, result, scratch);
    offset_ += result->size();
    return status;
  }
  IOStatus Skip(std::uint64_t n) override {
    offset_ += n;
    return IOStatus::OK();
  }

private:
  const std::unique_ptr<DiskFile> file_;
  const std::string path_;
  std::uint64_t offset_ = 0;
};

class RandomAccess final : public rocksdb::FSRandomAccessFile {
public:
  RandomAccess(std::unique_ptr<DiskFile> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}
  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    return read_at(*file_, path_, offset, n, result, scratch);
  }

private:
  const std::unique_ptr<DiskFile> file_;
  const std::string path_;
};

class Writable final : public rocksdb::FSWritableFile {
public:
  Writable(std::unique_ptr<DiskFile> file, std::string path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}
  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    const auto put = file_->write(size_, {data.data(), data.size()});
    if (put)
      size_ += data.size();
    return io_status(put, path_);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
    const auto done = file_->truncate(size);
    if (done)
      size_ = size;
    return io_status(done, path_);
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return io_status(file_->sync(), path_);
  }
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return size_; }

private:
  const std::unique_ptr<DiskFile> file_;
  const std::string path_;
  std::uint64_t size_;
};

class Directory final : public rocksdb::FSDirectory {
public:
  Directory(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return io_status(disk_.sync_directory(path_), path_);
  }

private:
  Disk& disk_;
  const std::string path_;
};

class Lock final : public rocksdb::FileLock {
public:
  explicit Lock(std::unique_ptr<DiskLock> lock) : lock_(std::move(lock)) {}

private:
  const std::unique_ptr<DiskLock> lock_;
};

class DiskFileSystem final : public rocksdb::FileSystem {
public:
  explicit DiskFileSystem(Disk& disk) : disk_(disk) {}
  const char* Name() const override { return "RookeryDisk"; }

  IOStatus NewSequentialFile(const std::string& name, const FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    return open(name, OpenMode::kRead, [&](auto file, auto path) {
      *result = std::make_unique<Sequential>(std::move(file), std::move(path));
    });
  }
  IOStatus NewRandomAccessFile(const std::string& name, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    return open(name, OpenMode::kRead, [&](auto file, auto path) {
      *result = std::make_unique<RandomAccess>(std::move(file), std::move(path));
    });
  }
  IOStatus NewWritableFile(const std::string& name, const FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    return open(name, OpenMode::kCreateOrEmpty, [&](auto file, auto path) {
      *result = std::make_unique<Writable>(std::move(file), std::move(path), 0);
    });
  }
  IOStatus ReopenWritableFile(const std::string& name, const FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext*) override {
    const auto info = disk_.info(clean(name));
    if (!info)
      return io_error(info.error(), name);
    return open(name, OpenMode::kReadWrite, [&](auto file, auto path) {
      *result = std::make_unique<Writable>(std::move(file), std::move(path), info->size);
    });
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    const std::string path = clean(name);
    const auto info = disk_.info(path);
    if (!info)
      return io_error(info.error(), path);
    *result = std::make_unique<Directory>(disk_, path);
    return IOStatus::OK();
  }

  IOStatus FileExists(const std::string& name, const IOOptions&, IODebugContext*) override {
    const auto info = disk_.info(clean(name));
    if (info)
      return IOStatus::OK();
    return info.error() == ENOENT ? IOStatus::NotFound() : io_error(info.error(), name);
  }
  IOStatus GetChildren(const std::string& name, const IOOptions&, std::vector<std::string>* result,
                       IODebugContext*) override {
    auto names = disk_.list(clean(name));
    if (!names)
      return names.error() == ENOENT ? IOStatus::NotFound(name) : io_error(names.error(), name);
    *result = std::move(*names);
    return IOStatus::OK();
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions&, IODebugContext*) override {
    return io_status(disk_.unlink(clean(name)), name);
  }
  IOStatus Truncate(const std::string& name, std::size_t size, const IOOptions&,
                    IODebugContext*) override {
    IOStatus status;
    const IOStatus opened = open(name, OpenMode::kReadWrite, [&](auto file, auto path) {
      status = io_status(file->truncate(size), path);
    });
    return opened.ok() ? status : opened;
  }
  IOStatus CreateDir(const std::string& name, const IOOptions&, IODebugContext*) override {
    return io_status(disk_.make_directory(clean(name)), name);
  }
  IOStatus CreateDirIfMissing(const std::string& name, const IOOptions&, IODebugContext*) override {
    const auto made = disk_.make_directory(clean(name));
    return made || made.error() == EEXIST ? IOStatus::OK() : io_error(made.error(), name);
  }
  IOStatus DeleteDir(const std::string& name, const IOOptions&, IODebugContext*) override {
    return io_status(disk_.remove_directory(clean(name)), name);
  }
  IOStatus GetFileSize(const std::string& name, const IOOptions&, std::uint64_t* size,
                       IODebugContext*) override {
    const auto info = disk_.info(clean(name));
    if (info)
      *size = info->size;
    return info ? IOStatus::OK() : io_error(info.error(), name);
  }
  IOStatus GetFileModificationTime(const std::string& name, const IOOptions&, std::uint64_t* time,
                                   IODebugContext*) override {
    const auto info = disk_.info(clean(name));
    if (info)
      *time = info->modified_seconds;
    return info ? IOStatus::OK() : io_error(info.error(), name);
  }
  IOStatus IsDirectory(const std::string& name, const IOOptions&, bool* directory,
                       IODebugContext*) override {
    const auto info = disk_.info(clean(name));
    if (info)
      *directory = info->directory;
    return info ? IOStatus::OK() : io_error(info.error(), name);
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return io_status(disk_.rename(clean(from), clean(to)), from);
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions&,
                    IODebugContext*) override {
    return io_status(disk_.link(clean(from), clean(to)), from);
  }
  IOStatus LockFile(const std::string& name, const IOOptions&, rocksdb::FileLock** lock,
                    IODebugContext*) override {
    auto held = disk_.lock(clean(name));
    if (!held)
      return io_error(held.error(), name);
    *lock = new Lock(std::move(*held)); // tidy: new: RocksDB's interface, UnlockFile() frees it
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    delete lock; // tidy: delete: made by LockFile(), RocksDB's interface
    return IOStatus::OK();
  }
  IOStatus GetTestDirectory(const IOOptions&, std::string*, IODebugContext*) override {
    return IOStatus::NotSupported();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* result,
                           IODebugContext*) override {
    *result = clean(path);
    return IOStatus::OK();
  }

private:
  template <class Use> IOStatus open(const std::string& name, OpenMode mode, Use use) {
    std::string path = clean(name);
    auto file = disk_.open(path, mode);
    if (!file)
      return io_error(file.error(), path);
    use(std::move(*file), std::move(path));
    return IOStatus::OK();
  }

  Disk& disk_;
};

/// RocksDB sleeps a second after each error of a background job; a hostile disk makes many.
class ImpatientClock final : public rocksdb::SystemClockWrapper {
public:
  using SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "RookeryImpatientClock"; }
  void SleepForMicroseconds(int) override {}
};

class DiskEnv final : public rocksdb::EnvWrapper {
public:
  explicit DiskEnv(std::unique_ptr<rocksdb::Env> base)
      : EnvWrapper(base.get()), base_(std::move(base)),
        clock_(std::make_shared<ImpatientClock>(base_->GetSystemClock())) {
    system_clock_ = clock_;
  }
  const char* Name() const override { return "RookeryDiskEnv"; }

private:
  const std::unique_ptr<rocksdb::Env> base_;
  const std::shared_ptr<rocksdb::SystemClock> clock_;
};

} // namespace

std::unique_ptr<rocksdb::Env> make_disk_env(Disk& disk) {
  return std::make_unique<DiskEnv>(
      rocksdb::NewCompositeEnv(std::make_shared<DiskFileSystem>(disk)));
}

} // namespace rookery::storage

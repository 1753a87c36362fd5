#include "storage/fault_disk.h"

namespace rookery::storage {

bool changes_disk(DiskCall call) {
  switch (call) {
  case DiskCall::kRead:
  case DiskCall::kSize:
  case DiskCall::kList:
  case DiskCall::kInfo:
  case DiskCall::kLock:
    return false;
  default:
    return true;
  }
}

class FaultDisk::File final : public DiskFile {
public:
  File(FaultDisk& disk, std::string path, std::unique_ptr<DiskFile> base)
      : disk_(disk), path_(std::move(path)), base_(std::move(base)) {}

  DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    if (const int error = ask(DiskCall::kRead))
      return std::unexpected(error);
    return base_->read(offset, out);
  }
  DiskStatus write(std::uint64_t offset, std::string_view bytes) override {
    if (const int error = ask(DiskCall::kWrite)) {
      // A refused write may have written its first part.
      (void)base_->write(offset, bytes.substr(0, bytes.size() / 2));
      return std::unexpected(error);
    }
    return base_->write(offset, bytes);
  }
  DiskStatus sync() override {
    if (const int error = ask(DiskCall::kSync))
      return std::unexpected(error);
    return base_->sync();
  }
  DiskStatus allocate(std::uint64_t size) override {
    if (const int error = ask(DiskCall::kAllocate))
      return std::unexpected(error);
    return base_->allocate(size);
  }
  DiskStatus truncate(std::uint64_t size) override {
    if (const int error = ask(DiskCall::kTruncate))
      return std::unexpected(error);
    return base_->truncate(size);
  }
  DiskResult<std::uint64_t> size() override {
    if (const int error = ask(DiskCall::kSize))
      return std::unexpected(error);
    return base_->size();
  }

private:
  int ask(DiskCall call) { return disk_.hook_(call, path_); }

  FaultDisk& disk_;
  const std::string path_;
  const std::unique_ptr<DiskFile> base_;
};

DiskResult<std::unique_ptr<DiskFile>> FaultDisk::open(const std::string& path, OpenMode mode) {
  if (const int error = hook_(DiskCall::kOpen, path))
    return std::unexpected(error);
  auto file = base_.open(path, mode);
  if (!file)
    return std::unexpected(file.error());
  return std::make_unique<File>(*this, path, std::move(*file));
}
DiskStatus FaultDisk::rename(const std::string& from, const std::string& to) {
  if (const int error = hook_(DiskCall::kRename, from))
    return std::unexpected(error);
  return base_.rename(from, to);
}
DiskStatus FaultDisk::link(const std::string& from, const std::string& to) {
  if (const int error = hook_(DiskCall::kLink, from))
    return std::unexpected(error);
  return base_.link(from, to);
}
DiskStatus FaultDisk::unlink(const std::string& path) {
  if (const int error = hook_(DiskCall::kUnlink, path))
    return std::unexpected(error);
  return base_.unlink(path);
}
DiskResult<std::vector<std::string>> FaultDisk::list(const std::string& path) {
  if (const int error = hook_(DiskCall::kList, path))
    return std::unexpected(error);
  return base_.list(path);
}
DiskResult<FileInfo> FaultDisk::info(const std::string& path) {
  if (const int error = hook_(DiskCall::kInfo, path))
    return std::unexpected(error);
  return base_.info(path);
}
DiskStatus FaultDisk::make_directory(const std::string& path) {
  if (const int error = hook_(DiskCall::kMakeDirectory, path))
    return std::unexpected(error);
  return base_.make_directory(path);
}
DiskStatus FaultDisk::remove_directory(const std::string& path) {
  if (const int error = hook_(DiskCall::kRemoveDirectory, path))
    return std::unexpected(error);
  return base_.remove_directory(path);
}
DiskStatus FaultDisk::sync_directory(const std::string& path) {
  if (const int error = hook_(DiskCall::kSyncDirectory, path))
    return std::unexpected(error);
  return base_.sync_directory(path);
}
DiskResult<std::unique_ptr<DiskLock>> FaultDisk::lock(const std::string& path) {
  if (const int error = hook_(DiskCall::kLock, path))
    return std::unexpected(error);
  return base_.lock(path);
}

} // namespace rookery::storage

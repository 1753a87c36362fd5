#include <algorithm>
#include <string>

#include "storage/fault_disk.h"

namespace rookery::storage {
namespace {

constexpr std::uint64_t kPageBytes = 4096;

} // namespace

/// One file, shared by all who have it open.
struct UnsyncedDisk::Node {
  std::mutex mutex;
  std::unique_ptr<DiskFile> base;
  std::uint64_t size = 0;
  std::map<std::uint64_t, std::string> dirty; // page number -> its bytes

  DiskResult<std::string> page(std::uint64_t number) {
    if (const auto found = dirty.find(number); found != dirty.end())
      return found->second;
    std::string bytes(kPageBytes, '\0');
    const auto got = base->read(number * kPageBytes, bytes);
    if (!got)
      return std::unexpected(got.error());
    return bytes;
  }

  DiskStatus sync() {
    const auto base_size = base->size();
    if (!base_size)
      return std::unexpected(base_size.error());
    if (*base_size > size)
      if (const auto cut = base->truncate(size); !cut)
        return cut;
    for (const auto& [number, bytes] : dirty) {
      const std::uint64_t at = number * kPageBytes;
      if (at >= size)
        continue;
      const auto count = static_cast<std::size_t>(std::min(kPageBytes, size - at));
      if (const auto put = base->write(at, std::string_view(bytes).substr(0, count)); !put)
        return put;
    }
    if (const auto grown = base->allocate(size); size > 0 && !grown)
      return grown;
    dirty.clear();
    return base->sync();
  }
};

class UnsyncedDisk::File final : public DiskFile {
public:
  explicit File(std::shared_ptr<Node> node) : node_(std::move(node)) {}

  DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    const std::lock_guard lock(node_->mutex);
    if (offset >= node_->size)
      return 0;
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), node_->size - offset));
    for (std::size_t done = 0; done < wanted;) {
      const std::uint64_t at = offset + done;
      const auto page = node_->page(at / kPageBytes);
      if (!page)
        return std::unexpected(page.error());
      done +=
          page->copy(out.data() + done, wanted - done, static_cast<std::size_t>(at % kPageBytes));
    }
    return wanted;
  }

  DiskStatus write(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(node_->mutex);
    for (std::size_t done = 0; done < bytes.size();) {
      const std::uint64_t at = offset + done;
      auto page = node_->page(at / kPageBytes);
      if (!page)
        return std::unexpected(page.error());
      const auto within = static_cast<std::size_t>(at % kPageBytes);
      const std::size_t count = std::min(bytes.size() - done, kPageBytes - within);
      page->replace(within, count, bytes.substr(done, count));
      node_->dirty[at / kPageBytes] = std::move(*page);
      done += count;
    }
    node_->size = std::max(node_->size, offset + bytes.size());
    return {};
  }

  DiskStatus sync() override {
    const std::lock_guard lock(node_->mutex);
    return node_->sync();
  }
  DiskStatus allocate(std::uint64_t size) override {
    const std::lock_guard lock(node_->mutex);
    node_->size = std::max(node_->size, size);
    return {};
  }
  DiskStatus truncate(std::uint64_t size) override {
    const std::lock_guard lock(node_->mutex);
    const std::uint64_t kept = size / kPageBytes;
    if (size < node_->size && size % kPageBytes != 0) {
      auto last = node_->page(kept);
      if (!last)
        return std::unexpected(last.error());
      last->replace(static_cast<std::size_t>(size % kPageBytes), std::string::npos,
                    static_cast<std::size_t>(kPageBytes - size % kPageBytes), '\0');
      node_->dirty[kept] = std::move(*last);
    }
    const auto base_size = node_->base->size();
    if (!base_size)
      return std::unexpected(base_size.error());
    // Pages beyond the new end must read as zeros should the file grow again before the sync.
    const std::uint64_t first = size % kPageBytes != 0 ? kept + 1 : kept;
    node_->dirty.erase(node_->dirty.lower_bound(first), node_->dirty.end());
    for (std::uint64_t page = first; page * kPageBytes < *base_size; ++page)
      node_->dirty[page] = std::string(kPageBytes, '\0');
    node_->size = size;
    return {};
  }
  DiskResult<std::uint64_t> size() override {
    const std::lock_guard lock(node_->mutex);
    return node_->size;
  }

private:
  const std::shared_ptr<Node> node_;
};

UnsyncedDisk::~UnsyncedDisk() = default;

DiskResult<std::unique_ptr<DiskFile>> UnsyncedDisk::open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  const bool fresh = mode == OpenMode::kCreateNew || mode == OpenMode::kCreateOrEmpty;
  if (const auto found = nodes_.find(path); found != nodes_.end() && !fresh)
    return std::make_unique<File>(found->second);
  auto base = base_.open(path, fresh ? mode : OpenMode::kReadWrite);
  if (!base)
    return std::unexpected(base.error());
  const auto size = (*base)->size();
  if (!size)
    return std::unexpected(size.error());
  const auto node = std::make_shared<Node>();
  node->base = std::move(*base);
  node->size = *size;
  nodes_[path] = node;
  return std::make_unique<File>(node);
}

DiskStatus UnsyncedDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto done = base_.rename(from, to);
  if (!done)
    return done;
  nodes_.erase(to);
  if (auto node = nodes_.extract(from)) {
    node.key() = to;
    nodes_.insert(std::move(node));
  }
  return {};
}
DiskStatus UnsyncedDisk::link(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto done = base_.link(from, to);
  if (!done)
    return done;
  if (const auto node = nodes_.find(from); node != nodes_.end())
    nodes_[to] = node->second;
  return {};
}
DiskStatus UnsyncedDisk::unlink(const std::string& path) {
  const std::lock_guard lock(mutex_);
  nodes_.erase(path);
  return base_.unlink(path);
}
DiskResult<std::vector<std::string>> UnsyncedDisk::list(const std::string& path) {
  return base_.list(path);
}

DiskResult<FileInfo> UnsyncedDisk::info(const std::string& path) {
  const std::lock_guard lock(mutex_);
  auto found = base_.info(path);
  if (const auto node = nodes_.find(path); found && node != nodes_.end()) {
    const std::lock_guard node_lock(node->second->mutex);
    found->size = node->second->size;
  }
  return found;
}
DiskStatus UnsyncedDisk::make_directory(const std::string& path) {
  return base_.make_directory(path);
}
DiskStatus UnsyncedDisk::remove_directory(const std::string& path) {
  return base_.remove_directory(path);
}
DiskStatus UnsyncedDisk::sync_directory(const std::string& path) {
  return base_.sync_directory(path);
}
DiskResult<std::unique_ptr<DiskLock>> UnsyncedDisk::lock(const std::string& path) {
  return base_.lock(path);
}

} // namespace rookery::storage

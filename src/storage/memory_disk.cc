#include "storage/memory_disk.h"

#include <algorithm>
#include <cerrno>

namespace rookery::storage {
namespace {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace

struct MemoryDisk::Node {
  bool directory = false;
  std::string bytes;             // as a reader sees them
  std::string durable_bytes;     // as of the last sync
  std::set<std::uint64_t> dirty; // sectors in which the two may differ
};

class MemoryDisk::File final : public DiskFile {
public:
  File(MemoryDisk& disk, std::shared_ptr<Node> node)
      : disk_(disk), node_(std::move(node)), power_cuts_(disk.power_cuts_) {}

  DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    const std::lock_guard lock(disk_.mutex_);
    if (dead())
      return std::unexpected(EIO);
    if (offset >= node_->bytes.size())
      return 0;
    return node_->bytes.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
  }

  DiskStatus write(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(disk_.mutex_);
    if (dead())
      return std::unexpected(EIO);
    if (bytes.empty())
      return {};
    if (offset + bytes.size() > node_->bytes.size())
      node_->bytes.resize(static_cast<std::size_t>(offset + bytes.size()));
    bytes.copy(node_->bytes.data() + offset, bytes.size());
    for (auto sector = offset / kSectorBytes; sector * kSectorBytes < offset + bytes.size();
         ++sector)
      node_->dirty.insert(sector);
    return {};
  }

  DiskStatus sync() override {
    const std::lock_guard lock(disk_.mutex_);
    if (dead())
      return std::unexpected(EIO);
    node_->durable_bytes.resize(node_->bytes.size());
    for (const auto sector : node_->dirty) {
      const auto at = static_cast<std::size_t>(sector) * kSectorBytes;
      if (at >= node_->bytes.size())
        continue;
      const auto count = std::min(kSectorBytes, node_->bytes.size() - at);
      node_->durable_bytes.replace(at, count, node_->bytes, at, count);
    }
    node_->dirty.clear();
    return {};
  }

  DiskStatus allocate(std::uint64_t size) override {
    const std::lock_guard lock(disk_.mutex_);
    if (dead())
      return std::unexpected(EIO);
    if (size > node_->bytes.size())
      node_->bytes.resize(static_cast<std::size_t>(size));
    return {};
  }

  DiskStatus truncate(std::uint64_t size) override {
    const std::lock_guard lock(disk_.mutex_);
    if (dead())
      return std::unexpected(EIO);
    for (auto at = std::min<std::uint64_t>(size, node_->bytes.size());
         at < std::max<std::uint64_t>(size, node_->bytes.size()); at += kSectorBytes)
      node_->dirty.insert(at / kSectorBytes);
    node_->bytes.resize(static_cast<std::size_t>(size));
    return {};
  }

  DiskResult<std::uint64_t> size() override {
    const std::lock_guard lock(disk_.mutex_);
    if (dead())
      return std::unexpected(EIO);
    return node_->bytes.size();
  }

private:
  [[nodiscard]] bool dead() const { return power_cuts_ != disk_.power_cuts_; }

  MemoryDisk& disk_;
  std::shared_ptr<Node> node_;
  const std::uint64_t power_cuts_;
};

class MemoryDisk::Lock final : public DiskLock {
public:
  Lock(MemoryDisk& disk, std::string path)
      : disk_(disk), path_(std::move(path)), power_cuts_(disk.power_cuts_) {}
  ~Lock() override {
    const std::lock_guard lock(disk_.mutex_);
    if (power_cuts_ == disk_.power_cuts_)
      disk_.locks_.erase(path_);
  }

private:
  MemoryDisk& disk_;
  const std::string path_;
  const std::uint64_t power_cuts_;
};

MemoryDisk::MemoryDisk() {
  const auto root = std::make_shared<Node>();
  root->directory = true;
  names_["/"] = durable_names_["/"] = root;
}
MemoryDisk::~MemoryDisk() = default;

void MemoryDisk::apply(Names& names, const std::vector<Change>& changes) {
  for (const Change& one : changes) {
    if (one.node)
      names[one.path] = one.node;
    else
      names.erase(one.path);
  }
}

void MemoryDisk::change(std::vector<Change> changes) {
  apply(names_, changes);
  unsynced_.push_back(std::move(changes));
}

/// Chooses for every unsynced sector whether it was written.
void MemoryDisk::settle(Node& node, Random* random) {
  if (random != nullptr && !node.dirty.empty()) {
    const std::uint64_t style =
        random->u64() % 4; // all lost, all kept, or each by itself, as disks do
    for (const auto sector : node.dirty) {
      if (style == 0 || (style > 1 && random->u64() % 2 == 0))
        continue;
      const auto at = static_cast<std::size_t>(sector) * kSectorBytes;
      if (at >= node.bytes.size())
        continue;
      const auto count = std::min(kSectorBytes, node.bytes.size() - at);
      if (node.durable_bytes.size() < at + count)
        node.durable_bytes.resize(at + count);
      node.durable_bytes.replace(at, count, node.bytes, at, count);
    }
    if (random->u64() % 2 == 0)
      node.durable_bytes.resize(node.bytes.size());
  }
  node.bytes = node.durable_bytes;
  node.dirty.clear();
}

void MemoryDisk::power_cut(Random* random) {
  const std::lock_guard lock(mutex_);
  ++power_cuts_;
  locks_.clear();
  const std::size_t kept = random != nullptr ? random->u64() % (unsynced_.size() + 1) : 0;
  for (std::size_t i = 0; i < kept; ++i)
    apply(durable_names_, unsynced_[i]);
  unsynced_.clear();
  names_ = durable_names_;
  std::set<Node*> settled;
  for (const auto& [path, node] : names_)
    if (settled.insert(node.get()).second)
      settle(*node, random);
}

void MemoryDisk::flip_bit(const std::string& path, std::uint64_t offset, unsigned bit) {
  const std::lock_guard lock(mutex_);
  Node& node = *names_.at(path);
  for (std::string* bytes : {&node.bytes, &node.durable_bytes})
    (*bytes).at(static_cast<std::size_t>(offset)) =
        static_cast<char>((*bytes)[static_cast<std::size_t>(offset)] ^ 1 << bit);
}

std::string MemoryDisk::all_bytes() const {
  const std::lock_guard lock(mutex_);
  std::string all;
  for (const auto* names : {&names_, &durable_names_})
    for (const auto& [path, node] : *names)
      all += node->bytes + node->durable_bytes;
  return all;
}

DiskResult<std::unique_ptr<DiskFile>> MemoryDisk::open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  const bool create = mode == OpenMode::kCreateNew || mode == OpenMode::kCreateOrEmpty;
  auto found = names_.find(path);
  if (found == names_.end()) {
    if (!create)
      return std::unexpected(ENOENT);
    if (!names_.contains(parent_of(path)))
      return std::unexpected(ENOENT);
    change({{path, std::make_shared<Node>()}});
    found = names_.find(path);
  } else if (mode == OpenMode::kCreateNew) {
    return std::unexpected(EEXIST);
  } else if (found->second->directory) {
    return std::unexpected(EISDIR);
  } else if (mode == OpenMode::kCreateOrEmpty) {
    // As if a new file took the name: what the old one had is lost when, and only if, the name is
    // synced.
    change({{path, std::make_shared<Node>()}});
    found = names_.find(path);
  }
  return std::make_unique<File>(*this, found->second);
}

DiskStatus MemoryDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(from);
  if (found == names_.end())
    return std::unexpected(ENOENT);
  std::vector<Change> changes{{to, found->second}, {from, nullptr}};
  if (found->second->directory)
    for (const auto& [path, node] : names_)
      if (path.starts_with(from + "/")) {
        changes.push_back({to + path.substr(from.size()), node});
        changes.push_back({path, nullptr});
      }
  change(std::move(changes));
  return {};
}

DiskStatus MemoryDisk::link(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(from);
  if (found == names_.end())
    return std::unexpected(ENOENT);
  if (names_.contains(to))
    return std::unexpected(EEXIST);
  change({{to, found->second}});
  return {};
}

DiskStatus MemoryDisk::unlink(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(path);
  if (found == names_.end())
    return std::unexpected(ENOENT);
  if (found->second->directory)
    return std::unexpected(EISDIR);
  change({{path, nullptr}});
  return {};
}

DiskResult<std::vector<std::string>> MemoryDisk::list(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(path);
  if (found == names_.end() || !found->second->directory)
    return std::unexpected(ENOENT);
  std::vector<std::string> names;
  for (auto at = names_.upper_bound(path + "/");
       at != names_.end() && at->first.starts_with(path + "/"); ++at)
    if (const auto name = at->first.substr(path.size() + 1); name.find('/') == std::string::npos)
      names.push_back(name);
  return names;
}

DiskResult<FileInfo> MemoryDisk::info(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(path);
  if (found == names_.end())
    return std::unexpected(ENOENT);
  return FileInfo{found->second->bytes.size(), 0, found->second->directory};
}

DiskStatus MemoryDisk::make_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (names_.contains(path))
    return std::unexpected(EEXIST);
  const auto node = std::make_shared<Node>();
  node->directory = true;
  change({{path, node}});
  return {};
}

DiskStatus MemoryDisk::remove_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!names_.contains(path))
    return std::unexpected(ENOENT);
  const auto next = names_.upper_bound(path + "/");
  if (next != names_.end() && next->first.starts_with(path + "/"))
    return std::unexpected(ENOTEMPTY);
  change({{path, nullptr}});
  return {};
}

DiskStatus MemoryDisk::sync_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!names_.contains(path))
    return std::unexpected(ENOENT);
  const auto touches = [&](const std::vector<Change>& changes) {
    return std::ranges::any_of(changes,
                               [&](const Change& one) { return parent_of(one.path) == path; });
  };
  for (const auto& changes : unsynced_)
    if (touches(changes))
      apply(durable_names_, changes);
  std::erase_if(unsynced_, touches);
  return {};
}

DiskResult<std::unique_ptr<DiskLock>> MemoryDisk::lock(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!locks_.insert(path).second)
    return std::unexpected(EWOULDBLOCK);
  if (!names_.contains(path))
    change({{path, std::make_shared<Node>()}});
  return std::make_unique<Lock>(*this, path);
}

} // namespace rookery::storage

#include "storage/rocksdb/torn_write.h"

#include <algorithm>

#include "storage/disk.h"

namespace rookery::storage {

bool all_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

bool has_unwritten_part(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto part = std::min<std::uint64_t>(bytes.size(), kSectorBytes - offset % kSectorBytes);
    if (all_zero(bytes.substr(0, static_cast<std::size_t>(part))))
      return true;
    offset += part;
    bytes.remove_prefix(static_cast<std::size_t>(part));
  }
  return false;
}

} // namespace rookery::storage

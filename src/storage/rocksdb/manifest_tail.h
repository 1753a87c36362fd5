// RocksDB keeps the list of its tables in a file MANIFEST-n, a log of which every record is synced
// before it counts. A power cut can leave the last one in part; where the missing part lies at its
// beginning or middle, RocksDB takes that for damage and does not open. Such a record never
// counted, so it is cut off before RocksDB sees it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"

namespace rookery::storage {

class Disk;

/// How far a manifest goes. Pure.
struct ManifestEnd {
  std::uint64_t whole = 0; // end of the last record that is whole
  bool torn = false; // what follows is the rest of a write that was cut; false: nothing follows, or
                     // it is damaged, which RocksDB shall report
};
[[nodiscard]] ManifestEnd find_manifest_end(std::string_view bytes);

/// Cuts the manifest that the database in `directory` would open; where there is none, or it is
/// whole, nothing happens. Before RocksDB opens it, by whoever holds the store's lock.
[[nodiscard]] Status cut_torn_manifest(Disk& disk, const std::string& directory, Log& log);

} // namespace rookery::storage

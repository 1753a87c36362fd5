// Names within a data directory (docs/formats/store.md, "Files").
#pragma once

#include <string>

namespace rookery::storage {

inline std::string lock_path(const std::string& directory) { return directory + "/lock"; }
inline std::string segments_path(const std::string& directory) { return directory + "/segments"; }
inline std::string index_path(const std::string& directory) { return directory + "/index"; }

} // namespace rookery::storage

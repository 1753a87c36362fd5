// What a write leaves behind that a power cut interrupted: disks write whole sectors, and those not
// written yet read as zeros in a file that only grows. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace rookery::storage {

[[nodiscard]] bool all_zero(std::string_view bytes);

/// Whether the part of `bytes` (at `offset` of the file) in any one sector is all zeros: the mark
/// of a write that was cut.
[[nodiscard]] bool has_unwritten_part(std::uint64_t offset, std::string_view bytes);

} // namespace rookery::storage

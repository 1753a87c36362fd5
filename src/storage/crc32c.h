// CRC-32C (Castagnoli, as in RFC 3720): what every byte in a store's files is checked with. Pure,
// any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace rookery::storage {

/// Of `bytes`, or of what `seed` was computed from followed by `bytes`. Uses the processor's
/// instruction where it has one.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

/// The same by table, for processors without the instruction; a test compares the two.
[[nodiscard]] std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t seed = 0);

} // namespace rookery::storage

// Base64 (RFC 4648), hexadecimal, and fixed-width big-endian integers for keys that must sort. Pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rookery {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Strict: padding required, no white space, no other alphabet, no stray bits; nullopt otherwise.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
/// URL alphabet, no padding.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);

[[nodiscard]] std::string hex_encode(std::string_view bytes);
/// Either case; nullopt unless an even number of hexadecimal digits.
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view text);

void append_u64_be(std::string& out, std::uint64_t value);
/// The first 8 bytes of `bytes`, which must have them.
[[nodiscard]] std::uint64_t read_u64_be(std::string_view bytes);

/// Compares in time that depends on the lengths only: for secrets.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);

} // namespace rookery

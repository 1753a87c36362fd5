// Records of the core are lines "name value": readable by people, open to new names. Pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rookery::server {

/// `value` must hold no line break; encode it where it might.
void append_line(std::string& out, std::string_view name, std::string_view value);
void append_line(std::string& out, std::string_view name, std::uint64_t value);
/// Views into `text`. A line without a space has an empty value.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>>
read_lines(std::string_view text);
/// Decimal digits only.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

} // namespace rookery::server

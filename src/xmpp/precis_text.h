// Small text helpers shared by precis.cc and precis_domain.cc.
#pragma once

#include <unicode/unistr.h>

#include <cstddef>
#include <expected>
#include <string_view>

#include "xmpp/precis.h"

namespace rookery::xmpp {

/// What is looked at before mapping: the longest growth of UTF-8 that NFC, width and case mapping
/// undo is threefold.
inline constexpr std::size_t kUnpreparedBytesMax = 4 * kJidPartBytesMax;

[[nodiscard]] inline bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text)
    all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

[[nodiscard]] constexpr char to_lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// kNotUtf8 for anything but strict UTF-8.
[[nodiscard]] std::expected<icu::UnicodeString, PrecisError> decode_utf8(std::string_view text);

} // namespace rookery::xmpp

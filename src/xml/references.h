// The five entities and character references, and text as XML says it reads: line ends and
// references resolved.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rookery::xml {

struct Entity {
  std::string_view reference;
  char character;
};
inline constexpr Entity kEntities[] = {
    {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};

/// -1: not a digit.
inline int digit_value(char c, bool hexadecimal) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (hexadecimal && c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (hexadecimal && c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/// Stays above U+10FFFF once it is, however many digits follow.
inline std::uint32_t next_reference_value(std::uint32_t value, int digit, bool hexadecimal) {
  constexpr std::uint32_t kTooBig = 0x110000;
  const std::uint32_t next = value * (hexadecimal ? 16 : 10) + static_cast<std::uint32_t>(digit);
  return next < kTooBig ? next : kTooBig;
}

// Each appends what `raw` reads as; false where `raw` is not what a Framer would have passed.

/// Between two tags, without CDATA sections.
[[nodiscard]] bool append_decoded_text(std::string& out, std::string_view raw);
/// Inside a CDATA section.
void append_decoded_cdata(std::string& out, std::string_view raw);
/// Inside the quotes of an attribute: white space becomes blanks (XML §3.3.3).
[[nodiscard]] bool append_decoded_value(std::string& out, std::string_view raw);

} // namespace rookery::xml

// Which bytes and code points XML 1.0 allows where.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rookery::xml {

enum CharClass : std::uint8_t {
  kNameStart = 1, // ASCII only; beyond it ask is_name_start()
  kNameRest = 2,  // ASCII NameChar, the NameStart ones included
  kSpace = 4,
  kPlainText = 8,   // may stand in text and needs no second look
  kPlainValue = 16, // the same for an attribute value, both quotes excluded
  kNcNameByte = 32, // in checked names: all but the colon, and all bytes beyond ASCII
};

inline constexpr std::array<std::uint8_t, 256> kCharClass = [] {
  std::array<std::uint8_t, 256> table{};
  const auto add = [&table](std::string_view bytes, int classes) {
    for (const char c : bytes) {
      auto& entry = table[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | classes);
    }
  };
  for (unsigned c = 0x20; c < 0x80; ++c) {
    const std::string_view not_text = "<&>";
    const std::string_view not_value = "<&>\"'";
    const char byte = static_cast<char>(c);
    if (not_text.find(byte) == std::string_view::npos)
      table[c] |= kPlainText;
    if (not_value.find(byte) == std::string_view::npos)
      table[c] |= kPlainValue;
  }
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:", kNameStart | kNameRest);
  add("0123456789-.", kNameRest);
  add(" \t\n\r", kSpace);
  for (unsigned c = 0; c < 256; ++c)
    if (c != ':' && (c >= 0x80 || (table[c] & kNameRest) != 0))
      table[c] |= kNcNameByte;
  return table;
}();

inline bool has_class(char c, CharClass wanted) {
  return (kCharClass[static_cast<unsigned char>(c)] & wanted) != 0;
}
inline bool is_space(char c) { return has_class(c, kSpace); }

/// XML's Char production, for a character reference.
inline bool is_char(std::uint32_t c) {
  if (c < 0x20)
    return c == '\t' || c == '\n' || c == '\r';
  return c < 0xD800 || (c > 0xDFFF && c < 0xFFFE) || (c > 0xFFFF && c <= 0x10FFFF);
}

/// NameStartChar and NameChar beyond ASCII, as the fourth edition of XML 1.0 has them. The fifth
/// allows more, but most XMPP software reads with expat, which refuses the rest: a name only some
/// can read would let one user cut off another by a message.
bool is_name_start(std::uint32_t c);
bool is_name_rest(std::uint32_t c);

/// One character of UTF-8 that XML allows, from `p` where *p >= 0x80.
/// Returns its length, 0 where more bytes are needed to tell, -1 where it is refused: overlong,
/// surrogate, beyond U+10FFFF, U+FFFE or U+FFFF.
inline int decode_utf8(const char* p, const char* end, std::uint32_t& c) {
  const auto byte = [p](std::ptrdiff_t i) -> std::uint32_t {
    return static_cast<unsigned char>(p[i]);
  };
  const auto tail = [](std::uint32_t b) { return (b & 0xC0) == 0x80; };
  const std::uint32_t lead = byte(0);
  const std::ptrdiff_t left = end - p;
  if (lead >= 0xE0 && lead < 0xF0) {
    if (left < 3)
      return 0;
    if (!tail(byte(1)) || !tail(byte(2)))
      return -1;
    c = (lead & 0xF) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    return c >= 0x800 && is_char(c) ? 3 : -1;
  }
  if (lead >= 0xC2 && lead < 0xE0) {
    if (left < 2)
      return 0;
    c = (lead & 0x1F) << 6 | (byte(1) & 0x3F);
    return tail(byte(1)) ? 2 : -1;
  }
  if (lead >= 0xF0 && lead < 0xF5) {
    if (left < 4)
      return 0;
    if (!tail(byte(1)) || !tail(byte(2)) || !tail(byte(3)))
      return -1;
    c = (lead & 0x7) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    return c >= 0x10000 && c <= 0x10FFFF ? 4 : -1;
  }
  return -1;
}

inline void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80)
    return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

} // namespace rookery::xml

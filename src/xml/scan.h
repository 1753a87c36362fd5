// Skips the long dull runs of XML, 16 bytes at a time where the processor can. None reads at or
// beyond `end`.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "xml/chars.h"

namespace rookery::xml {

#if defined(__SSE2__)
/// The first byte from `p` on for which `stop16` sets a bit or, in the last 15 bytes, `stop1` says
/// true; else `end`.
template <class Stop16, class Stop1>
inline const char* skip_run(const char* p, const char* end, Stop16 stop16, Stop1 stop1) {
  for (; end - p >= 16; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const auto hits = static_cast<std::uint32_t>(_mm_movemask_epi8(stop16(bytes)));
    if (hits != 0)
      return p + std::countr_zero(hits);
  }
  while (p != end && !stop1(*p))
    ++p;
  return p;
}
inline __m128i equal16(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }
// Control characters, and all beyond ASCII, which are negative as signed bytes.
inline __m128i unusual16(__m128i bytes) { return _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)); }
inline __m128i either16(__m128i a, __m128i b) { return _mm_or_si128(a, b); }
#else
template <class Stop1>
inline const char* skip_run(const char* p, const char* end, int, Stop1 stop1) {
  while (p != end && !stop1(*p))
    ++p;
  return p;
}
#endif

/// Over three-byte characters of the blocks that need no second look, as most of Asia's are.
inline const char* skip_common_utf8(const char* p, const char* end) {
  const auto byte = [&p](int i) { return static_cast<unsigned char>(p[i]); };
  for (; end - p >= 3; p += 3) {
    const unsigned lead = byte(0); // U+1000 to U+CFFF, U+E000 to U+EFFF
    if (lead <= 0xE0 || lead > 0xEE || lead == 0xED)
      break;
    if ((byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80)
      break;
  }
  return p;
}

/// To the first byte that is no ASCII NameChar. Bytewise on purpose: names are short, and a jump
/// that is foreseen costs less than waiting for what 16 bytes at once say (measured).
inline const char* skip_ascii_name(const char* p, const char* end) {
  while (p != end && has_class(*p, kNameRest))
    ++p;
  return p;
}

/// To the first byte that is '<', '&', '>', a control character or not ASCII.
inline const char* skip_plain_text(const char* p, const char* end) {
  const auto stop1 = [](char c) { return !has_class(c, kPlainText); };
#if defined(__SSE2__)
  return skip_run(
      p, end,
      [](__m128i bytes) {
        const __m128i angles = equal16(either16(bytes, _mm_set1_epi8(2)), '>'); // and '<'
        return either16(either16(unusual16(bytes), equal16(bytes, '&')), angles);
      },
      stop1);
#else
  return skip_run(p, end, 0, stop1);
#endif
}

/// To the first byte that is '<', '&', '>', a quote of either kind, a control character or not
/// ASCII.
inline const char* skip_plain_value(const char* p, const char* end) {
  const auto stop1 = [](char c) { return !has_class(c, kPlainValue); };
#if defined(__SSE2__)
  return skip_run(
      p, end,
      [](__m128i bytes) {
        // The ampersand and the apostrophe differ in one bit, as do '<' and '>'.
        const __m128i quotes = equal16(either16(bytes, _mm_set1_epi8(1)), 0x27);
        const __m128i angles = equal16(either16(bytes, _mm_set1_epi8(2)), '>');
        return either16(either16(unusual16(bytes), equal16(bytes, '"')), either16(quotes, angles));
      },
      stop1);
#else
  return skip_run(p, end, 0, stop1);
#endif
}

/// In checked text, to the first byte that ends it ('<') or reads as something else ('&', CR).
inline const char* find_text_special(const char* p, const char* end) {
  const auto stop1 = [](char c) { return c == '<' || c == '&' || c == '\r'; };
#if defined(__SSE2__)
  return skip_run(
      p, end,
      [](__m128i bytes) {
        return either16(equal16(bytes, '<'), either16(equal16(bytes, '&'), equal16(bytes, '\r')));
      },
      stop1);
#else
  return skip_run(p, end, 0, stop1);
#endif
}

/// In a checked attribute value, to its closing quote or what reads as something else ('&', TAB,
/// LF, CR).
inline const char* find_value_special(const char* p, const char* end, char quote) {
  const auto stop1 = [quote](char c) {
    return c == quote || c == '&' || c == '\t' || c == '\n' || c == '\r';
  };
#if defined(__SSE2__)
  return skip_run(
      p, end,
      [quote](__m128i bytes) {
        const __m128i below = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
        return either16(below, either16(equal16(bytes, quote), equal16(bytes, '&')));
      },
      stop1);
#else
  return skip_run(p, end, 0, stop1);
#endif
}

/// memcmp() == 0 for what is short as a rule, such as names.
inline bool same_bytes(const char* a, const char* b, std::size_t size) {
  const auto same = [&]<class Word>(Word, std::size_t at) {
    Word left, right;
    std::memcpy(&left, a + at, sizeof left);
    std::memcpy(&right, b + at, sizeof right);
    return left == right;
  };
  if (size > 16)
    return std::memcmp(a, b, size) == 0;
  if (size >= 8)
    return same(std::uint64_t{}, 0) && same(std::uint64_t{}, size - 8);
  if (size >= 4)
    return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
  for (std::size_t i = 0; i < size; ++i)
    if (a[i] != b[i])
      return false;
  return true;
}

} // namespace rookery::xml

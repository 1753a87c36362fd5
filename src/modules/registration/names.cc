#include "modules/registration/names.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/assert.h"

namespace rookery::modules::registration {
namespace {

/// Scripts that may stand together in one name are one group: Chinese, Japanese and Korean are
/// written with several.
enum class Group : std::uint8_t {
  kCommon,
  kLatin,
  kGreek,
  kCyrillic,
  kArmenian,
  kEastAsian,
  kOther
};

struct Range {
  char32_t first, last;
  Group group;
};

/// By code point. Letters outside of it are kOther together with the number of their block of 128,
/// so that two of them from different blocks count as different scripts.
constexpr std::array kRanges{
    Range{0x0000, 0x0040, Group::kCommon},    Range{0x0041, 0x005A, Group::kLatin},
    Range{0x005B, 0x0060, Group::kCommon},    Range{0x0061, 0x007A, Group::kLatin},
    Range{0x007B, 0x00A9, Group::kCommon},    Range{0x00AA, 0x02AF, Group::kLatin},
    Range{0x02B0, 0x036F, Group::kCommon}, // modifiers and combining marks
    Range{0x0370, 0x03FF, Group::kGreek},     Range{0x0400, 0x052F, Group::kCyrillic},
    Range{0x0530, 0x058F, Group::kArmenian},  Range{0x1100, 0x11FF, Group::kEastAsian},
    Range{0x1AB0, 0x1AFF, Group::kCommon},    Range{0x1C80, 0x1C8F, Group::kCyrillic},
    Range{0x1D00, 0x1DBF, Group::kLatin},     Range{0x1DC0, 0x1DFF, Group::kCommon},
    Range{0x1E00, 0x1EFF, Group::kLatin},     Range{0x1F00, 0x1FFF, Group::kGreek},
    Range{0x2000, 0x2BFF, Group::kCommon},    Range{0x2C60, 0x2C7F, Group::kLatin},
    Range{0x2DE0, 0x2DFF, Group::kCyrillic},  Range{0x2E80, 0x2FFF, Group::kEastAsian},
    Range{0x3000, 0x3004, Group::kCommon},    Range{0x3005, 0x31FF, Group::kEastAsian},
    Range{0x3200, 0x9FFF, Group::kEastAsian}, Range{0xA640, 0xA69F, Group::kCyrillic},
    Range{0xA720, 0xA7FF, Group::kLatin},     Range{0xA960, 0xA97F, Group::kEastAsian},
    Range{0xAB30, 0xAB6F, Group::kLatin},     Range{0xAC00, 0xD7FF, Group::kEastAsian},
    Range{0xF900, 0xFAFF, Group::kEastAsian}, Range{0x20000, 0x3FFFF, Group::kEastAsian},
};

/// Small letters that look like one Latin letter in common fonts.
constexpr std::u32string_view kLooksLatin =
    U"\u0430\u0441\u0435\u0433\u04BB\u0456\u0458\u04CF\u043E\u0440\u051B\u0455\u0443\u0445\u0475"
    U"\u051D\u0501"                                                             // Cyrillic
    U"\u03B1\u03B9\u03BA\u03BD\u03BF\u03C1\u03C3\u03C4\u03C5\u03F2\u03F3\u03B3" // Greek
    U"\u0561\u0563\u0566\u0570\u0578\u057D\u0581\u0585\u0575\u0584";            // Armenian

/// The next code point of valid UTF-8, taken off the front.
char32_t take(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  ROOKERY_ASSERT(text.size() >= length);
  char32_t point = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  text.remove_prefix(length);
  return point;
}

/// A number that is the same for letters of one script; 0 for what belongs to all.
std::uint32_t script_of(char32_t point) {
  const auto at = std::ranges::find_if(
      kRanges, [&](const Range& range) { return range.first <= point && point <= range.last; });
  if (at != kRanges.end())
    return static_cast<std::uint32_t>(at->group);
  return static_cast<std::uint32_t>(Group::kOther) + static_cast<std::uint32_t>(point / 128);
}

} // namespace

std::string_view to_string(NameVerdict verdict) {
  switch (verdict) {
  case NameVerdict::kFine:
    return "fine";
  case NameVerdict::kReserved:
    return "reserved";
  case NameVerdict::kMixed:
    return "mixed-scripts";
  case NameVerdict::kLookalike:
    return "lookalike";
  }
  return "";
}

NameVerdict check_name(std::string_view name, std::span<const std::string> reserved) {
  if (std::ranges::find(reserved, name) != reserved.end())
    return NameVerdict::kReserved;
  std::optional<std::uint32_t> script;
  bool imitates = true;
  while (!name.empty()) {
    const char32_t point = take(name);
    const std::uint32_t own = script_of(point);
    if (own == static_cast<std::uint32_t>(Group::kCommon))
      continue;
    if (script.value_or(own) != own)
      return NameVerdict::kMixed;
    script = own;
    imitates = imitates && kLooksLatin.find(point) != std::u32string_view::npos;
  }
  return script && imitates ? NameVerdict::kLookalike : NameVerdict::kFine;
}

} // namespace rookery::modules::registration

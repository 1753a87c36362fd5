#include "xmpp/code_points.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <optional>

#include "base/assert.h"

namespace rookery::xmpp {
namespace {

enum class Derived : std::uint8_t { kValid, kFreeformOnly, kInContext, kDisallowed };

constexpr UChar32 kZeroWidthNonJoiner = 0x200C;
constexpr UChar32 kZeroWidthJoiner = 0x200D;
constexpr int kVirama = 9; // canonical combining class

bool is_arabic_indic_digit(UChar32 c) { return c >= 0x0660 && c <= 0x0669; }
bool is_extended_arabic_indic_digit(UChar32 c) { return c >= 0x06F0 && c <= 0x06F9; }

/// True and `derived` set where RFC 5892 §2.6 decides by hand (RFC 8264 §9.6 takes it over).
bool find_exception(UChar32 c, Derived& derived) {
  switch (c) {
  case 0x00DF: // sharp s
  case 0x03C2: // final sigma
  case 0x06FD:
  case 0x06FE:
  case 0x0F0B: // Tibetan tsheg
  case 0x3007: // ideographic zero
    derived = Derived::kValid;
    return true;
  case 0x00B7: // middle dot
  case 0x0375: // Greek keraia
  case 0x05F3: // Hebrew geresh
  case 0x05F4: // Hebrew gershayim
  case 0x30FB: // katakana middle dot
    derived = Derived::kInContext;
    return true;
  case 0x0640: // Arabic tatweel
  case 0x07FA: // N'Ko lajanyalan
  case 0x302E:
  case 0x302F:
  case 0x3031:
  case 0x3032:
  case 0x3033:
  case 0x3034:
  case 0x3035:
  case 0x303B:
    derived = Derived::kDisallowed;
    return true;
  default:
    derived = Derived::kInContext;
    return is_arabic_indic_digit(c) || is_extended_arabic_indic_digit(c);
  }
}

bool is_old_hangul_jamo(UChar32 c) {
  const int type = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
  return type == U_HST_LEADING_JAMO || type == U_HST_VOWEL_JAMO || type == U_HST_TRAILING_JAMO;
}

bool has_compatibility_form(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(status);
  ROOKERY_ASSERT(U_SUCCESS(status));
  const bool normalized = nfkc->isNormalized(icu::UnicodeString(c), status);
  ROOKERY_ASSERT(U_SUCCESS(status));
  return !normalized;
}

/// RFC 8264 §8, in its order.
Derived derive(UChar32 c) {
  if (Derived derived{}; find_exception(c, derived))
    return derived;
  const int category = u_charType(c);
  if (category == U_UNASSIGNED)
    return Derived::kDisallowed;
  if (c >= 0x21 && c <= 0x7E)
    return Derived::kValid;
  if (c == kZeroWidthNonJoiner || c == kZeroWidthJoiner)
    return Derived::kInContext;
  if (is_old_hangul_jamo(c))
    return Derived::kDisallowed;
  if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
      u_hasBinaryProperty(c, UCHAR_NONCHARACTER_CODE_POINT))
    return Derived::kDisallowed;
  if (category == U_CONTROL_CHAR)
    return Derived::kDisallowed;
  if (has_compatibility_form(c))
    return Derived::kFreeformOnly;

  constexpr auto kLetterDigits = U_GC_LL_MASK | U_GC_LU_MASK | U_GC_LO_MASK | U_GC_ND_MASK |
                                 U_GC_LM_MASK | U_GC_MN_MASK | U_GC_MC_MASK;
  constexpr auto kOtherLetterDigits = U_GC_LT_MASK | U_GC_NL_MASK | U_GC_NO_MASK | U_GC_ME_MASK;
  constexpr auto kSpacesSymbolsPunctuation = U_GC_ZS_MASK | U_GC_S_MASK | U_GC_P_MASK;
  const auto mask = U_MASK(category);
  if ((mask & kLetterDigits) != 0)
    return Derived::kValid;
  if ((mask & (kOtherLetterDigits | kSpacesSymbolsPunctuation)) != 0)
    return Derived::kFreeformOnly;
  return Derived::kDisallowed;
}

bool has_script(UChar32 c, UScriptCode script) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(c, &status) == script;
}

/// The code point before / after the one at `at`, or -1 at the ends.
UChar32 before(const icu::UnicodeString& text, int at) {
  return at > 0 ? text.char32At(at - 1) : -1;
}
UChar32 after(const icu::UnicodeString& text, int at) {
  const int next = text.moveIndex32(at, 1);
  return next < text.length() ? text.char32At(next) : -1;
}

UJoiningType joining_type(UChar32 c) {
  return static_cast<UJoiningType>(u_getIntPropertyValue(c, UCHAR_JOINING_TYPE));
}

/// RFC 5892 A.1: between letters that would join across it.
bool joins_both_sides(const icu::UnicodeString& text, int at) {
  int left = at;
  UJoiningType type = U_JT_TRANSPARENT;
  while (left > 0 && type == U_JT_TRANSPARENT) {
    left = text.moveIndex32(left, -1);
    type = joining_type(text.char32At(left));
  }
  if (type != U_JT_LEFT_JOINING && type != U_JT_DUAL_JOINING)
    return false;
  type = U_JT_TRANSPARENT;
  for (int right = text.moveIndex32(at, 1); right < text.length() && type == U_JT_TRANSPARENT;
       right = text.moveIndex32(right, 1))
    type = joining_type(text.char32At(right));
  return type == U_JT_RIGHT_JOINING || type == U_JT_DUAL_JOINING;
}

/// What RFC 5892 A.7 to A.9 ask of the whole text; found out once, so that a text of nothing but
/// such code points stays linear.
struct WholeText {
  bool kana_or_han = false;
  bool arabic_indic = false;
  bool extended_arabic_indic = false;

  explicit WholeText(const icu::UnicodeString& text) {
    for (int i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
      const UChar32 c = text.char32At(i);
      kana_or_han = kana_or_han || has_script(c, USCRIPT_HIRAGANA) ||
                    has_script(c, USCRIPT_KATAKANA) || has_script(c, USCRIPT_HAN);
      arabic_indic = arabic_indic || is_arabic_indic_digit(c);
      extended_arabic_indic = extended_arabic_indic || is_extended_arabic_indic_digit(c);
    }
  }
};

/// RFC 5892 Appendix A; `c` stands at `at`.
bool context_allows(const icu::UnicodeString& text, int at, UChar32 c,
                    std::optional<WholeText>& whole) {
  const UChar32 previous = before(text, at);
  if (!whole)
    whole.emplace(text);
  switch (c) {
  case kZeroWidthNonJoiner: // A.1
    if (previous >= 0 && u_getCombiningClass(previous) == kVirama)
      return true;
    return joins_both_sides(text, at);
  case kZeroWidthJoiner: // A.2
    return previous >= 0 && u_getCombiningClass(previous) == kVirama;
  case 0x00B7: // A.3: as in Catalan
    return previous == 'l' && after(text, at) == 'l';
  case 0x0375: { // A.4
    const UChar32 following = after(text, at);
    return following >= 0 && has_script(following, USCRIPT_GREEK);
  }
  case 0x05F3: // A.5
  case 0x05F4: // A.6
    return previous >= 0 && has_script(previous, USCRIPT_HEBREW);
  case 0x30FB: // A.7
    return whole->kana_or_han;
  default:
    if (is_arabic_indic_digit(c))
      return !whole->extended_arabic_indic; // A.8
    ROOKERY_ASSERT(is_extended_arabic_indic_digit(c));
    return !whole->arabic_indic; // A.9
  }
}

constexpr std::uint32_t bit(UCharDirection direction) { return std::uint32_t{1} << direction; }

constexpr std::uint32_t kNeutral = bit(U_EUROPEAN_NUMBER) | bit(U_EUROPEAN_NUMBER_SEPARATOR) |
                                   bit(U_COMMON_NUMBER_SEPARATOR) |
                                   bit(U_EUROPEAN_NUMBER_TERMINATOR) | bit(U_OTHER_NEUTRAL) |
                                   bit(U_BOUNDARY_NEUTRAL) | bit(U_DIR_NON_SPACING_MARK);
constexpr std::uint32_t kRightToLeft = bit(U_RIGHT_TO_LEFT) | bit(U_RIGHT_TO_LEFT_ARABIC);

} // namespace

bool belongs_to(StringClass string_class, const icu::UnicodeString& text) {
  std::optional<WholeText> whole;
  for (int i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    switch (derive(c)) {
    case Derived::kValid:
      break;
    case Derived::kFreeformOnly:
      if (string_class != StringClass::kFreeform)
        return false;
      break;
    case Derived::kInContext:
      if (!context_allows(text, i, c, whole))
        return false;
      break;
    case Derived::kDisallowed:
      return false;
    }
  }
  return true;
}

bool keeps_bidi_rule(const icu::UnicodeString& text) {
  std::uint32_t all = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0; // of those that are no non-spacing marks
  for (int i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const std::uint32_t direction = bit(u_charDirection(text.char32At(i)));
    if (i == 0)
      first = direction;
    if (direction != bit(U_DIR_NON_SPACING_MARK))
      last = direction;
    all |= direction;
  }
  if ((all & (kRightToLeft | bit(U_ARABIC_NUMBER))) == 0)
    return true;
  if ((first & kRightToLeft) != 0) { // conditions 1 to 4
    const std::uint32_t digits = bit(U_EUROPEAN_NUMBER) | bit(U_ARABIC_NUMBER);
    if ((all & ~(kRightToLeft | bit(U_ARABIC_NUMBER) | kNeutral)) != 0)
      return false;
    return (last & (kRightToLeft | digits)) != 0 && (all & digits) != digits;
  }
  // Conditions 1, 5 and 6: a left-to-right label admits none of the code points that brought us
  // here.
  return false;
}

bool is_idna_ignorable(UChar32 c) {
  return (c >= 0x20D0 && c <= 0x20FF) || (c >= 0x1D100 && c <= 0x1D24F);
}

} // namespace rookery::xmpp

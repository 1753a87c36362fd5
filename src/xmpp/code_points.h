// What a code point may do in an address: the derived property of PRECIS (RFC 8264 §8), the
// contextual rules it shares with IDNA2008 (RFC 5892 Appendix A) and the Bidi Rule (RFC 5893 §2).
// Internal to precis.cc and precis_domain.cc.
#pragma once

#include <unicode/unistr.h>

#include <cstdint>

namespace rookery::xmpp {

enum class StringClass : std::uint8_t {
  kIdentifier, // RFC 8264 §4.2
  kFreeform,   // RFC 8264 §4.3
};

/// Every code point is allowed in the class, and those that need a context stand in one.
[[nodiscard]] bool belongs_to(StringClass string_class, const icu::UnicodeString& text);

/// False where the text has a right-to-left code point and breaks one of the six conditions of RFC
/// 5893 §2.
[[nodiscard]] bool keeps_bidi_rule(const icu::UnicodeString& text);

/// A code point that PRECIS lets into identifiers, but IDNA2008 does not let into domain names (RFC
/// 5892 §2.4: combining marks for symbols, musical notation).
[[nodiscard]] bool is_idna_ignorable(UChar32 c);

} // namespace rookery::xmpp

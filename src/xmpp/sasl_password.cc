#include "xmpp/sasl_password.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>

#include "base/assert.h"
#include "xmpp/code_points.h"
#include "xmpp/precis_text.h"

namespace rookery::xmpp {
namespace {

/// RFC 8265 §4.2.2: other spaces become U+0020, then NFC.
icu::UnicodeString map_once(const icu::UnicodeString& text) {
  icu::UnicodeString spaced;
  for (int i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    spaced.append(u_charType(c) == U_SPACE_SEPARATOR ? UChar32{' '} : c);
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  ROOKERY_ASSERT(U_SUCCESS(status));
  icu::UnicodeString out = nfc->normalize(spaced, status);
  ROOKERY_ASSERT(U_SUCCESS(status));
  return out;
}

} // namespace

std::optional<std::string> prepare_password(std::string_view password) {
  if (password.empty() || password.size() > kPasswordBytesMax)
    return std::nullopt;
  if (is_ascii(password)) {
    if (!std::ranges::all_of(password, [](char c) { return c >= ' ' && c != 0x7F; }))
      return std::nullopt;
    return std::string(password);
  }
  const auto text = decode_utf8(password);
  if (!text || !belongs_to(StringClass::kFreeform, *text))
    return std::nullopt;
  // Once is enough: the mapping makes no new spaces, and NFC is stable.
  const icu::UnicodeString mapped = map_once(*text);
  if (!belongs_to(StringClass::kFreeform, mapped))
    return std::nullopt;
  std::string out;
  mapped.toUTF8String(out);
  return out;
}

} // namespace rookery::xmpp

#include "xmpp/precis.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/assert.h"
#include "xmpp/code_points.h"
#include "xmpp/precis_text.h"

namespace rookery::xmpp {
namespace {

using Mapped = std::expected<icu::UnicodeString, PrecisError>;

/// RFC 8264 §7: preparation is repeated until nothing changes any more, but not more often than
/// this.
constexpr int kRoundsMax = 4;

/// RFC 7622 §3.3.1, and the space, which no identifier may have.
constexpr std::string_view kNotInLocalpart = "\"&'/:<>@ ";

/// What an ASCII character becomes in a localpart; 0 where it must not stand there.
constexpr std::array<char, 128> kAsciiLocalpart = [] {
  std::array<char, 128> map{};
  for (char c = '!'; c <= '~'; ++c)
    if (!kNotInLocalpart.contains(c))
      map[static_cast<std::size_t>(c)] = to_lower_ascii(c);
  return map;
}();

const icu::Normalizer2& nfc() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFCInstance(status);
  ROOKERY_ASSERT(U_SUCCESS(status));
  return *normalizer;
}

icu::UnicodeString composed(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString out = nfc().normalize(text, status);
  ROOKERY_ASSERT(U_SUCCESS(status));
  return out;
}

/// RFC 8265 §3.3.2 rule 1: full-width and half-width forms become what they decompose to.
icu::UnicodeString without_width(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(status);
  ROOKERY_ASSERT(U_SUCCESS(status));
  icu::UnicodeString out;
  for (int i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    const int type = u_getIntPropertyValue(c, UCHAR_DECOMPOSITION_TYPE);
    icu::UnicodeString mapped;
    if ((type == U_DT_WIDE || type == U_DT_NARROW) && nfkc->getRawDecomposition(c, mapped))
      out.append(mapped);
    else
      out.append(c);
  }
  return out;
}

/// RFC 8265 §3.3.2, once.
Mapped map_user_name(const icu::UnicodeString& text) {
  icu::UnicodeString out = without_width(text);
  if (!belongs_to(StringClass::kIdentifier, out))
    return std::unexpected(PrecisError::kForbidden);
  out = composed(out.toLower(icu::Locale::getRoot()));
  if (!keeps_bidi_rule(out))
    return std::unexpected(PrecisError::kBidi);
  return out;
}

/// RFC 8265 §4.2.2, once.
Mapped map_opaque(const icu::UnicodeString& text) {
  if (!belongs_to(StringClass::kFreeform, text))
    return std::unexpected(PrecisError::kForbidden);
  icu::UnicodeString out;
  for (int i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    out.append(u_charType(c) == U_SPACE_SEPARATOR ? UChar32{' '} : c);
  }
  return composed(out);
}

std::expected<std::string, PrecisError> map_until_stable(std::string_view text,
                                                         Mapped (*map)(const icu::UnicodeString&)) {
  auto decoded = decode_utf8(text);
  if (!decoded)
    return std::unexpected(decoded.error());
  icu::UnicodeString current = std::move(*decoded);
  for (int round = 0; round < kRoundsMax; ++round) {
    Mapped next = map(current);
    if (!next)
      return std::unexpected(next.error());
    if (*next == current) {
      std::string out;
      current.toUTF8String(out);
      return out;
    }
    current = std::move(*next);
  }
  return std::unexpected(PrecisError::kUnstable);
}

/// The bounds that hold before any mapping.
Prepared check_size(std::string_view text) {
  if (text.empty())
    return std::unexpected(PrecisError::kEmpty);
  if (text.size() > kUnpreparedBytesMax)
    return std::unexpected(PrecisError::kTooLong);
  return {};
}

Prepared append_mapped(std::string& out, std::string_view mapped) {
  if (mapped.empty())
    return std::unexpected(PrecisError::kEmpty);
  if (mapped.size() > kJidPartBytesMax)
    return std::unexpected(PrecisError::kTooLong);
  out += mapped;
  return {};
}

} // namespace

std::string_view to_string(PrecisError error) {
  switch (error) {
  case PrecisError::kEmpty:
    return "empty";
  case PrecisError::kTooLong:
    return "too-long";
  case PrecisError::kNotUtf8:
    return "not-utf8";
  case PrecisError::kForbidden:
    return "forbidden-character";
  case PrecisError::kBidi:
    return "mixed-direction";
  case PrecisError::kBadDomain:
    return "bad-domain";
  case PrecisError::kUnstable:
    return "unstable";
  }
  std::unreachable();
}

Prepared append_localpart(std::string& out, std::string_view text) {
  if (auto checked = check_size(text); !checked)
    return checked;
  if (!is_ascii(text)) {
    auto mapped = map_until_stable(text, map_user_name);
    if (!mapped)
      return std::unexpected(mapped.error());
    // After mapping: a full-width '@' has become a plain one.
    if (mapped->find_first_of(kNotInLocalpart) != std::string::npos)
      return std::unexpected(PrecisError::kForbidden);
    return append_mapped(out, *mapped);
  }
  if (text.size() > kJidPartBytesMax)
    return std::unexpected(PrecisError::kTooLong);
  const std::size_t begin = out.size();
  out.append(text);
  bool all_allowed = true;
  for (char& c : std::span(out).subspan(begin)) {
    c = kAsciiLocalpart[static_cast<unsigned char>(c)];
    all_allowed = all_allowed && c != 0;
  }
  if (!all_allowed)
    return std::unexpected(PrecisError::kForbidden);
  return {};
}

Prepared append_resourcepart(std::string& out, std::string_view text) {
  if (auto checked = check_size(text); !checked)
    return checked;
  if (!is_ascii(text)) {
    auto mapped = map_until_stable(text, map_opaque);
    if (!mapped)
      return std::unexpected(mapped.error());
    if (mapped->starts_with(' '))
      return std::unexpected(PrecisError::kForbidden);
    return append_mapped(out, *mapped);
  }
  if (text.size() > kJidPartBytesMax)
    return std::unexpected(PrecisError::kTooLong);
  const bool printable = std::ranges::all_of(text, [](char c) { return c >= ' ' && c != 0x7F; });
  if (!printable || text.starts_with(' '))
    return std::unexpected(PrecisError::kForbidden);
  out += text;
  return {};
}

namespace {

std::expected<std::string, PrecisError>
prepare(std::string_view text, Prepared (*append)(std::string&, std::string_view)) {
  std::string out;
  out.reserve(std::min(text.size(), kJidPartBytesMax));
  if (auto prepared = append(out, text); !prepared)
    return std::unexpected(prepared.error());
  return out;
}

} // namespace

std::expected<std::string, PrecisError> prepare_localpart(std::string_view text) {
  return prepare(text, append_localpart);
}

std::expected<std::string, PrecisError> prepare_domainpart(std::string_view text) {
  return prepare(text, append_domainpart);
}

std::expected<std::string, PrecisError> prepare_resourcepart(std::string_view text) {
  return prepare(text, append_resourcepart);
}

} // namespace rookery::xmpp

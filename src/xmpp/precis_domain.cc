// Domainparts: RFC 7622 §3.2, by IDNA2008 (RFC 5890 to 5893) on top of ICU's UTS #46 mapping.
#include <arpa/inet.h>
#include <unicode/uidna.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/assert.h"
#include "xmpp/code_points.h"
#include "xmpp/precis_text.h"

namespace rookery::xmpp {
namespace {

constexpr std::size_t kLabelBytesMax = 63; // RFC 1034 §3.1, of the A-label

std::unexpected<PrecisError> bad_domain() { return std::unexpected(PrecisError::kBadDomain); }

/// `[` IPv6 address `]`, appended in the one spelling of RFC 5952, so that equal addresses are
/// equal texts.
Prepared append_ipv6_literal(std::string& out, std::string_view text) {
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> spelled{};
  if (text.size() < 4 || text.back() != ']')
    return bad_domain();
  const std::string inside(text.substr(1, text.size() - 2));
  if (inside.find('\0') != std::string::npos || inet_pton(AF_INET6, inside.c_str(), &address) != 1)
    return bad_domain();
  ROOKERY_ASSERT(inet_ntop(AF_INET6, &address, spelled.data(), spelled.size()) != nullptr);
  out.append(1, '[').append(spelled.data()).append(1, ']');
  return {};
}

enum class AsciiName : std::uint8_t { kPlain, kEncoded, kBad };

/// What an ASCII character becomes in a label; 0 where it must not stand there.
constexpr std::array<char, 128> kLetterDigitHyphen = [] {
  std::array<char, 128> map{};
  for (char c = '0'; c <= '9'; ++c)
    map[static_cast<std::size_t>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    map[static_cast<std::size_t>(c)] = c;
    map[static_cast<std::size_t>(c - 'a' + 'A')] = c;
  }
  map['-'] = '-';
  return map;
}();

/// NR-LDH label (RFC 5890 §2.3.1), or an A-label that IDNA has to look into. `label` is lower case
/// letters, digits and hyphens. IPv4 addresses are made of such labels too.
AsciiName classify(std::string_view label) {
  if (label.empty() || label.size() > kLabelBytesMax || label.front() == '-' || label.back() == '-')
    return AsciiName::kBad;
  if (label.size() < 4 || label[2] != '-' || label[3] != '-')
    return AsciiName::kPlain;
  return label.starts_with("xn") ? AsciiName::kEncoded : AsciiName::kBad;
}

/// Lower-cases `name` and says what it is.
AsciiName map_ascii(std::span<char> name) {
  AsciiName worst = AsciiName::kPlain;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    if (i == name.size() || name[i] == '.') {
      worst = std::max(worst, classify({name.data() + begin, i - begin}));
      begin = i + 1;
      continue;
    }
    name[i] = kLetterDigitHyphen[static_cast<unsigned char>(name[i])];
    if (name[i] == 0)
      return AsciiName::kBad;
  }
  return worst;
}

const UIDNA& idna() {
  // Immutable once made, used by all threads.
  static const UIDNA* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    UIDNA* made = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                      UIDNA_CHECK_CONTEXTO | UIDNA_NONTRANSITIONAL_TO_ASCII |
                                      UIDNA_NONTRANSITIONAL_TO_UNICODE,
                                  &status);
    ROOKERY_ASSERT(U_SUCCESS(status));
    return made;
  }();
  return *instance;
}

using Convert = decltype(uidna_nameToUnicodeUTF8);

/// The name converted, or nothing where ICU finds one of the errors in `fatal`.
std::optional<std::string> convert(Convert* convert_name, std::string_view name,
                                   std::uint32_t fatal) {
  std::string out(name.size() * 4 + 64, '\0'); // a name that grows more is none
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode status = U_ZERO_ERROR;
  const int size = convert_name(&idna(), name.data(), static_cast<std::int32_t>(name.size()),
                                out.data(), static_cast<std::int32_t>(out.size()), &info, &status);
  if (U_FAILURE(status) || (info.errors & fatal) != 0)
    return std::nullopt;
  out.resize(static_cast<std::size_t>(size));
  return out;
}

Prepared check_labels(std::string_view name) {
  auto decoded = decode_utf8(name);
  ROOKERY_ASSERT(decoded.has_value());
  // UTS #46 lets through symbols that IDNA2008 does not. Dots and ASCII have been checked by its
  // STD3 rules.
  if (!belongs_to(StringClass::kIdentifier, *decoded))
    return bad_domain();
  for (int i = 0; i < decoded->length(); i = decoded->moveIndex32(i, 1))
    if (is_idna_ignorable(decoded->char32At(i)))
      return bad_domain();
  return {};
}

Prepared append_international(std::string& out, std::string_view name) {
  constexpr std::uint32_t kAnyError = ~std::uint32_t{0};
  if (auto decoded = decode_utf8(name); !decoded)
    return std::unexpected(decoded.error());
  auto unicode = convert(uidna_nameToUnicodeUTF8, name, kAnyError);
  if (!unicode)
    return bad_domain();
  // Mapping can bring forth another dot at the end: U+3002 is one.
  if (unicode->ends_with('.'))
    unicode->pop_back();
  if (unicode->empty())
    return std::unexpected(PrecisError::kEmpty);
  if (unicode->size() > kJidPartBytesMax)
    return std::unexpected(PrecisError::kTooLong);
  if (auto checked = check_labels(*unicode); !checked)
    return checked;
  if (!convert(uidna_nameToASCII_UTF8, *unicode,
               UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_EMPTY_LABEL))
    return bad_domain();
  out += *unicode;
  return {};
}

} // namespace

std::expected<icu::UnicodeString, PrecisError> decode_utf8(std::string_view text) {
  icu::UnicodeString out;
  const auto capacity = static_cast<std::int32_t>(text.size());
  std::int32_t size = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(out.getBuffer(capacity), capacity, &size, text.data(), capacity, &status);
  out.releaseBuffer(U_SUCCESS(status) ? size : 0);
  if (U_FAILURE(status))
    return std::unexpected(PrecisError::kNotUtf8);
  return out;
}

Prepared append_domainpart(std::string& out, std::string_view text) {
  if (text.size() > kUnpreparedBytesMax)
    return std::unexpected(PrecisError::kTooLong);
  if (text.starts_with('['))
    return append_ipv6_literal(out, text);
  if (text.ends_with('.'))
    text.remove_suffix(1);
  if (text.empty())
    return std::unexpected(PrecisError::kEmpty);
  if (!is_ascii(text))
    return append_international(out, text);
  if (text.size() > kJidPartBytesMax)
    return std::unexpected(PrecisError::kTooLong);
  const std::size_t begin = out.size();
  out.append(text);
  switch (map_ascii(std::span(out).subspan(begin))) {
  case AsciiName::kBad:
    return bad_domain();
  case AsciiName::kEncoded:
    out.resize(begin);
    return append_international(out, text);
  case AsciiName::kPlain:
    return {};
  }
  std::unreachable();
}

} // namespace rookery::xmpp

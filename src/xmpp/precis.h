// String preparation for addresses and user names: PRECIS (RFC 8264, 8265) and
// internationalised domain names (RFC 5890 to 5893), by the Unicode version of the ICU in use. Pure
// functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace rookery::xmpp {

/// Upper bound of each part of an address after preparation (RFC 7622 §3.1); longer ones are
/// PrecisError::kTooLong. Before preparation four times as much is looked at: mapping can shorten a
/// text, but not without bound.
inline constexpr std::size_t kJidPartBytesMax = 1023;

enum class PrecisError : std::uint8_t {
  kEmpty,     // nothing there, or nothing left
  kTooLong,   // more than kJidPartBytesMax
  kNotUtf8,   // cut or overlong sequence, surrogate
  kForbidden, // a code point that the profile or XMPP excludes, or that stands in the wrong context
  kBidi,      // breaks the Bidi Rule (RFC 5893 §2)
  kBadDomain, // not a domain name, an internationalised one, or an IP literal
  kUnstable,  // preparation does not come to rest (RFC 8264 §7)
};
[[nodiscard]] std::string_view to_string(PrecisError error);

/// Localpart: UsernameCaseMapped (RFC 8265 §3.3) less what XMPP excludes (RFC 7622 §3.3.1).
[[nodiscard]] std::expected<std::string, PrecisError> prepare_localpart(std::string_view text);
/// Domainpart (RFC 7622 §3.2): a name in U-label form, lower case, without a trailing dot; or an
/// IPv4 or bracketed IPv6 literal, the latter as RFC 5952 writes it. Beyond width, case and NFC it
/// maps what UTS #46 maps, as browsers and resolvers do.
[[nodiscard]] std::expected<std::string, PrecisError> prepare_domainpart(std::string_view text);
/// Resourcepart: OpaqueString (RFC 8265 §4.2), not beginning with a space (RFC 7622 §3.5, example
/// 18).
[[nodiscard]] std::expected<std::string, PrecisError> prepare_resourcepart(std::string_view text);

/// The same, appended to `out`, which is left with unspecified text at its end where preparation
/// fails. All-ASCII parts are prepared in one pass, without ICU and without allocating anything but
/// the room in `out`.
using Prepared = std::expected<void, PrecisError>;
[[nodiscard]] Prepared append_localpart(std::string& out, std::string_view text);
[[nodiscard]] Prepared append_domainpart(std::string& out, std::string_view text);
[[nodiscard]] Prepared append_resourcepart(std::string& out, std::string_view text);

} // namespace rookery::xmpp

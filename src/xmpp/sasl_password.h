// Preparation and enforcement of passwords: the OpaqueString profile of RFC 8265 §4.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rookery::xmpp {

/// In bytes, before preparation; longer ones are refused, so that nobody makes us normalise
/// megabytes.
inline constexpr std::size_t kPasswordBytesMax = 1024;

/// The password as it goes into ScramKeys: other spaces become U+0020, then NFC; case and width are
/// kept. nullopt where it is empty, too long, not UTF-8, or holds what the FreeformClass (RFC 8264
/// §4.3) disallows (controls, unassigned). For passwords of ASCII letters, digits, symbols and
/// spaces it is the same as SASLprep, for which older clients were made.
[[nodiscard]] std::optional<std::string> prepare_password(std::string_view password);

} // namespace rookery::xmpp

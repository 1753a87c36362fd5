// Whose messages an account keeps in its history (XEP-0441). Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <set>
#include <string>
#include <string_view>

#include "xml/document.h"
#include "xml/writer.h"
#include "xmpp/jid.h"
#include "xmpp/stanza_error.h"

namespace rookery::modules::mam {

/// Addresses in both lists together; more are refused with resource-constraint.
inline constexpr std::size_t kPreferredMax = 1'000;

struct Preferences {
  enum class Standard : std::uint8_t { kAlways, kNever, kRoster };
  Standard standard = Standard::kAlways;
  std::set<xmpp::Jid, std::less<>> always = {}, never = {};

  friend bool operator==(const Preferences&, const Preferences&) = default;
};

struct KeepVerdict {
  enum class Keep : std::uint8_t { kYes, kNo, kIfInRoster } keep;
  std::string_view reason;
};
/// §2.3. Where both lists have something to say, a full address goes before a bare one, and `never`
/// before `always`.
[[nodiscard]] KeepVerdict should_keep(const Preferences& preferences, const xmpp::Jid& contact);

/// `<prefs/>` of a set. bad-request without a known default, jid-malformed.
[[nodiscard]] std::expected<Preferences, xmpp::StanzaError>
read_preferences(const xml::Element& prefs);
void write_preferences(xml::Writer& writer, const Preferences& preferences);

/// As the record "mam-prefs" has them: lines "default …", "always ADDRESS", "never ADDRESS".
[[nodiscard]] std::string to_record(const Preferences& preferences);
[[nodiscard]] Preferences from_record(std::string_view record);

} // namespace rookery::modules::mam

// The grammar that SASL messages share: UTF-8 without NUL, and SCRAM's comma-separated attributes
// (RFC 5802 §7).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rookery::xmpp {

/// Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF) without
/// NUL.
[[nodiscard]] bool is_sasl_text(std::string_view bytes);

/// A `saslname`: ',' and '=' stand as "=2C" and "=3D".
[[nodiscard]] std::string escape_saslname(std::string_view name);
/// nullopt where it is empty, or an '=' begins neither.
[[nodiscard]] std::optional<std::string> unescape_saslname(std::string_view text);

/// One or more printable ASCII characters other than ','.
[[nodiscard]] bool is_scram_nonce(std::string_view text);

/// Reads "k=value,k=value,..." from left to right. Views into the message; after a failed step
/// nothing more is read.
class ScramReader {
public:
  explicit ScramReader(std::string_view message) : message_(message) {}

  /// The value of the next attribute, which must be `key`; it may be empty.
  [[nodiscard]] std::optional<std::string_view> take(char key);
  /// The key of the next attribute; '\0' at the end or where there is no attribute.
  [[nodiscard]] char peek() const;
  /// Skips the next attribute, where it is an extension: a letter that RFC 5802 gives no meaning
  /// to, and a value that is not empty. "m", the mark of extensions that must be understood, is
  /// none; neither is a known attribute in a wrong place.
  [[nodiscard]] bool skip_extension();
  /// Nothing is left; a comma at the end is something.
  [[nodiscard]] bool at_end() const { return at_ == message_.size() && !after_comma_; }
  /// How much was read, up to but not with the comma before the next attribute.
  [[nodiscard]] std::size_t read_bytes() const { return after_comma_ ? at_ - 1 : at_; }

private:
  [[nodiscard]] std::string_view take_value();

  std::string_view message_;
  std::size_t at_ = 0;
  bool after_comma_ = false;
};

} // namespace rookery::xmpp

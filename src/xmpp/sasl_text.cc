#include "xmpp/sasl_text.h"

#include <algorithm>
#include <cstdint>

#include "xml/chars.h"

namespace rookery::xmpp {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Those to which RFC 5802 §5.1 gives a meaning.
constexpr std::string_view kKnownKeys = "anmrcsipve";

} // namespace

bool is_sasl_text(std::string_view bytes) {
  const char* end = bytes.data() + bytes.size();
  for (const char* p = bytes.data(); p != end;) {
    if (*p == '\0')
      return false;
    if (static_cast<unsigned char>(*p) < 0x80) {
      ++p;
      continue;
    }
    std::uint32_t character = 0;
    const int length = xml::decode_utf8(p, end, character);
    if (length <= 0)
      return false;
    p += length;
  }
  return true;
}

std::string escape_saslname(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (const char c : name) {
    if (c == ',')
      out += "=2C";
    else if (c == '=')
      out += "=3D";
    else
      out += c;
  }
  return out;
}

std::optional<std::string> unescape_saslname(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
      continue;
    }
    const std::string_view escape = text.substr(i, 3);
    if (escape != "=2C" && escape != "=3D")
      return std::nullopt;
    out += escape == "=2C" ? ',' : '=';
    i += 2;
  }
  return out;
}

bool is_scram_nonce(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F && c != ','; });
}

char ScramReader::peek() const {
  const std::string_view rest = message_.substr(at_);
  return rest.size() >= 2 && rest[1] == '=' ? rest[0] : '\0';
}

std::string_view ScramReader::take_value() {
  const std::size_t begin = at_ + 2;
  const std::size_t comma = message_.find(',', begin);
  after_comma_ = comma != std::string_view::npos;
  at_ = after_comma_ ? comma + 1 : message_.size();
  return message_.substr(begin, (after_comma_ ? comma : at_) - begin);
}

std::optional<std::string_view> ScramReader::take(char key) {
  if (peek() != key)
    return std::nullopt;
  return take_value();
}

bool ScramReader::skip_extension() {
  const char key = peek();
  if (!is_letter(key) || kKnownKeys.find(key) != std::string_view::npos)
    return false;
  return !take_value().empty();
}

} // namespace rookery::xmpp

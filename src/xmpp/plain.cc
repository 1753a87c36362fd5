#include "xmpp/plain.h"

#include "base/encoding.h"
#include "xmpp/sasl_text.h"
#include "xmpp/scram.h"

namespace rookery::xmpp {

std::expected<PlainMessage, SaslFailure> parse_plain(std::string_view message) {
  const auto malformed = [](std::string_view reason) {
    return std::unexpected(SaslFailure{SaslCondition::kMalformedRequest, reason});
  };
  if (message.size() > kSaslMessageBytesMax)
    return malformed("too-long");
  const std::size_t first = message.find('\0');
  const std::size_t second =
      first == std::string_view::npos ? first : message.find('\0', first + 1);
  if (second == std::string_view::npos)
    return malformed("plain-parts");
  const std::string_view authzid = message.substr(0, first);
  const std::string_view username = message.substr(first + 1, second - first - 1);
  const std::string_view password = message.substr(second + 1);
  if (username.empty() || password.empty())
    return malformed("plain-parts");
  // A third NUL is refused by this as well.
  if (!is_sasl_text(authzid) || !is_sasl_text(username) || !is_sasl_text(password))
    return malformed("not-utf8");
  return PlainMessage{std::string(authzid), std::string(username), std::string(password)};
}

std::string make_plain(std::string_view authzid, std::string_view username,
                       std::string_view password) {
  std::string out(authzid);
  out += '\0';
  out += username;
  out += '\0';
  out += password;
  return out;
}

bool verify_password(const ScramKeys& keys, std::string_view prepared_password) {
  const ScramKeys derived =
      ScramKeys::derive(keys.hash, prepared_password, keys.salt, keys.iterations);
  return equal_constant_time(derived.stored_key, keys.stored_key);
}

} // namespace rookery::xmpp

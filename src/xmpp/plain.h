// SASL PLAIN (RFC 4616). The password arrives in clear: only over TLS, or from loopback where that
// is configured.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "xmpp/sasl_error.h"
#include "xmpp/scram_keys.h"

namespace rookery::xmpp {

struct PlainMessage {
  std::string authzid;  // "" where none; check with authzid_allowed()
  std::string username; // authcid as sent, not prepared
  std::string password; // as sent: prepare_password() it
};

/// malformed-request unless it is "[authzid] NUL authcid NUL password", UTF-8, with authcid and
/// password not empty.
[[nodiscard]] std::expected<PlainMessage, SaslFailure> parse_plain(std::string_view message);
[[nodiscard]] std::string make_plain(std::string_view authzid, std::string_view username,
                                     std::string_view password);

/// Costs one pbkdf2() with the keys' iterations, whether it fits or not; 10,000 iterations are
/// milliseconds (crypto_bench.cc), some three hundred times a SCRAM login: bound how many run at
/// once. Use fake_scram_keys() for an unknown user (case 20).
[[nodiscard]] bool verify_password(const ScramKeys& keys, std::string_view prepared_password);

} // namespace rookery::xmpp

// SCRAM, the client's side: for the load generator, for self-checks, and to hold the server's side
// against in tests.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "xmpp/crypto.h"

namespace rookery::xmpp {

/// How the client stands to channel binding (RFC 5802 §6).
enum class ScramBinding : std::uint8_t {
  kUnsupported, // gs2 'n'
  kNotOffered,  // gs2 'y': could, but saw no -PLUS mechanism
  kBound,       // gs2 'p': a -PLUS mechanism
};

/// Why a client gives a login up; the server is not who it says, or a third party meddles.
enum class ScramClientError : std::uint8_t {
  kMalformed,       // not a message of RFC 5802
  kServerError,     // e=...
  kNonce,           // does not begin with ours, or adds nothing to it
  kIterations,      // below kScramIterationsMin or above kScramIterationsMax
  kDowngrade,       // XEP-0474: the offer we saw is not the offer that was made (case 19)
  kServerSignature, // the server does not know our keys
};
[[nodiscard]] std::string_view to_string(ScramClientError error);

struct ScramClientOptions {
  HashKind hash = HashKind::kSha256;
  std::string username = {};
  std::string authzid = {}; // "" for none
  std::string prepared_password = {};
  ScramBinding binding = ScramBinding::kUnsupported;
  std::string binding_type = {}, binding_data = {}; // where kBound
  /// xmpp::downgrade_hash() over what the server offered. Checked where the server sends `h`; a
  /// server without XEP-0474 sends none.
  std::optional<std::string> downgrade_hash = {};
};

/// first(), final(), verify(), in this order, each once. One pbkdf2() in final().
class ScramClient {
public:
  explicit ScramClient(ScramClientOptions options) : options_(std::move(options)) {}

  [[nodiscard]] std::string first(Random& random);
  /// The same with a nonce of the caller's: for published vectors.
  [[nodiscard]] std::string first(std::string_view nonce);
  [[nodiscard]] std::expected<std::string, ScramClientError> final(std::string_view server_first);
  [[nodiscard]] std::expected<void, ScramClientError> verify(std::string_view server_final) const;

private:
  ScramClientOptions options_;
  std::string gs2_header_, nonce_, first_bare_;
  std::string server_signature_;
};

} // namespace rookery::xmpp

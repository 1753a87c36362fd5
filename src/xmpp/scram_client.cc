#include "xmpp/scram_client.h"

#include <charconv>

#include "base/encoding.h"
#include "xmpp/sasl_text.h"
#include "xmpp/scram_keys.h"

namespace rookery::xmpp {
namespace {

constexpr std::size_t kClientNonceBytes = 24;

std::string gs2_header(const ScramClientOptions& options) {
  std::string out;
  switch (options.binding) {
  case ScramBinding::kUnsupported:
    out = "n,";
    break;
  case ScramBinding::kNotOffered:
    out = "y,";
    break;
  case ScramBinding::kBound:
    out = "p=" + options.binding_type + ",";
    break;
  }
  if (!options.authzid.empty())
    out += "a=" + escape_saslname(options.authzid);
  return out + ",";
}

struct ServerFirst {
  std::string_view nonce;
  std::string salt;
  std::uint32_t iterations = 0;
  std::optional<std::string_view> downgrade_hash; // XEP-0474
};

std::optional<ServerFirst> parse_server_first(std::string_view message) {
  ScramReader reader(message);
  const auto nonce = reader.take('r');
  const auto salt = reader.take('s');
  const auto count = reader.take('i');
  if (!nonce || !is_scram_nonce(*nonce) || !salt || !count)
    return std::nullopt;
  ServerFirst out;
  out.nonce = *nonce;
  while (!reader.at_end()) {
    if (reader.peek() != 'h') {
      if (!reader.skip_extension())
        return std::nullopt;
      continue;
    }
    if (out.downgrade_hash)
      return std::nullopt;
    out.downgrade_hash = reader.take('h');
  }
  auto decoded = base64_decode(*salt);
  if (!decoded || decoded->empty())
    return std::nullopt;
  out.salt = std::move(*decoded);
  const char* end = count->data() + count->size();
  const auto [stopped, error] = std::from_chars(count->data(), end, out.iterations);
  if (error != std::errc{} || stopped != end)
    return std::nullopt;
  return out;
}

} // namespace

std::string_view to_string(ScramClientError error) {
  switch (error) {
  case ScramClientError::kMalformed:
    return "malformed";
  case ScramClientError::kServerError:
    return "server-error";
  case ScramClientError::kNonce:
    return "nonce";
  case ScramClientError::kIterations:
    return "iterations";
  case ScramClientError::kDowngrade:
    return "downgrade";
  case ScramClientError::kServerSignature:
    break;
  }
  return "server-signature";
}

std::string ScramClient::first(Random& random) { return first(random.token(kClientNonceBytes)); }

std::string ScramClient::first(std::string_view nonce) {
  gs2_header_ = gs2_header(options_);
  nonce_ = nonce;
  first_bare_ = "n=" + escape_saslname(options_.username) + ",r=" + nonce_;
  return gs2_header_ + first_bare_;
}

std::expected<std::string, ScramClientError> ScramClient::final(std::string_view server_first) {
  const auto parsed = parse_server_first(server_first);
  if (!parsed)
    return std::unexpected(ScramClientError::kMalformed);
  if (!parsed->nonce.starts_with(nonce_) || parsed->nonce.size() == nonce_.size())
    return std::unexpected(ScramClientError::kNonce);
  if (parsed->iterations < kScramIterationsMin || parsed->iterations > kScramIterationsMax)
    return std::unexpected(ScramClientError::kIterations);
  if (parsed->downgrade_hash && options_.downgrade_hash &&
      *parsed->downgrade_hash != *options_.downgrade_hash)
    return std::unexpected(ScramClientError::kDowngrade);

  const HashKind kind = options_.hash;
  const Digest salted = pbkdf2(kind, options_.prepared_password, parsed->salt, parsed->iterations);
  const Digest client_key = hmac(kind, salted.view(), "Client Key");
  const Digest stored_key = xmpp::hash(kind, client_key.view());
  const Digest server_key = hmac(kind, salted.view(), "Server Key");

  const bool bound = options_.binding == ScramBinding::kBound;
  std::string message =
      "c=" + base64_encode(bound ? gs2_header_ + options_.binding_data : gs2_header_) +
      ",r=" + std::string(parsed->nonce);
  const std::initializer_list<std::string_view> auth_message{first_bare_, ",", server_first, ",",
                                                             message};
  const Digest signature = hmac(kind, stored_key.view(), auth_message);
  server_signature_ = hmac(kind, server_key.view(), auth_message).string();
  return message +
         ",p=" + base64_encode(exclusive_or(kind, client_key.view(), signature.view()).view());
}

std::expected<void, ScramClientError> ScramClient::verify(std::string_view server_final) const {
  ScramReader reader(server_final);
  if (reader.peek() == 'e')
    return std::unexpected(ScramClientError::kServerError);
  const auto encoded = reader.take('v');
  const auto signature = encoded ? base64_decode(*encoded) : std::nullopt;
  while (!reader.at_end())
    if (!reader.skip_extension())
      return std::unexpected(ScramClientError::kMalformed);
  if (!signature)
    return std::unexpected(ScramClientError::kMalformed);
  if (server_signature_.empty() || !equal_constant_time(*signature, server_signature_))
    return std::unexpected(ScramClientError::kServerSignature);
  return {};
}

} // namespace rookery::xmpp

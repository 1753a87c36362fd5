#include "xmpp/scram.h"

#include <algorithm>

#include "base/assert.h"
#include "base/encoding.h"
#include "xmpp/sasl_text.h"

namespace rookery::xmpp {
namespace {

/// 192 bits: a repeat, which would allow a replay, does not happen.
constexpr std::size_t kServerNonceBytes = 24;

std::unexpected<SaslFailure> malformed(std::string_view reason) {
  return std::unexpected(SaslFailure{SaslCondition::kMalformedRequest, reason});
}
std::unexpected<SaslFailure> refused(std::string_view reason) {
  return std::unexpected(SaslFailure{SaslCondition::kNotAuthorized, reason});
}

bool is_binding_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-';
  });
}

/// gs2-header of RFC 5802 §7, without its non-standard flag "F".
struct Gs2Header {
  char flag = 'n';               // 'n', 'y' or 'p'
  std::string_view binding_type; // of 'p'
  std::string authzid;
  std::string_view text; // the header itself, with the comma at its end
};

std::optional<Gs2Header> parse_gs2_header(std::string_view message) {
  const std::size_t first = message.find(',');
  if (first == std::string_view::npos)
    return std::nullopt;
  const std::size_t second = message.find(',', first + 1);
  if (second == std::string_view::npos)
    return std::nullopt;

  Gs2Header header;
  header.text = message.substr(0, second + 1);
  const std::string_view flag = message.substr(0, first);
  if (flag.starts_with("p=") && is_binding_name(flag.substr(2))) {
    header.flag = 'p';
    header.binding_type = flag.substr(2);
  } else if (flag == "n" || flag == "y") {
    header.flag = flag[0];
  } else {
    return std::nullopt;
  }
  const std::string_view authzid = message.substr(first + 1, second - first - 1);
  if (!authzid.empty()) {
    auto name = authzid.starts_with("a=") ? unescape_saslname(authzid.substr(2)) : std::nullopt;
    if (!name)
      return std::nullopt;
    header.authzid = std::move(*name);
  }
  return header;
}

/// client-final-message, checked for its grammar only.
struct ClientFinal {
  std::string binding_input; // decoded
  std::string_view nonce;
  std::string proof; // decoded
  std::string_view without_proof;
};

std::optional<ClientFinal> parse_client_final(std::string_view message, std::size_t proof_bytes) {
  ScramReader reader(message);
  ClientFinal out;
  const auto binding_input = reader.take('c');
  const auto nonce = reader.take('r');
  if (!binding_input || !nonce)
    return std::nullopt;
  while (reader.peek() != 'p')
    if (!reader.skip_extension())
      return std::nullopt;
  out.without_proof = message.substr(0, reader.read_bytes());
  const auto proof = reader.take('p');
  if (!proof || !reader.at_end())
    return std::nullopt;

  auto decoded_input = base64_decode(*binding_input);
  auto decoded_proof = base64_decode(*proof);
  if (!decoded_input || !decoded_proof || decoded_proof->size() != proof_bytes)
    return std::nullopt;
  out.binding_input = std::move(*decoded_input);
  out.nonce = *nonce;
  out.proof = std::move(*decoded_proof);
  return out;
}

} // namespace

ScramServer::ScramServer(SaslMechanism mechanism, const SaslOffer& offer)
    : hash_(hash_of(mechanism)), plus_(is_plus(mechanism)), plus_offered_(offer.has_plus()),
      bindings_offered_(offer.bindings), downgrade_hash_(offer.downgrade_hash(hash_)) {
  ROOKERY_ASSERT(is_scram(mechanism));
}

std::expected<ScramServer::ClientFirst, SaslFailure>
ScramServer::client_first(std::string_view message, const ChannelBinding& binding) {
  ROOKERY_ASSERT(step_ == Step::kClientFirst);
  step_ = Step::kSpent;
  if (message.size() > kSaslMessageBytesMax)
    return malformed("too-long");
  if (!is_sasl_text(message))
    return malformed("not-utf8");
  auto header = parse_gs2_header(message);
  if (!header)
    return malformed("gs2-header");

  client_first_bare_ = message.substr(header->text.size());
  ScramReader reader(client_first_bare_);
  if (reader.peek() == 'm')
    return malformed("mandatory-extension");
  const auto escaped = reader.take('n');
  auto username = escaped ? unescape_saslname(*escaped) : std::nullopt;
  if (!username)
    return malformed("username");
  const auto nonce = reader.take('r');
  if (!nonce || !is_scram_nonce(*nonce))
    return malformed("nonce");
  while (!reader.at_end())
    if (!reader.skip_extension())
      return malformed("extension");
  nonce_ = *nonce;

  if ((header->flag == 'p') != plus_)
    return malformed("binding-flag");
  if (header->flag == 'y' && plus_offered_)
    return refused("binding-downgrade");
  binding_input_ = header->text;
  if (header->flag == 'p') {
    const std::string_view type = header->binding_type;
    const bool taken =
        type == kTlsUnique || std::ranges::find(bindings_offered_, type) != bindings_offered_.end();
    const auto data = taken ? binding(type) : std::nullopt;
    if (!data)
      return refused("binding-unsupported");
    binding_input_ += *data;
  }
  step_ = Step::kServerFirst;
  return ClientFirst{std::move(*username), std::move(header->authzid),
                     std::string(header->binding_type)};
}

std::string ScramServer::server_first(const ScramKeys& keys, Random& random) {
  return server_first(keys, random.token(kServerNonceBytes));
}

std::string ScramServer::server_first(const ScramKeys& keys, std::string_view nonce) {
  ROOKERY_ASSERT(step_ == Step::kServerFirst);
  ROOKERY_ASSERT(keys.hash == hash_);
  step_ = Step::kClientFinal;
  stored_key_ = keys.stored_key;
  server_key_ = keys.server_key;
  nonce_ += nonce;
  server_first_ = "r=" + nonce_ + ",s=" + base64_encode(keys.salt) +
                  ",i=" + std::to_string(keys.iterations) + ",h=" + downgrade_hash_;
  return server_first_;
}

std::expected<std::string, SaslFailure> ScramServer::client_final(std::string_view message) {
  ROOKERY_ASSERT(step_ == Step::kClientFinal);
  step_ = Step::kSpent;
  if (message.size() > kSaslMessageBytesMax)
    return malformed("too-long");
  if (!is_sasl_text(message))
    return malformed("not-utf8");
  const auto final = parse_client_final(message, digest_bytes(hash_));
  if (!final)
    return malformed("client-final");

  const std::initializer_list<std::string_view> auth_message{client_first_bare_, ",", server_first_,
                                                             ",", final->without_proof};
  const Digest client_signature = hmac(hash_, stored_key_, auth_message);
  const Digest client_key = exclusive_or(hash_, client_signature.view(), final->proof);
  const Digest server_signature = hmac(hash_, server_key_, auth_message);

  // All of it is computed before anything is decided: what was wrong does not show in the time
  // taken.
  const bool nonce_ok = equal_constant_time(final->nonce, nonce_);
  const bool binding_ok = equal_constant_time(final->binding_input, binding_input_);
  const bool proof_ok =
      equal_constant_time(xmpp::hash(hash_, client_key.view()).view(), stored_key_);
  if (!nonce_ok)
    return refused("wrong-nonce");
  if (!binding_ok)
    return refused("wrong-binding");
  if (!proof_ok)
    return refused("wrong-proof");
  return "v=" + base64_encode(server_signature.view());
}

} // namespace rookery::xmpp

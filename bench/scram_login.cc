#include "bench/scram_login.h"

#include <charconv>

#include "base/encoding.h"
#include "xmpp/crypto.h"
#include "xmpp/sasl_text.h"
#include "xmpp/scram_keys.h"

namespace rookery::bench {
namespace {

constexpr auto kHash = xmpp::HashKind::kSha1;
constexpr std::size_t kNonceBytes = 18;

} // namespace

std::string ScramLogin::first(Random& random) {
  nonce_ = random.token(kNonceBytes);
  first_bare_ = "n=" + account_.name + ",r=" + nonce_;
  return "n,," + first_bare_;
}

Result<std::string> ScramLogin::final(std::string_view server_first) {
  xmpp::ScramReader reader(server_first);
  const auto nonce = reader.take('r');
  const auto salt = reader.take('s');
  const auto count = reader.take('i');
  std::uint32_t iterations = 0;
  if (count)
    std::from_chars(count->data(), count->data() + count->size(), iterations);
  const auto salt_bytes = salt ? base64_decode(*salt) : std::nullopt;
  if (!nonce || !nonce->starts_with(nonce_) || !salt_bytes || iterations == 0 ||
      iterations > xmpp::kScramIterationsMax)
    return fail("the server's first SCRAM message is none", account_.name);
  if (account_.salt != *salt_bytes || account_.iterations != iterations) {
    account_.salt = *salt_bytes;
    account_.iterations = iterations;
    account_.salted_password =
        xmpp::pbkdf2(kHash, account_.password, *salt_bytes, iterations).string();
  }

  const auto client_key = xmpp::hmac(kHash, account_.salted_password, "Client Key");
  const auto stored_key = xmpp::hash(kHash, client_key.view());
  const auto server_key = xmpp::hmac(kHash, account_.salted_password, "Server Key");
  const std::string message = "c=biws,r=" + std::string(*nonce); // "n,," in base64
  const std::string signed_text = first_bare_ + "," + std::string(server_first) + "," + message;
  const auto signature = xmpp::hmac(kHash, stored_key.view(), signed_text);
  server_signature_ = xmpp::hmac(kHash, server_key.view(), signed_text).string();
  const auto proof = xmpp::exclusive_or(kHash, client_key.view(), signature.view());
  return message + ",p=" + base64_encode(proof.view());
}

bool ScramLogin::verify(std::string_view server_final) const {
  return server_final == "v=" + base64_encode(server_signature_);
}

} // namespace rookery::bench

#include "xmpp/scram_keys.h"

#include <array>
#include <charconv>
#include <span>

#include "base/assert.h"
#include "base/encoding.h"

namespace rookery::xmpp {
namespace {

constexpr std::string_view kVersion = "1";

std::optional<std::uint32_t> parse_iterations(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end || text.front() == '0')
    return std::nullopt;
  if (value < kScramIterationsMin || value > kScramIterationsMax)
    return std::nullopt;
  return value;
}

} // namespace

std::string ScramKeys::serialise() const {
  std::string out(kVersion);
  for (const std::string& field :
       {std::string(hash_name(hash)), std::to_string(iterations), base64_encode(salt),
        base64_encode(stored_key), base64_encode(server_key)}) {
    out += ' ';
    out += field;
  }
  return out;
}

std::optional<ScramKeys> ScramKeys::parse(std::string_view text) {
  std::array<std::string_view, 6> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t space = text.find(' ');
    const bool last = i + 1 == fields.size();
    if ((space == std::string_view::npos) != last)
      return std::nullopt;
    fields[i] = text.substr(0, space);
    if (fields[i].empty())
      return std::nullopt;
    if (!last)
      text.remove_prefix(space + 1);
  }
  if (fields[0] != kVersion)
    return std::nullopt;
  const auto kind = parse_hash_name(fields[1]);
  const auto count = parse_iterations(fields[2]);
  auto salt = base64_decode(fields[3]);
  auto stored_key = base64_decode(fields[4]);
  auto server_key = base64_decode(fields[5]);
  if (!kind || !count || !salt || !stored_key || !server_key)
    return std::nullopt;
  if (stored_key->size() != digest_bytes(*kind) || server_key->size() != digest_bytes(*kind))
    return std::nullopt;
  return ScramKeys{*kind, *count, std::move(*salt), std::move(*stored_key), std::move(*server_key)};
}

ScramKeys ScramKeys::derive(HashKind hash, std::string_view prepared_password,
                            std::string_view salt, std::uint32_t iterations) {
  const Digest salted = pbkdf2(hash, prepared_password, salt, iterations);
  const Digest client_key = hmac(hash, salted.view(), "Client Key");
  return {hash, iterations, std::string(salt), xmpp::hash(hash, client_key.view()).string(),
          hmac(hash, salted.view(), "Server Key").string()};
}

ScramKeys ScramKeys::derive(HashKind hash, std::string_view prepared_password, Random& random,
                            std::uint32_t iterations) {
  std::array<char, kScramSaltBytes> salt{};
  random.fill(std::as_writable_bytes(std::span(salt)));
  return derive(hash, prepared_password, {salt.data(), salt.size()}, iterations);
}

ScramKeys fake_scram_keys(std::string_view secret, std::string_view username, HashKind hash,
                          std::uint32_t iterations) {
  ROOKERY_ASSERT(secret.size() >= 16);
  const auto made_up = [&](std::string_view purpose) {
    return hmac(hash, secret, {purpose, std::string_view("\0", 1), username});
  };
  return {hash, iterations, std::string(made_up("salt").view().substr(0, kScramSaltBytes)),
          made_up("stored key").string(), made_up("server key").string()};
}

} // namespace rookery::xmpp

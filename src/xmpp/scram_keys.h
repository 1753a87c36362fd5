// What is kept of a password: salted SCRAM keys (RFC 5802 §3), one set per hash. Neither the
// password nor anything a client could log in with can be had from them, short of guessing
// passwords one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "xmpp/crypto.h"

namespace rookery::xmpp {

/// Of new keys. Real and fake salts are of one length, or the length would tell who exists (case
/// 20).
inline constexpr std::size_t kScramSaltBytes = 16;
inline constexpr std::uint32_t kScramIterationsDefault = 10'000;
/// RFC 7677 §4. Fewer are refused when keys are parsed and by the client.
inline constexpr std::uint32_t kScramIterationsMin = 4'096;
/// More are refused: the peer who names the count decides how long we compute.
inline constexpr std::uint32_t kScramIterationsMax = 10'000'000;

struct ScramKeys {
  HashKind hash = HashKind::kSha256;
  std::uint32_t iterations = kScramIterationsDefault;
  std::string salt;
  std::string stored_key; // H(ClientKey)
  std::string server_key;
  friend bool operator==(const ScramKeys&, const ScramKeys&) = default;

  /// One line of text for the store: "1 SHA-256 10000 SALT STORED SERVER", single spaces, the last
  /// three in base64. "1" is the version of the format.
  [[nodiscard]] std::string serialise() const;
  /// nullopt where it is not exactly that, or a key has not the hash's length, or the count is out
  /// of bounds.
  [[nodiscard]] static std::optional<ScramKeys> parse(std::string_view text);

  /// Costs one pbkdf2(). `prepared_password` is prepare_password()'s result (sasl_password.h).
  [[nodiscard]] static ScramKeys derive(HashKind hash, std::string_view prepared_password,
                                        std::string_view salt, std::uint32_t iterations);
  /// The same with a fresh salt.
  [[nodiscard]] static ScramKeys derive(HashKind hash, std::string_view prepared_password,
                                        Random& random,
                                        std::uint32_t iterations = kScramIterationsDefault);
};

/// Keys for a user who does not exist: the same for the same arguments, so that the salt a stranger
/// sees is stable, and no password or proof fits them. Use them exactly like real ones (case 20).
/// `secret`: at least 16 bytes, random, of the installation, the same after a restart. `username`
/// is the prepared localpart, with the domain if there are several.
[[nodiscard]] ScramKeys fake_scram_keys(std::string_view secret, std::string_view username,
                                        HashKind hash,
                                        std::uint32_t iterations = kScramIterationsDefault);

} // namespace rookery::xmpp

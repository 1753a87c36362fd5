// The hashes of SCRAM (RFC 5802, 7677) and HT: digest, HMAC and PBKDF2 over SHA-1, SHA-256 and
// SHA-512. Pure functions, callable from any thread; compare secrets with equal_constant_time() of
// base/encoding.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace rookery::xmpp {

enum class HashKind : std::uint8_t { kSha1, kSha256, kSha512 };
inline constexpr std::array kAllHashes{HashKind::kSha1, HashKind::kSha256, HashKind::kSha512};
/// 20, 32 or 64.
[[nodiscard]] std::size_t digest_bytes(HashKind kind);
/// What one compression takes in: 64, or 128 for SHA-512.
[[nodiscard]] std::size_t hash_block_bytes(HashKind kind);
/// The name in mechanisms and in the store: "SHA-1", "SHA-256", "SHA-512".
[[nodiscard]] std::string_view hash_name(HashKind kind);
[[nodiscard]] std::optional<HashKind> parse_hash_name(std::string_view name);

/// The output of a hash, without a heap allocation.
class Digest {
public:
  explicit Digest(HashKind kind) : size_(static_cast<std::uint8_t>(digest_bytes(kind))) {}
  [[nodiscard]] std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes_.data()), size_};
  }
  [[nodiscard]] std::string string() const { return std::string(view()); }
  [[nodiscard]] unsigned char* data() { return bytes_.data(); }
  [[nodiscard]] std::size_t size() const { return size_; }

private:
  std::array<unsigned char, 64> bytes_{};
  std::uint8_t size_;
};

/// The key of an HMAC spread over one block and masked, for the inner and the outer hash (RFC 2104
/// §2).
class HmacPads {
public:
  HmacPads(HashKind kind, std::string_view key);
  [[nodiscard]] std::string_view inner() const { return {inner_.data(), size_}; }
  [[nodiscard]] std::string_view outer() const { return {outer_.data(), size_}; }

private:
  std::array<char, 128> inner_, outer_;
  std::size_t size_;
};

[[nodiscard]] Digest hash(HashKind kind, std::string_view message);
/// RFC 2104 over the concatenation of `parts`.
[[nodiscard]] Digest hmac(HashKind kind, std::string_view key,
                          std::initializer_list<std::string_view> parts);
[[nodiscard]] inline Digest hmac(HashKind kind, std::string_view key, std::string_view message) {
  return hmac(kind, key, {message});
}
/// RFC 8018 PBKDF2 with HMAC, as long as the hash's output (SCRAM's Hi). Costly on purpose: two
/// compressions of the hash per iteration, see crypto_bench.cc. Never on the path of a SCRAM or
/// token login.
[[nodiscard]] Digest pbkdf2(HashKind kind, std::string_view password, std::string_view salt,
                            std::uint32_t iterations);
/// a ^ b, which must be of one length.
[[nodiscard]] Digest exclusive_or(HashKind kind, std::string_view a, std::string_view b);

} // namespace rookery::xmpp

// Randomness as an interface. Secrets come from SystemRandom only (getrandom(2)).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace rookery {

/// May be called from any thread.
class Random {
public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;

  [[nodiscard]] std::uint64_t u64() {
    std::uint64_t value = 0;
    fill(std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }
  /// `bytes` random bytes as base64url without padding: an id or a token that may stand anywhere in
  /// XML or a URL.
  [[nodiscard]] std::string token(std::size_t bytes);
};

class SystemRandom final : public Random {
public:
  void fill(std::span<std::byte> out) override;
};

/// Repeatable; for tests and replays only (splitmix64). Not thread-safe.
class SeededRandom final : public Random {
public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::byte> out) override;

private:
  std::uint64_t state_;
};

} // namespace rookery

// An IPv4 or IPv6 address as a value: cheap to copy, compare and hash.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

namespace rookery::net {

/// 16 bytes; an IPv4 address is kept as IPv4-mapped (::ffff:a.b.c.d), so both kinds of socket give
/// the same value.
class IpAddress {
public:
  IpAddress() = default; // ::
  /// Of an AF_INET or AF_INET6 address; "::" for any other family.
  [[nodiscard]] static IpAddress from_socket(const sockaddr& address);
  /// Numeric forms only.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] bool is_v4() const;
  /// 127.0.0.0/8 or ::1.
  [[nodiscard]] bool is_loopback() const;
  /// What limits should count by: the address itself for IPv4, its /64 for IPv6, where one user
  /// commands a whole /64.
  [[nodiscard]] IpAddress limit_key() const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
  std::array<std::uint8_t, 16> bytes_{};
};

} // namespace rookery::net

template <> struct std::hash<rookery::net::IpAddress> {
  std::size_t operator()(const rookery::net::IpAddress& address) const noexcept;
};

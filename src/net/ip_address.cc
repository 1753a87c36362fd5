#include "net/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace rookery::net {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kTextMax = INET6_ADDRSTRLEN;

} // namespace

IpAddress IpAddress::from_socket(const sockaddr& address) {
  IpAddress result;
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    std::ranges::copy(kMappedPrefix, result.bytes_.begin());
    std::memcpy(result.bytes_.data() + kMappedPrefix.size(), &v4.sin_addr, 4);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    std::memcpy(result.bytes_.data(), &v6.sin6_addr, 16);
  }
  return result;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= kTextMax)
    return std::nullopt;
  const std::string terminated(text);
  IpAddress result;
  if (terminated.size() != std::strlen(terminated.c_str()))
    return std::nullopt;
  if (::inet_pton(AF_INET6, terminated.c_str(), result.bytes_.data()) == 1)
    return result;
  std::ranges::copy(kMappedPrefix, result.bytes_.begin());
  if (::inet_pton(AF_INET, terminated.c_str(), result.bytes_.data() + kMappedPrefix.size()) == 1)
    return result;
  return std::nullopt;
}

bool IpAddress::is_v4() const {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes_.begin());
}

bool IpAddress::is_loopback() const {
  if (is_v4())
    return bytes_[12] == 127;
  return bytes_[15] == 1 &&
         std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

IpAddress IpAddress::limit_key() const {
  IpAddress key = *this;
  if (!is_v4())
    std::fill(key.bytes_.begin() + 8, key.bytes_.end(), std::uint8_t{0});
  return key;
}

std::string IpAddress::text() const {
  char text[kTextMax];
  const bool v4 = is_v4();
  const void* source = v4 ? bytes_.data() + kMappedPrefix.size() : bytes_.data();
  return ::inet_ntop(v4 ? AF_INET : AF_INET6, source, text, sizeof text);
}

} // namespace rookery::net

std::size_t std::hash<rookery::net::IpAddress>::operator()(
    const rookery::net::IpAddress& address) const noexcept {
  const auto& bytes = address.bytes();
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

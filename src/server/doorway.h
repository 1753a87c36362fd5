// How many connections of one address have not signed in yet.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "net/ip_address.h"

namespace rookery::server {

/// Any thread may call it; it is touched when a connection comes and when it has signed in or gone.
class Doorway {
public:
  /// One connection on its way in; it counts until it is destroyed.
  class Guest {
  public:
    Guest(Doorway& doorway, const net::IpAddress& address)
        : doorway_(&doorway), address_(address) {}
    Guest(Guest&& other) noexcept
        : doorway_(std::exchange(other.doorway_, nullptr)), address_(other.address_) {}
    Guest& operator=(Guest&&) = delete;
    ~Guest() {
      if (doorway_ != nullptr)
        doorway_->leave(address_);
    }

  private:
    Doorway* doorway_;
    net::IpAddress address_;
  };

  /// nullopt where `max` of that address (an IPv6 network of 64 bits counts as one) are in the
  /// doorway, or the text is no address.
  [[nodiscard]] std::optional<Guest> enter(std::string_view address, std::uint32_t max);

private:
  void leave(const net::IpAddress& address);

  std::mutex mutex_;
  std::unordered_map<net::IpAddress, std::uint32_t> guests_;
};

} // namespace rookery::server

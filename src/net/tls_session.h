// One TLS connection on a socket: OpenSSL's SSL object, told about by outcomes instead of error
// queues.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/transport.h"

struct ssl_st;

namespace rookery::net {

enum class TlsOutcome : std::uint8_t {
  kDone,
  kWouldBlock, // the socket is not ready; try again when it is, with the same bytes or more where
               // writing
  kClosed,     // the peer sent close_notify
  kFailed,     // protocol error, or the connection broke or ended without close_notify
};

/// Owns an SSL object, or none. Reads and writes the socket itself, never blocks and never raises
/// SIGPIPE. A socket that has given all it had is asked again only after readable(): on one that is
/// watched edge-triggered, what comes later is told.
class TlsSession {
public:
  struct Transfer {
    TlsOutcome outcome;
    std::size_t bytes = 0; // moved, where kDone
  };

  TlsSession() = default;
  /// Takes `ssl`; `descriptor` stays the caller's and must outlive this.
  TlsSession(ssl_st* ssl, int descriptor);
  TlsSession(TlsSession&& other) noexcept : ssl_(std::exchange(other.ssl_, nullptr)) {}
  TlsSession& operator=(TlsSession&& other) noexcept {
    std::swap(ssl_, other.ssl_);
    return *this;
  }
  ~TlsSession();

  [[nodiscard]] bool valid() const { return ssl_ != nullptr; }
  [[nodiscard]] bool established() const;
  /// Input may have come. `ended`: so may its end, and nothing will tell that again.
  void readable(bool ended);
  [[nodiscard]] TlsOutcome handshake();
  [[nodiscard]] Transfer read(char* into, std::size_t bytes_max);
  /// At most one TLS record of `data`.
  [[nodiscard]] Transfer write(std::string_view data);
  /// Sends close_notify if the socket takes it.
  void shutdown();

  [[nodiscard]] TlsInfo info() const;
  [[nodiscard]] std::optional<std::string> channel_binding(std::string_view type) const;
  [[nodiscard]] bool has_channel_binding(std::string_view type) const;

private:
  [[nodiscard]] TlsOutcome outcome(int result);
  ssl_st* ssl_ = nullptr;
};

} // namespace rookery::net

// A byte or message channel to one peer, as the protocol above sees it, whatever carries it: TCP,
// TLS, WebSocket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/loop.h"

namespace rookery::net {

enum class CloseReason : std::uint8_t {
  kPeer,        // the peer closed in order
  kError,       // the connection broke (reset, TLS failure)
  kLocal,       // close() was called here
  kOutputLimit, // the peer did not read: output_bytes_max was reached
};
[[nodiscard]] std::string_view to_string(CloseReason reason);

/// Gets what arrives. Called on the loop thread the transport is attached to, never from inside
/// send() or close().
class TransportHandler {
public:
  /// A piece of the stream (TCP) or one whole message (WebSocket); the view is into the thread's
  /// scratch. The handler may close() or even detach() the transport inside; it is told nothing
  /// further then.
  virtual void on_data(std::string_view data) = 0;
  /// The last call; the transport may be destroyed inside it.
  virtual void on_closed(CloseReason reason) = 0;
  /// TLS is up after start_tls().
  virtual void on_secure() {}

protected:
  ~TransportHandler() = default;
};

struct TlsInfo {
  bool active = false;
  bool resumed = false;
  bool early_data = false;
  std::string version; // "TLSv1.3"
  std::string cipher;
  std::string server_name; // SNI, "" where none
};

/// Owned by whoever accepted it; used on its loop's thread only, but may be moved to another thread
/// with detach()/attach().
class Transport {
public:
  virtual ~Transport() = default;

  /// Queues `data`; it is written once at the end of the loop's turn together with all else of the
  /// turn. On a message transport one call is one message. Where more than output_bytes_max wait,
  /// the transport closes (kOutputLimit).
  virtual void send(std::string_view data) = 0;
  /// Writes what is queued, then closes in order (TLS close_notify, WebSocket close frame);
  /// on_closed follows. Harmless twice.
  virtual void close() = 0;
  /// Closes at once, dropping what is queued.
  virtual void abort() = 0;
  /// Bytes queued and not yet taken by the kernel.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
  virtual void set_output_limit(std::size_t bytes_max) = 0;
  /// output_bytes_max where set_output_limit() was not called.
  static constexpr std::size_t kOutputBytesMax = 1024 * 1024;
  /// False: no more on_data until true again; the kernel's buffer fills and the peer is slowed
  /// (traffic shaping).
  virtual void set_reading(bool reading) = 0;
  /// While true nothing is written: what is sent is queued, within the limit. close() and abort()
  /// are not held back.
  virtual void hold_output(bool hold) = 0;

  [[nodiscard]] virtual bool is_message_based() const = 0; // WebSocket
  [[nodiscard]] virtual bool is_loopback() const = 0;
  [[nodiscard]] virtual std::string peer_address() const = 0; // without port, for limits and logs
  [[nodiscard]] virtual TlsInfo tls() const = 0;
  /// Server side of STARTTLS: what arrived in clear after the request is dropped (CVE-2011-0411).
  /// Call after sending `<proceed/>`.
  virtual void start_tls() = 0;
  [[nodiscard]] virtual bool can_start_tls() const = 0;
  /// RFC 9266 tls-exporter, and RFC 5929 tls-server-end-point and tls-unique; nullopt without TLS
  /// or where undefined (exporter below TLS 1.3 without EMS).
  [[nodiscard]] virtual std::optional<std::string> channel_binding(std::string_view type) const = 0;
  /// channel_binding() would have a value: cheaper, for those that are only announced.
  [[nodiscard]] virtual bool has_channel_binding(std::string_view type) const {
    return channel_binding(type).has_value();
  }

  /// Moving between threads: detach() on the old one (no callbacks after it), attach() on the new
  /// one. What has arrived meanwhile is read after attach(). Unsent output goes along.
  virtual void detach() = 0;
  virtual void attach(runtime::Loop& loop, TransportHandler& handler) = 0;
  [[nodiscard]] virtual runtime::Loop& loop() const = 0;

  /// User-space bytes this connection holds now, its own object and the TLS library's included as
  /// far as known.
  [[nodiscard]] virtual std::size_t memory_bytes() const = 0;
};

} // namespace rookery::net

// A connected stream socket as a Transport, in clear or with TLS.
#pragma once

#include <memory>

#include "net/ip_address.h"
#include "net/tls_context.h"
#include "net/tls_session.h"
#include "net/transport.h"
#include "runtime/buffer_pool.h"
#include "runtime/descriptor.h"

namespace rookery::net {

/// Idle it is this object (and the SSL object where there is one), nothing else: output waits in a
/// buffer borrowed from the loop's pool and given back when drained, input goes through the loop's
/// scratch.
///
///   kOpen ──close()──▶ kDraining ──all written──▶ kLingering ──peer's end──▶ kDone ──on_closed()
///     └──────────── error, abort(), output limit, deadline ────────────────────▲
///
/// Lingering means: our side is shut, what still arrives is dropped. Closing a socket with unread
/// input would make the kernel reset the connection, and the peer could lose the last words (a
/// stream error).
///
/// Every on_closed() comes from the end of a turn, so never from inside another call of this class.
class TcpTransport final : public Transport,
                           private runtime::Watcher,
                           private runtime::TurnEnd,
                           private runtime::Timer {
public:
  /// What one connection reads in one turn before others get theirs: kReadsPerTurnMax times
  /// kReadBytesMax.
  static constexpr std::size_t kReadBytesMax = 64 * 1024;
  static constexpr int kReadsPerTurnMax = 4;
  /// From close() to on_closed() at the latest, whatever the peer does.
  static constexpr Milliseconds kCloseDeadline{5000};
  /// What OpenSSL holds for an idle connection; measured by TcpTransportMemory in the tests.
  static constexpr std::size_t kTlsIdleBytes = 14 * 1024;

  struct Options {
    IpAddress peer{};
    /// Null: no TLS. Must outlive the transport.
    const TlsContext* tls = nullptr;
    /// True: TLS from the first byte.
    bool direct_tls = false;
    TlsProtocol protocol = TlsProtocol::kXmppStartTls;
  };

  /// `socket`: connected and non-blocking. Not attached.
  TcpTransport(runtime::Descriptor socket, const Options& options);
  ~TcpTransport() override;

  void send(std::string_view data) override;
  void close() override;
  void abort() override;
  [[nodiscard]] std::size_t queued_bytes() const override;
  void set_output_limit(std::size_t bytes_max) override { output_bytes_max_ = bytes_max; }
  void set_reading(bool reading) override;
  void hold_output(bool hold) override;

  [[nodiscard]] bool is_message_based() const override { return false; }
  [[nodiscard]] bool is_loopback() const override { return peer_.is_loopback(); }
  [[nodiscard]] std::string peer_address() const override { return peer_.text(); }
  [[nodiscard]] TlsInfo tls() const override { return tls_.info(); }
  /// What is queued must fit into the socket now, else the connection is closed: it is sent in
  /// clear.
  void start_tls() override;
  [[nodiscard]] bool can_start_tls() const override;
  [[nodiscard]] std::optional<std::string> channel_binding(std::string_view type) const override {
    return tls_.channel_binding(type);
  }
  [[nodiscard]] bool has_channel_binding(std::string_view type) const override {
    return tls_.has_channel_binding(type);
  }

  void detach() override;
  void attach(runtime::Loop& loop, TransportHandler& handler) override;
  [[nodiscard]] runtime::Loop& loop() const override { return *loop_; }
  [[nodiscard]] std::size_t memory_bytes() const override;

private:
  enum class State : std::uint8_t { kOpen, kDraining, kLingering, kDone };
  enum class Security : std::uint8_t {
    kClear,
    kExpected, // TLS is next; the SSL object is made when the peer's first byte is there
    kHandshaking,
    kSecure,
  };
  enum class Next : std::uint8_t { kMore, kDrained, kEnd, kBroken };
  struct Chunk {
    std::size_t bytes;
    Next next;
  };

  void on_ready(bool readable, bool writable) override;
  void on_hangup() override { hung_up_ = true; }
  void on_turn_end() override;
  void on_timer() override { finish(CloseReason::kLocal); }

  /// False where the connection cannot be used (yet), or is not this thread's any more.
  [[nodiscard]] bool advance_handshake(bool readable);
  void read();
  [[nodiscard]] Chunk receive_clear(char* into);
  [[nodiscard]] Chunk receive_tls(char* into);
  /// Calls the handler. False: this object was detached or destroyed inside; touch nothing.
  [[nodiscard]] bool deliver(std::string_view data);
  void on_end();

  void flush();
  /// False: the socket takes no more now, or the connection broke.
  [[nodiscard]] bool write_clear();
  [[nodiscard]] bool write_tls();
  void linger();
  /// Frees the socket now and has on_closed() called at the end of the turn.
  void finish(CloseReason reason);
  void drop_output();

  /// Set to true by detach() and destruction while a handler's call is on the stack.
  bool* gone_ = nullptr;
  TransportHandler* handler_ = nullptr;
  runtime::Loop* loop_ = nullptr;
  std::unique_ptr<runtime::Buffer> output_;
  std::size_t output_bytes_max_ = kOutputBytesMax;
  TlsSession tls_;
  const TlsContext* tls_context_;
  IpAddress peer_;
  runtime::Descriptor socket_;
  bool output_held_ = false;
  State state_ = State::kOpen;
  Security security_ = Security::kClear;
  TlsProtocol protocol_;
  CloseReason reason_ = CloseReason::kLocal;
  bool reading_ = true;
  bool blocked_ = false;     // the socket's send buffer is full; an edge will tell
  bool hung_up_ = false;     // no further edge will tell of the peer's end
  bool end_seen_ = false;    // the peer's side is at its end
  bool tell_secure_ = false; // start_tls() was called
};

} // namespace rookery::net

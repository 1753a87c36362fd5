// A WebSocket (RFC 6455) after its handshake, server side, as a message transport.
#pragma once

#include <memory>

#include "net/ip_address.h"
#include "net/transport.h"
#include "net/websocket_frame.h"

namespace rookery::net {

/// One send() is one text frame, one on_data() one whole text message. Pings are answered here.
/// What breaks the protocol or a limit is told to the client by its close code, and to the handler
/// as kError.
class WebSocketTransport final : public Transport,
                                 private TransportHandler,
                                 private runtime::TurnEnd {
public:
  struct Options {
    WebSocketLimits limits;
    /// Who is really there, where a trusted proxy stands between.
    IpAddress peer;
    /// The client's side of a trusted proxy is encrypted.
    bool proxied_tls = false;
  };
  /// `inner` carries the frames; it is not attached. Neither is this.
  WebSocketTransport(std::unique_ptr<Transport> inner, const Options& options);
  ~WebSocketTransport() override;

  void send(std::string_view message) override;
  void close() override { close_with(WebSocketCode::kNormal); }
  void abort() override { inner_->abort(); }
  [[nodiscard]] std::size_t queued_bytes() const override { return inner_->queued_bytes(); }
  void set_output_limit(std::size_t bytes_max) override { inner_->set_output_limit(bytes_max); }
  void hold_output(bool hold) override { inner_->hold_output(hold); }
  void set_reading(bool reading) override;

  [[nodiscard]] bool is_message_based() const override { return true; }
  [[nodiscard]] bool is_loopback() const override { return peer_.is_loopback(); }
  [[nodiscard]] std::string peer_address() const override { return peer_.text(); }
  /// Behind a proxy that ends the TLS: active, version "proxied".
  [[nodiscard]] TlsInfo tls() const override;
  void start_tls() override;
  [[nodiscard]] bool can_start_tls() const override { return false; }
  [[nodiscard]] std::optional<std::string> channel_binding(std::string_view type) const override {
    return inner_->channel_binding(type);
  }
  [[nodiscard]] bool has_channel_binding(std::string_view type) const override {
    return inner_->has_channel_binding(type);
  }

  void detach() override;
  void attach(runtime::Loop& loop, TransportHandler& handler) override;
  [[nodiscard]] runtime::Loop& loop() const override { return inner_->loop(); }
  [[nodiscard]] std::size_t memory_bytes() const override;

private:
  /// On the stack while frames are handed out.
  struct Delivery {
    bool gone = false;    // detached or destroyed meanwhile: touch nothing
    std::span<char> rest; // what has not been decoded yet
  };

  void on_data(std::string_view data) override;
  void on_closed(CloseReason reason) override;
  void on_turn_end() override;

  void feed(std::span<char> input);
  /// False: gone.
  [[nodiscard]] bool deliver(std::string_view message, std::span<char> rest);
  void send_frame(WebSocketOpcode opcode, std::string_view payload);
  void close_with(WebSocketCode code);

  std::unique_ptr<Transport> inner_;
  TransportHandler* handler_ = nullptr;
  Delivery* delivery_ = nullptr;
  /// Input that came in one piece with a message after which nobody wanted more.
  std::unique_ptr<std::string> rest_;
  WebSocketDecoder decoder_;
  IpAddress peer_;
  std::optional<CloseReason> reason_; // why close_with() was called, where not by close()
  bool proxied_tls_;
  bool closing_ = false;
  bool reading_ = true;
};

} // namespace rookery::net

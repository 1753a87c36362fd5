// One client's connection, whatever carries it: TCP, TCP with STARTTLS, WebSocket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bench/tls_client.h"
#include "net/tls_session.h"
#include "runtime/descriptor.h"
#include "runtime/loop.h"

namespace rookery::bench {

enum class Carrier : std::uint8_t { kTcp, kStartTls, kWebSocket };

struct Address {
  std::string ip = "127.0.0.1";
  std::uint16_t port = 5222;
  /// Of WebSocket, in clear, at /xmpp-websocket.
  std::uint16_t http_port = 5280;
  std::string domain = "localhost";
  Carrier carrier = Carrier::kTcp;
  /// Of all accounts; "": that of u7 is "password7".
  std::string password = {};
};

/// Called from the loop's turn; the link must not be destroyed inside.
class LinkEvents {
public:
  /// The first stream can be opened. Inside of connect() where nothing has to be waited for.
  virtual void on_open() = 0;
  /// A piece of the stream, or one whole message of a WebSocket.
  virtual void on_data(std::string_view data) = 0;
  /// After start_tls().
  virtual void on_secure() = 0;
  /// The last call. `why` is for people.
  virtual void on_link_ended(const std::string& why) = 0;

protected:
  ~LinkEvents() = default;
};

/// Belongs to the loop's thread.
class Link final : runtime::Watcher, runtime::TurnEnd {
public:
  Link(runtime::Loop& loop, const Address& address, LinkEvents& events);
  ~Link();
  [[nodiscard]] Status connect();

  /// Goes out at the end of the turn; a message of its own on a WebSocket.
  void send(std::string_view bytes);
  void start_tls(TlsClient& tls, TlsTicket* ticket);
  /// Without a word to the peer but TLS's goodbye; on_link_ended() is not called.
  void cut();

  [[nodiscard]] bool ended() const { return !socket_.valid(); }
  [[nodiscard]] bool is_message_based() const { return address_.carrier == Carrier::kWebSocket; }

private:
  enum class Stage : std::uint8_t { kUpgrading, kOpen, kHandshake };

  void on_ready(bool readable, bool writable) override;
  void on_hangup() override { hung_up_ = true; }
  void on_turn_end() override { flush(); }
  void flush();
  [[nodiscard]] bool write_some();
  void read();
  /// False where there is no more for now, or at all.
  [[nodiscard]] bool read_some();
  void take(std::string_view data);
  void take_frames(std::string_view& data);
  void upgraded(std::string_view& data);
  void handshake();
  void end(const std::string& why);

  runtime::Loop& loop_;
  const Address& address_;
  LinkEvents& events_;
  runtime::Descriptor socket_;
  net::TlsSession tls_;
  std::string out_;
  std::string in_; // an unfinished WebSocket frame, or head of the answer to the upgrade
  Stage stage_ = Stage::kOpen;
  bool writable_ = false;
  bool hung_up_ = false; // read to the end, nothing will tell of it again
};

} // namespace rookery::bench

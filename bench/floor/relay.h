// The floor: a relay that does the system calls a chat server must do for the same traffic, and
// nothing else. It believes everyone, keeps nothing, and reads no message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/tls_context.h"
#include "net/tls_session.h"
#include "runtime/descriptor.h"
#include "runtime/loop.h"

namespace rookery::bench {

class Relay;

/// A client signs in with PLAIN as u0, u1, ... by rote: the answers are constants, found by the few
/// words in the request that tell them apart. From its <presence/> on, what it sends goes to its
/// partner, u(n xor 1), as it is.
class RelayPeer final : runtime::Watcher, runtime::TurnEnd {
public:
  RelayPeer(Relay& relay, runtime::Descriptor socket);
  ~RelayPeer();

  void send(std::string_view bytes);

private:
  friend class Relay;
  void on_ready(bool readable, bool writable) override;
  void on_hangup() override { hung_up_ = true; }
  void on_turn_end() override;
  [[nodiscard]] bool read_some();
  void take(std::string_view bytes);
  void pass_on(std::string_view bytes, RelayPeer& partner) const;
  void answer(std::string_view bytes);
  void signed_in_as(std::string_view initial);
  void end();

  Relay& relay_;
  runtime::Descriptor socket_;
  net::TlsSession tls_;
  std::unique_ptr<runtime::Buffer> out_;
  std::size_t number_ = 0;
  bool relaying_ = false;
  bool handshaking_ = false;
  bool hung_up_ = false;
};

/// With a certificate as the server makes one for itself.
[[nodiscard]] Result<std::unique_ptr<net::TlsContext>> make_relay_tls(const Clock& clock,
                                                                      Random& random);

/// One thread. Belongs to it.
class Relay final : runtime::Watcher {
public:
  struct Options {
    const net::TlsContext* tls = nullptr; // null: STARTTLS is not offered
    /// A write for each message, as servers do that do not collect what goes out.
    bool write_each = false;
  };
  /// Listens on a free port of 127.0.0.1.
  [[nodiscard]] static Result<std::unique_ptr<Relay>> create(runtime::Loop& loop, Options options);
  ~Relay();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Destroys who has left; once a turn.
  void bury() { left_.clear(); }

private:
  friend class RelayPeer;
  Relay(runtime::Loop& loop, Options options) : loop_(loop), options_(options) {}
  void on_ready(bool readable, bool writable) override;
  void ended(RelayPeer& peer);

  runtime::Loop& loop_;
  const Options options_;
  runtime::Descriptor listening_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<RelayPeer>> peers_; // by descriptor
  std::vector<std::unique_ptr<RelayPeer>> left_;
  std::vector<RelayPeer*> by_number_;
};

} // namespace rookery::bench

// A listening socket: accepts connections on one loop and deals them out to many.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "net/ip_address.h"
#include "net/tls_context.h"
#include "net/transport.h"
#include "runtime/loop.h"

namespace rookery::net {

/// Called on the thread of `loop`, one of the listener's, concurrently with other loops' calls. The
/// transport is not attached yet: attach() it (or hand it on to another thread). Destroying it
/// closes the connection.
using OnConnection = std::function<void(runtime::Loop& loop, std::unique_ptr<Transport> transport,
                                        const IpAddress& peer)>;

struct ListenerConfig {
  /// Numeric, "0.0.0.0" or "::" for all. IPv6 addresses do not take IPv4 along.
  std::string address;
  std::uint16_t port = 0; // 0: any, see port()
  /// Null: no TLS at all. Must outlive the connections.
  const TlsContext* tls = nullptr;
  /// True: the connection begins with TLS. False: in clear, and start_tls() works where `tls` is
  /// there.
  bool direct_tls = false;
  TlsProtocol protocol = TlsProtocol::kXmppStartTls;
};

/// One acceptor that deals connections out in turn, rather than a socket per loop with
/// SO_REUSEPORT: hashing leaves two loops with unequal numbers of handshakes just when many come at
/// once; closing one of several sockets loses what waits in its queue; and with SO_REUSEPORT a port
/// that is taken already would not be noticed.
///
/// Where descriptors run out (EMFILE), one connection is accepted on a reserve descriptor and
/// closed, so that the client learns of it, and accepting pauses for kPause: it never spins.
class Listener {
public:
  static constexpr Milliseconds kPause{200};

  /// `acceptor` runs the listening socket; call this on its thread, or before it runs. All loops
  /// must run or be destroyed before the listener is; close() ends accepting before that.
  [[nodiscard]] static Result<std::unique_ptr<Listener>>
  create(const ListenerConfig& config, runtime::Loop& acceptor, std::vector<runtime::Loop*> loops,
         OnConnection on_connection, Log& log);
  virtual ~Listener() = default;

  /// The port really bound.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Ends accepting and frees the port. On the acceptor's thread. Harmless twice.
  virtual void close() = 0;

  struct Counters {
    std::uint64_t accepted = 0, refused = 0, pauses = 0;
  };
  /// On the acceptor's thread.
  [[nodiscard]] virtual const Counters& counters() const = 0;

protected:
  Listener() = default;
};

} // namespace rookery::net

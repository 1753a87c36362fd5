// What the tests of this folder share: sockets, a handler that writes down what happens, turning a
// loop until it does.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <optional>
#include <string>

#include "net/transport.h"
#include "runtime/descriptor.h"
#include "runtime/loop.h"

namespace rookery::net {

/// Turns the loop until `done()`; false after ten seconds, which is a failure and not a way to
/// wait.
template <class P> bool turn_until(runtime::Loop& loop, P done) {
  const MonoTime end = loop.clock().mono() + Seconds(10);
  while (!done()) {
    if (loop.clock().mono() > end)
      return false;
    loop.turn(Milliseconds(10));
  }
  return true;
}

struct RecordingHandler : TransportHandler {
  void on_data(std::string_view piece) override {
    data += piece;
    ++pieces;
    last = piece;
    if (then)
      then(piece);
  }
  void on_closed(CloseReason reason) override {
    EXPECT_FALSE(closed.has_value());
    closed = reason;
    if (at_close)
      at_close();
  }
  void on_secure() override {
    ++secured;
    if (at_secure)
      at_secure();
  }
  std::string data;
  std::string last;
  int pieces = 0;
  int secured = 0;
  std::optional<CloseReason> closed;
  std::function<void(std::string_view)> then;
  std::function<void()> at_close;
  std::function<void()> at_secure;
};

struct SocketPair {
  runtime::Descriptor ours;
  runtime::Descriptor theirs;
};

inline void set_nonblocking(int socket) {
  ASSERT_EQ(::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK), 0);
}

/// Connects to 127.0.0.1 (waits for the kernel only). Non-blocking from then on.
inline runtime::Descriptor connect_to(std::uint16_t port) {
  runtime::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return {};
  set_nonblocking(socket.get());
  return socket;
}

/// A TCP connection over loopback, both ends non-blocking.
inline SocketPair tcp_pair() {
  runtime::Descriptor listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(listening.get(), 1), 0);
  EXPECT_EQ(::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  SocketPair pair;
  pair.theirs = connect_to(ntohs(address.sin_port));
  pair.ours.reset(::accept4(listening.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  EXPECT_TRUE(pair.ours.valid() && pair.theirs.valid());
  return pair;
}

/// All that is there to read now; `ended` says whether the other side has shut, `reset` whether it
/// broke.
struct Received {
  std::string data;
  bool ended = false;
  bool reset = false;
};
inline Received receive_now(int socket, std::size_t bytes_max = 1 << 26) {
  Received received;
  std::string piece(64 * 1024, '\0');
  while (received.data.size() < bytes_max) {
    const auto got = ::recv(socket, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got == 0)
      received.ended = true;
    if (got < 0 && errno != EAGAIN)
      received.reset = true;
    if (got <= 0)
      break;
    received.data.append(piece, 0, static_cast<std::size_t>(got));
  }
  return received;
}

inline bool send_now(int socket, std::string_view data) {
  return ::send(socket, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(data.size());
}

} // namespace rookery::net

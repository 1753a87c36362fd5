// The measurement behind 0001-own-event-loop.md; not part of the build. From the root of the tree:
//
//   g++ -std=c++23 -O2 -Isrc docs/decisions/0001-own-event-loop.cc
//   src/runtime/{loop,mailbox,timer_wheel,buffer_pool}.cc
//       src/base/assert.cc -o /tmp/relay -lpthread
//   /tmp/relay loop 1; /tmp/relay asio 1         # pairs with one message under way: messages per
//   CPU-second /tmp/relay loop 16; /tmp/relay asio 16       # with sixteen strace -c /tmp/relay
//   loop 1                  # system calls (the clients are another process and not counted)
//   /tmp/relay idle-loop; /tmp/relay idle-asio   # bytes on the heap per idle connection
//
// The server relays 100-byte messages between the two connections of each of 100 pairs: wait, read
// into a scratch buffer, write to the other side. Both servers do the same system calls for that;
// the difference is the loop.
#include <arpa/inet.h>
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "runtime/loop.h"

namespace {

namespace asio = boost::asio;
using rookery::runtime::Loop;

constexpr std::size_t kPairs = 100;
constexpr std::size_t kMessageBytes = 100;
constexpr std::size_t kMessages = 1'000'000;
constexpr std::size_t kIdleConnections = 5000;

struct Connection {
  int server;
  int client;
};

Connection connect_one(int listening, const sockaddr_in& address) {
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    std::abort();
  return {::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC), client};
}

std::vector<Connection> connections(std::size_t count) {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listening, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listening, 100) != 0)
    std::abort();
  ::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
  std::vector<Connection> made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(connect_one(listening, address));
  ::close(listening);
  return made;
}

/// Each message that arrives is sent off again, until enough have; then the process ends, and with
/// it the connections.
[[noreturn]] void run_clients(const std::vector<Connection>& all, std::size_t window) {
  const int epoll = ::epoll_create1(0);
  const std::string first(window * kMessageBytes, 'm');
  for (std::size_t i = 0; i < all.size(); ++i) {
    ::close(all[i].server);
    epoll_event event{.events = EPOLLIN, .data = {.fd = all[i].client}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].client, &event);
    if (i % 2 == 0 && ::send(all[i].client, first.data(), first.size(), 0) < 0)
      std::abort();
  }
  std::size_t bytes = 0;
  epoll_event events[256];
  char buffer[65536];
  while (bytes < kMessages * kMessageBytes) {
    const int count = ::epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < count; ++i) {
      const auto got = ::recv(events[i].data.fd, buffer, sizeof buffer, 0);
      if (got <= 0 || ::send(events[i].data.fd, buffer, static_cast<std::size_t>(got), 0) != got)
        std::abort();
      bytes += static_cast<std::size_t>(got);
    }
  }
  std::_Exit(0);
}

/// Ours: what is read is written at the end of the turn.
struct LoopPeer final : rookery::runtime::Watcher, rookery::runtime::TurnEnd {
  void on_ready(bool readable, bool) override {
    if (!readable)
      return;
    const auto got = ::recv(socket, loop->scratch(), 65536, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN))
      return loop->stop();
    if (got < 0)
      return;
    if (other->output == nullptr)
      other->output = loop->buffers().take();
    other->output->append({loop->scratch(), static_cast<std::size_t>(got)});
    loop->at_turn_end(*other);
  }
  void on_turn_end() override {
    const auto data = output->view();
    if (::send(socket, data.data(), data.size(), MSG_NOSIGNAL) < 0)
      loop->stop();
    output->clear();
    loop->buffers().give(std::move(output));
  }
  Loop* loop = nullptr;
  int socket = -1;
  LoopPeer* other = nullptr;
  std::unique_ptr<rookery::runtime::Buffer> output;
};

std::vector<std::unique_ptr<LoopPeer>> watch_all(Loop& loop, const std::vector<Connection>& all) {
  std::vector<std::unique_ptr<LoopPeer>> peers;
  for (const Connection& one : all) {
    peers.push_back(std::make_unique<LoopPeer>());
    peers.back()->loop = &loop;
    peers.back()->socket = one.server;
    if (!loop.watch(one.server, *peers.back()))
      std::abort();
  }
  for (std::size_t i = 0; i < peers.size(); ++i)
    peers[i]->other = peers[i ^ 1].get();
  return peers;
}

/// Asio, waiting for readiness so that idle connections hold no buffer.
struct AsioPeer {
  explicit AsioPeer(asio::io_context& io, int descriptor, char* scratch_buffer)
      : context(io), socket(io, asio::ip::tcp::v4(), descriptor), scratch(scratch_buffer) {}
  void wait() {
    socket.async_wait(asio::ip::tcp::socket::wait_read,
                      [this](const boost::system::error_code&) { on_ready(); });
  }
  void on_ready() {
    const auto got = ::recv(socket.native_handle(), scratch, 65536, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN))
      return context.stop();
    if (got > 0 && ::send(other->socket.native_handle(), scratch, static_cast<std::size_t>(got),
                          MSG_NOSIGNAL) < 0)
      return context.stop();
    wait();
  }
  asio::io_context& context;
  asio::ip::tcp::socket socket;
  char* scratch;
  AsioPeer* other = nullptr;
};

std::vector<std::unique_ptr<AsioPeer>> wait_all(asio::io_context& io,
                                                const std::vector<Connection>& all, char* scratch) {
  std::vector<std::unique_ptr<AsioPeer>> peers;
  for (const Connection& one : all) {
    peers.push_back(std::make_unique<AsioPeer>(io, one.server, scratch));
    peers.back()->wait();
  }
  for (std::size_t i = 0; i < peers.size(); ++i)
    peers[i]->other = peers[i ^ 1].get();
  return peers;
}

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void relay(const std::string& kind, std::size_t window) {
  const std::vector<Connection> all = connections(2 * kPairs);
  std::fflush(stdout);
  if (::fork() == 0)
    run_clients(all, window);
  for (const Connection& one : all)
    ::close(one.client);
  const double before = cpu_seconds();
  if (kind == "loop") {
    rookery::SystemClock clock;
    Loop loop(clock);
    const auto peers = watch_all(loop, all);
    loop.run();
  } else {
    asio::io_context io(1);
    std::vector<char> scratch(65536);
    const auto peers = wait_all(io, all, scratch.data());
    io.run();
  }
  const double used = cpu_seconds() - before;
  ::wait(nullptr);
  std::printf("%s, window %zu: %.0f messages per CPU-second\n", kind.c_str(), window,
              static_cast<double>(kMessages) / used);
}

void idle(const std::string& kind) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const std::vector<Connection> all = connections(kIdleConnections);
  rookery::SystemClock clock;
  Loop loop(clock);
  asio::io_context io(1);
  char scratch[1];
  const std::size_t before = ::mallinfo2().uordblks;
  std::vector<std::unique_ptr<LoopPeer>> ours;
  std::vector<std::unique_ptr<AsioPeer>> theirs;
  if (kind == "idle-loop") {
    ours = watch_all(loop, all);
    loop.turn(rookery::Milliseconds(0));
  } else {
    theirs = wait_all(io, all, scratch);
    io.poll();
  }
  std::printf("%s: %zu bytes per idle connection, the peer object's own %zu included\n",
              kind.c_str(), (::mallinfo2().uordblks - before) / kIdleConnections,
              kind == "idle-loop" ? sizeof(LoopPeer) : sizeof(AsioPeer));
  std::fflush(stdout);
  std::_Exit(0);
}

} // namespace

int main(int count, char** arguments) {
  const std::string kind = count > 1 ? arguments[1] : "loop";
  if (kind.starts_with("idle"))
    idle(kind);
  relay(kind, count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 1);
}

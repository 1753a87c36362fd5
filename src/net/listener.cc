#include "net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/assert.h"
#include "net/tcp_transport.h"

namespace rookery::net {
namespace {

/// Then the loop's other descriptors have their turn.
constexpr int kAcceptsPerTurnMax = 64;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<SocketAddress> socket_address(const std::string& text, std::uint16_t port) {
  SocketAddress address;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
    return address;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
    return address;
  }
  return std::nullopt;
}

bool set_option(int socket, int level, int option) {
  const int on = 1;
  return ::setsockopt(socket, level, option, &on, sizeof on) == 0;
}

std::uint16_t bound_port(int socket) {
  SocketAddress address;
  address.size = sizeof address.storage;
  if (::getsockname(socket, address.get(), &address.size) != 0)
    return 0;
  // sin_port and sin6_port lie at the same place.
  sockaddr_in v4;
  std::memcpy(&v4, &address.storage, sizeof v4);
  return ntohs(v4.sin_port);
}

Result<runtime::Descriptor> listening_socket(const ListenerConfig& config) {
  const std::string where = config.address + " port " + std::to_string(config.port);
  auto address = socket_address(config.address, config.port);
  if (!address)
    return fail("not a numeric IPv4 or IPv6 address", where);
  const auto failed = [&](const char* what, const char* advice = "") {
    return fail(std::string(what) + ": " + std::generic_category().message(errno), where, advice);
  };
  runtime::Descriptor socket(
      ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid())
    return failed("no socket");
  // Accepted sockets inherit TCP_NODELAY, which saves a call for each.
  if (!set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR) ||
      !set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY) ||
      (address->storage.ss_family == AF_INET6 &&
       !set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY)))
    return failed("socket option refused");
  if (::bind(socket.get(), address->get(), address->size) != 0) {
    const char* advice = errno == EADDRINUSE
                             ? "another program listens there: stop it or choose another port"
                         : errno == EACCES ? "ports below 1024 need the right to bind them"
                                           : "";
    return failed("cannot listen", advice);
  }
  if (::listen(socket.get(), SOMAXCONN) != 0)
    return failed("cannot listen");
  return socket;
}

runtime::Descriptor reserve_descriptor() {
  return runtime::Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

class TcpListener final : public Listener, private runtime::Watcher, private runtime::Timer {
public:
  TcpListener(const ListenerConfig& config, runtime::Loop& acceptor,
              std::vector<runtime::Loop*> loops, OnConnection on_connection, Log& log,
              runtime::Descriptor socket)
      : config_(config), acceptor_(acceptor), loops_(std::move(loops)),
        on_connection_(std::move(on_connection)), log_(log), socket_(std::move(socket)),
        reserve_(reserve_descriptor()), port_(bound_port(socket_.get())) {}
  ~TcpListener() override { close(); }

  [[nodiscard]] bool start() { return acceptor_.watch(socket_.get(), *this); }

  [[nodiscard]] std::uint16_t port() const override { return port_; }
  [[nodiscard]] const Counters& counters() const override { return counters_; }

  void close() override {
    if (!socket_.valid())
      return;
    Timer::cancel();
    acceptor_.unwatch(socket_.get(), *this);
    socket_.reset();
  }

private:
  void on_ready(bool readable, bool) override {
    if (readable && !Timer::armed())
      accept_some();
  }
  void on_timer() override { accept_some(); }

  void accept_some() {
    for (int i = 0; i < kAcceptsPerTurnMax; ++i) {
      SocketAddress address;
      address.size = sizeof address.storage;
      runtime::Descriptor accepted(
          ::accept4(socket_.get(), address.get(), &address.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!accepted.valid()) {
        if (errno == EAGAIN)
          return;
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
          return pause(errno);
        continue; // that connection is gone already (ECONNABORTED), or the call was interrupted
      }
      ++counters_.accepted;
      deal(std::move(accepted), IpAddress::from_socket(*address.get()));
      if (!socket_.valid())
        return; // closed by the callback
    }
    acceptor_.again(*this);
  }

  void pause(int error) {
    ++counters_.pauses;
    log_.at(LogLevel::kWarning, "net", "accepting paused port={} pause_ms={} reason=\"{}\"", port_,
            kPause.count(), std::generic_category().message(error));
    reserve_.reset();
    if (runtime::Descriptor refused(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        refused.valid())
      ++counters_.refused;
    reserve_ = reserve_descriptor();
    acceptor_.arm(*this, kPause);
  }

  void deal(runtime::Descriptor accepted, const IpAddress& peer) {
    runtime::Loop& loop = *loops_[next_++ % loops_.size()];
    if (&loop == &acceptor_)
      return hand_over(loop, std::move(accepted), peer);
    loop.post([this, &loop, accepted = std::move(accepted), peer]() mutable {
      hand_over(loop, std::move(accepted), peer);
    });
  }

  void hand_over(runtime::Loop& loop, runtime::Descriptor accepted, const IpAddress& peer) const {
    const TcpTransport::Options options{.peer = peer,
                                        .tls = config_.tls,
                                        .direct_tls = config_.direct_tls,
                                        .protocol = config_.protocol};
    on_connection_(loop, std::make_unique<TcpTransport>(std::move(accepted), options), peer);
  }

  const ListenerConfig config_;
  runtime::Loop& acceptor_;
  const std::vector<runtime::Loop*> loops_;
  const OnConnection on_connection_;
  Log& log_;
  runtime::Descriptor socket_;
  runtime::Descriptor reserve_;
  const std::uint16_t port_;
  std::size_t next_ = 0;
  Counters counters_;
};

} // namespace

Result<std::unique_ptr<Listener>> Listener::create(const ListenerConfig& config,
                                                   runtime::Loop& acceptor,
                                                   std::vector<runtime::Loop*> loops,
                                                   OnConnection on_connection, Log& log) {
  ROOKERY_ASSERT(!loops.empty());
  ROOKERY_ASSERT(config.tls != nullptr || !config.direct_tls);
  auto socket = listening_socket(config);
  if (!socket)
    return std::unexpected(std::move(socket.error()));
  auto listener = std::make_unique<TcpListener>(config, acceptor, std::move(loops),
                                                std::move(on_connection), log, std::move(*socket));
  if (!listener->start())
    return fail("cannot watch the listening socket", config.address);
  return listener;
}

} // namespace rookery::net

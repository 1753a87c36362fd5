#include "app/control_socket.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "app/admin.h"

namespace rookery::app {
namespace {

/// An export may be read slowly: by a person with a pager, over a line.
constexpr int kIdleMilliseconds = 600'000;
constexpr timeval kWriteTimeout{.tv_sec = 30, .tv_usec = 0};

std::optional<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path)
    return std::nullopt;
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

} // namespace

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(const std::filesystem::path& path,
                                                           server::Server& server) {
  const auto address = address_of(path);
  if (!address)
    return fail("the path of the data directory is too long for a control socket", path.string(),
                "choose one of less than 90 characters");
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::unlink(path.c_str()); // left by a server that was killed: the store's lock says that none runs
  const mode_t mask = ::umask(0177);
  const bool bound =
      listener >= 0 &&
      ::bind(listener, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0 &&
      ::listen(listener, 16) == 0;
  const int error = errno;
  ::umask(mask);
  if (!bound) {
    if (listener >= 0)
      ::close(listener);
    return fail(std::string("the control socket cannot be made: ") + std::strerror(error),
                path.string(), "check who may write there");
  }
  const int stop = ::eventfd(0, EFD_CLOEXEC);
  // tidy: new: the constructor is private, make_unique cannot call it
  return std::unique_ptr<ControlSocket>(new ControlSocket(path, listener, stop, server));
}

ControlSocket::ControlSocket(std::filesystem::path path, int listener, int stop,
                             server::Server& server)
    : path_(std::move(path)), listener_(listener), stop_(stop), server_(server),
      thread_([this] { serve(); }) {}

ControlSocket::~ControlSocket() {
  const std::uint64_t one = 1;
  (void)!::write(stop_, &one, sizeof one);
  thread_.join();
  ::close(listener_);
  ::close(stop_);
  ::unlink(path_.c_str());
}

void ControlSocket::serve() {
  while (true) {
    pollfd ready[2] = {{.fd = listener_, .events = POLLIN, .revents = 0},
                       {.fd = stop_, .events = POLLIN, .revents = 0}};
    if (::poll(ready, 2, -1) < 0 && errno != EINTR)
      break;
    if (ready[1].revents != 0)
      break;
    if (ready[0].revents == 0)
      continue;
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0)
      continue;
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &kWriteTimeout, sizeof kWriteTimeout);
    LineChannel channel(descriptor);
    make_room();
    Connection& connection = connections_.emplace_back();
    connection.thread = std::thread([this, &connection, held = std::move(channel)]() mutable {
      serve_one(std::move(held));
      const std::lock_guard lock(mutex_);
      connection.done = true;
      one_is_done_.notify_one();
    });
  }
  for (Connection& connection : connections_)
    connection.thread.join();
}

// Where there are as many as may be, the next waits for one of them to end.
void ControlSocket::make_room() {
  std::unique_lock lock(mutex_);
  one_is_done_.wait(lock, [this] {
    return connections_.size() < kControlConnectionsMax ||
           std::ranges::any_of(connections_, &Connection::done);
  });
  for (auto at = connections_.begin(); at != connections_.end();) {
    if (!at->done) {
      ++at;
      continue;
    }
    at->thread.join(); // it does nothing any more that needs the lock
    at = connections_.erase(at);
  }
}

void ControlSocket::serve_one(LineChannel channel) {
  AdminSession session(server_);
  while (const auto line = channel.read(kIdleMilliseconds, stop_))
    if (!channel.write(session.answer_line(*line)))
      return;
}

// --- lines ---

LineChannel::~LineChannel() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

std::optional<std::string> LineChannel::read(int timeout_ms, int stop) {
  std::size_t looked_at = 0;
  while (true) {
    if (const std::size_t end = buffer_.find('\n', looked_at); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    looked_at = buffer_.size();
    if (buffer_.size() > kControlLineBytesMax)
      return std::nullopt;
    pollfd ready[2] = {{.fd = descriptor_, .events = POLLIN, .revents = 0},
                       {.fd = stop, .events = POLLIN, .revents = 0}};
    const int polled = ::poll(ready, 2, timeout_ms);
    if (polled < 0 && errno == EINTR)
      continue;
    if (polled <= 0 || ready[1].revents != 0)
      return std::nullopt;
    char bytes[64 * 1024];
    const ssize_t got = ::read(descriptor_, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return std::nullopt;
    buffer_.append(bytes, static_cast<std::size_t>(got));
  }
}

bool LineChannel::write(std::string_view line) {
  std::string data(line);
  data += '\n';
  std::string_view rest = data;
  while (!rest.empty()) {
    const ssize_t written = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<LineChannel> connect_to_running_server(const std::filesystem::path& path) {
  const auto address = address_of(path);
  if (!address)
    return std::nullopt;
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0)
    return std::nullopt;
  LineChannel channel(descriptor);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return std::nullopt;
  return channel;
}

std::string ask_line(LineChannel& channel, std::string_view line) {
  return channel.write(line) ? channel.read(-1).value_or("") : "";
}

} // namespace rookery::app

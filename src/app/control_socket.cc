#include "app/control_socket.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/admin.h"

namespace rookery::app {
namespace {

constexpr std::size_t kLineBytesMax = 1024 * 1024;
constexpr int kIdleMilliseconds = 10'000;

std::optional<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path)
    return std::nullopt;
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

bool write_all(int descriptor, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = ::send(descriptor, data.data(), data.size(), MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    data.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<std::string> read_line(int descriptor, int timeout) {
  std::string line;
  char buffer[4096];
  while (line.find('\n') == std::string::npos && line.size() <= kLineBytesMax) {
    pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, timeout) <= 0)
      return std::nullopt;
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got <= 0)
      return std::nullopt;
    line.append(buffer, static_cast<std::size_t>(got));
  }
  line.resize(std::min(line.find('\n'), line.size()));
  return line;
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
      return;
    if (ready[1].revents != 0)
      return;
    if (ready[0].revents == 0)
      continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0)
      continue;
    serve_one(connection);
    ::close(connection);
  }
}

void ControlSocket::serve_one(int connection) {
  while (const auto line = read_line(connection, kIdleMilliseconds))
    if (!write_all(connection, answer_line(server_, *line) + "\n"))
      return;
}

std::optional<std::string> ask_running_server(const std::filesystem::path& path,
                                              std::string_view line) {
  const auto address = address_of(path);
  if (!address)
    return std::nullopt;
  const int connection = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0)
    return std::nullopt;
  std::optional<std::string> answer;
  if (::connect(connection, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0) {
    answer = "";
    if (write_all(connection, std::string(line) + "\n"))
      answer = read_line(connection, -1).value_or("");
  }
  ::close(connection);
  return answer;
}

} // namespace rookery::app

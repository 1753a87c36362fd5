#include "bench/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include <fmt/format.h>

#include "runtime/descriptor.h"

namespace rookery::bench {
namespace {

constexpr std::chrono::seconds kStartTimeout{30};
constexpr std::chrono::seconds kStopTimeout{30};
constexpr std::chrono::milliseconds kPollInterval{5};
constexpr std::size_t kLogTailBytes = 1000;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// The last words of a log, for a message.
std::string end_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  while (text.ends_with('\n'))
    text.pop_back();
  if (text.size() > kLogTailBytes)
    text.erase(0, text.size() - kLogTailBytes);
  return text.empty() ? "(nothing)" : text;
}

bool accepts(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  const runtime::Descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

Status failed(std::string_view what, const std::string& where) {
  return fail(fmt::format("{}: {}", what, std::strerror(errno)), where);
}

} // namespace

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(ServerSettings settings) {
  auto server = std::unique_ptr<ServerProcess>(new ServerProcess(std::move(settings)));
  for (const auto step : {&ServerProcess::make_directory, &ServerProcess::choose_ports,
                          &ServerProcess::write_configuration, &ServerProcess::launch})
    if (Status done = (*server.*step)(); !done)
      return std::unexpected(done.error());
  return server;
}

ServerProcess::~ServerProcess() {
  stop();
  std::error_code ignored;
  if (!directory_.empty())
    std::filesystem::remove_all(directory_, ignored);
}

Status ServerProcess::restart() {
  stop();
  return launch();
}

Status ServerProcess::make_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "rookery-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return failed("no directory can be made", name);
  directory_ = name;
  if (settings_.data.empty())
    settings_.data = directory_ / "data";
  settings_.data = std::filesystem::absolute(settings_.data);
  settings_.program = std::filesystem::absolute(settings_.program);
  return {};
}

Status ServerProcess::choose_ports() {
  const runtime::Descriptor sockets[] = {
      runtime::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      runtime::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
  std::uint16_t* const ports[] = {&port_, &http_port_};
  for (std::size_t i = 0; i < std::size(sockets); ++i) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(sockets[i].get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::getsockname(sockets[i].get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
      return failed("there is no free port", "127.0.0.1");
    *ports[i] = ntohs(address.sin_port);
  }
  return {};
}

// Limits are lifted where they would measure themselves: a generator does not answer pings.
Status ServerProcess::write_configuration() {
  std::ofstream file(directory_ / "rookery.toml");
  file << fmt::format("domains = [\"localhost\"]\n"
                      "threads = {}\n"
                      "[listen]\n"
                      "c2s = [\"127.0.0.1:{}\"]\n"
                      "c2s_tls = []\n"
                      "http = [\"127.0.0.1:{}\"]\n"
                      "https = []\n"
                      "[auth]\n"
                      "deadline = 600\n"
                      "[store]\n"
                      "durability = \"{}\"\n"
                      "[history]\n"
                      "keep = \"{}\"\n"
                      "[log]\n"
                      "level = \"warning\"\n"
                      "[limits]\n"
                      "rate_kilobytes = {}\n"
                      "burst_kilobytes = {}\n"
                      "ping_after = 86400\n"
                      "unauthenticated_per_address = 100000\n"
                      "[modules.registration]\n"
                      "open_on_loopback = true\n",
                      settings_.threads, port_, http_port_, settings_.durability, settings_.history,
                      settings_.rate_kilobytes, settings_.burst_kilobytes);
  file.close();
  return file ? Status() : failed("the configuration cannot be written", directory_.string());
}

Status ServerProcess::launch() {
  pid_ = ::fork();
  if (pid_ < 0)
    return failed("no process can be started", settings_.program.string());
  if (pid_ == 0)
    run_program();
  const auto began = std::chrono::steady_clock::now();
  Status ready = wait_until_ready();
  start_time_ = std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - began);
  return ready;
}

void ServerProcess::run_program() {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  const std::string log = (directory_ / "log").string();
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (!settings_.preload.empty())
    ::setenv("LD_PRELOAD", settings_.preload.c_str(), 1);
  const std::string configuration = (directory_ / "rookery.toml").string();
  ::execl(settings_.program.c_str(), settings_.program.c_str(), "serve", "--config",
          configuration.c_str(), "--data", settings_.data.c_str(), nullptr);
  fmt::print(stderr, "{}: {}\n", settings_.program.string(), std::strerror(errno));
  ::_exit(127);
}

Status ServerProcess::wait_until_ready() {
  const auto deadline = std::chrono::steady_clock::now() + kStartTimeout;
  while (std::chrono::steady_clock::now() < deadline) {
    if (accepts(port_) && accepts(http_port_))
      return {};
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      break;
    }
    std::this_thread::sleep_for(kPollInterval); // a port gives no event when somebody listens
  }
  return fail("the server does not accept connections", settings_.program.string(),
              fmt::format("its log ends with: {}", end_of(directory_ / "log")));
}

void ServerProcess::stop() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + kStopTimeout;
  while (::waitpid(pid_, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      break;
    }
    std::this_thread::sleep_for(kPollInterval);
  }
  pid_ = -1;
}

} // namespace rookery::bench

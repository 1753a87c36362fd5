#include "bench/metrics_page.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "runtime/descriptor.h"

namespace rookery::bench {
namespace {

constexpr std::chrono::milliseconds kWatchInterval{100};

} // namespace

std::string read_metrics(const Address& address) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(address.http_port);
  const runtime::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  const std::string request = fmt::format("GET /metrics HTTP/1.1\r\nHost: {}\r\n"
                                          "Connection: close\r\n\r\n",
                                          address.domain);
  if (::inet_pton(AF_INET, address.ip.c_str(), &to.sin_addr) != 1 || !socket.valid() ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 ||
      ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0)
    return {};
  std::string answer;
  std::array<char, 16384> piece{};
  for (ssize_t got = 0; (got = ::recv(socket.get(), piece.data(), piece.size(), 0)) > 0;)
    answer.append(piece.data(), static_cast<std::size_t>(got));
  return answer.starts_with("HTTP/1.1 200") ? answer : std::string();
}

std::optional<double> metric(std::string_view page, std::string_view name) {
  const std::string line = fmt::format("\n{} ", name);
  const std::size_t at = page.find(line);
  if (at == page.npos)
    return std::nullopt;
  return std::strtod(std::string(page.substr(at + line.size(), 40)).c_str(), nullptr);
}

MetricWatch::MetricWatch(Address address, std::string name)
    : address_(std::move(address)), name_(std::move(name)),
      first_(metric(read_metrics(address_), name_)) {
  if (first_)
    thread_ = std::thread([this] { run(); });
}

MetricWatch::~MetricWatch() {
  stopping_ = true;
  if (thread_.joinable())
    thread_.join();
}

void MetricWatch::run() {
  for (; !stopping_; std::this_thread::sleep_for(kWatchInterval)) // nobody tells when it changes
    if (const auto now = metric(read_metrics(address_), name_))
      growth_ = *now - *first_;
}

} // namespace rookery::bench

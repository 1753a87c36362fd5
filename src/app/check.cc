#include "app/check.h"

#include <arpa/inet.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/certificates.h"
#include "app/control_socket.h"
#include "app/running.h"
#include "net/tls_context.h"
#include "xmpp/jid.h"

namespace rookery::app {
namespace {

namespace fs = std::filesystem;

class Findings {
public:
  void ok(const std::string& text) { fmt::print("ok       {}\n", text); }
  void note(const std::string& text) { fmt::print("note     {}\n", text); }
  void problem(const Error& error) {
    fmt::print("PROBLEM  {}\n", error.text());
    ++problems_;
  }
  [[nodiscard]] int problems() const { return problems_; }

private:
  int problems_ = 0;
};

/// Whether a certificate for `name` ("example.org", "*.example.org", "xn--...") is one for
/// `domain`, which is prepared. "*" stands for one label (RFC 6125 §6.4.3).
bool is_for(std::string_view name, std::string_view domain) {
  if (name.starts_with("*.")) {
    const std::size_t dot = domain.find('.');
    return dot != std::string_view::npos && is_for(name.substr(2), domain.substr(dot + 1));
  }
  const auto prepared = xmpp::Jid::parse(name);
  return prepared && prepared->domain() == domain;
}

void check_certificates(const Config& config, const fs::path& data, Findings& findings) {
  SystemClock clock;
  SystemRandom random;
  const bool own = config.section("tls").texts("certificates").empty();
  if (own && !fs::exists(data / "tls" / "self-signed.crt"))
    return findings.note(
        "no certificate is configured: a self-signed one will be made on the first start, which "
        "other servers and most apps do not trust; see [tls] in docs/operate.md");
  const auto tls = make_tls(config, data, clock, random);
  if (!tls)
    return findings.problem(tls.error());
  for (const net::CertificateInfo& certificate : (*tls)->certificates()) {
    std::string names;
    for (const std::string& name : certificate.domains)
      names += (names.empty() ? "" : ", ") + name;
    const auto left =
        std::chrono::floor<std::chrono::days>(certificate.not_after - clock.wall()).count();
    const std::string where = certificate.chain.string();
    if (left < 0)
      findings.problem({fmt::format("the certificate for {} has expired {} days ago", names, -left),
                        where, "get a new one and send the server SIGHUP"});
    else if (left < 14)
      findings.problem({fmt::format("the certificate for {} expires in {} days", names, left),
                        where, "renew it and send the server SIGHUP"});
    else
      findings.ok(fmt::format("certificate for {}{}, {} days left ({})", names,
                              certificate.self_signed ? " (self-signed)" : "", left, where));
  }
  for (const std::string& domain : config.server_options().domains) {
    bool covered = false;
    for (const net::CertificateInfo& certificate : (*tls)->certificates())
      for (const std::string& name : certificate.domains)
        covered = covered || is_for(name, domain);
    if (!covered)
      findings.problem({fmt::format("no certificate names the domain {}", domain),
                        {},
                        "add one to tls.certificates"});
  }
}

/// Tries to bind a port, as the server would.
Status try_port(const ListenAddress& at) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, at.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(at.port);
    size = sizeof *v4;
  } else if (::inet_pton(AF_INET6, at.address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(at.port);
    size = sizeof *v6;
  } else {
    return fail("this is no numeric address", at.address, "write it like 0.0.0.0 or ::");
  }
  const int descriptor = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0)
    return fail(std::string("no socket: ") + std::strerror(errno), at.address);
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (storage.ss_family == AF_INET6)
    ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const bool bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&storage), size) == 0;
  const int error = errno;
  ::close(descriptor);
  if (bound)
    return {};
  return fail(fmt::format("the port cannot be taken: {}", std::strerror(error)),
              fmt::format("{}:{}", at.address, at.port),
              error == EACCES ? "ports below 1024 need a right of their own"
                              : "see what uses it: ss -ltnp");
}

void check_ports(const Config& config, bool running, Findings& findings) {
  const Settings& listen = config.section("listen");
  for (const server::Option& option : listen.declared()) {
    for (const std::string& text : listen.texts(option.name)) {
      if (running)
        continue;
      const Status taken = try_port(*parse_listen_address(text));
      if (taken)
        findings.ok(fmt::format("listen.{} {} is free", option.name, text));
      else if (parse_listen_address(text)->address == "::1")
        findings.note(fmt::format("listen.{} {}: this machine has no IPv6", option.name, text));
      else
        findings.problem(taken.error());
    }
  }
}

} // namespace

int check(const std::string& config_file, const fs::path& data) {
  Findings findings;
  Config config = Config::for_this_machine();
  if (!config_file.empty()) {
    auto loaded = Config::load(config_file);
    if (!loaded) {
      for (const Error& error : loaded.error())
        findings.problem(error);
      return 1;
    }
    config = std::move(*loaded);
    findings.ok("configuration " + config_file);
  } else {
    findings.note("no configuration file: everything at its default, for this machine only");
  }
  const bool running = connect_to_running_server(data / "control.sock").has_value();
  if (running)
    findings.ok("a server runs on " + data.string() + ": its ports and store are in use");
  check_certificates(config, data, findings);
  check_ports(config, running, findings);
  if (!running && fs::exists(data / "store")) {
    NullLog log;
    const auto opened = Running::start(config, data, log);
    if (opened)
      findings.ok("store " + (data / "store").string());
    else
      findings.problem(opened.error());
  } else if (!running) {
    findings.note("there is no store in " + data.string() + " yet: it is made on the first start");
  }
  return findings.problems() == 0 ? 0 : 1;
}

} // namespace rookery::app

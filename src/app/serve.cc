#include "app/serve.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include <future>

#include "app/certificates.h"
#include "app/control_socket.h"
#include "app/program_log.h"
#include "app/running.h"
#include "app/web_pages.h"
#include "net/http_server.h"
#include "net/listener.h"
#include "net/tls_context.h"

namespace rookery::app {
namespace {

LogLevel level_of(std::string_view word) {
  return word == "debug"     ? LogLevel::kDebug
         : word == "warning" ? LogLevel::kWarning
         : word == "error"   ? LogLevel::kError
                             : LogLevel::kInfo;
}

/// Runs `work` on the loop's thread and waits for it.
template <class F> auto on_loop(runtime::Loop& loop, F work) {
  std::promise<decltype(work())> promise;
  loop.post([&] { promise.set_value(work()); });
  return promise.get_future().get();
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// The listening sockets, and what stands behind each.
class Doors {
public:
  Doors(Running& running, const net::TlsContext& tls, Log& log)
      : running_(running), tls_(tls), log_(log) {
    for (std::size_t i = 0; i < running.server().thread_count(); ++i)
      loops_.push_back(&running.server().loop(i));
  }

  Status open(const Config& config, std::vector<net::IpNetwork> trusted_proxies) {
    http_ = net::HttpServer::create({.trusted_proxies = std::move(trusted_proxies),
                                     .common_headers = {{"X-Content-Type-Options", "nosniff"},
                                                        {"Referrer-Policy", "no-referrer"}}},
                                    loops_, log_);
    if (Status added = add_web_pages(*http_, running_.server(), config); !added)
      return added;
    const auto c2s = [this](bool secure) {
      return [this, secure](runtime::Loop& loop, std::unique_ptr<net::Transport> transport,
                            const net::IpAddress&) {
        running_.server().accept(thread_of(loop), std::move(transport),
                                 {.websocket = false, .secure = secure});
      };
    };
    const auto web = [this](runtime::Loop& loop, std::unique_ptr<net::Transport> transport,
                            const net::IpAddress& peer) {
      http_->accept(loop, std::move(transport), peer);
    };
    const Settings& listen = config.section("listen");
    for (const std::string& at : listen.texts("c2s"))
      if (Status s = listen_on(at,
                               {.address = {},
                                .tls = &tls_,
                                .direct_tls = false,
                                .protocol = net::TlsProtocol::kXmppStartTls},
                               c2s(false));
          !s)
        return s;
    for (const std::string& at : listen.texts("c2s_tls"))
      if (Status s = listen_on(at,
                               {.address = {},
                                .tls = &tls_,
                                .direct_tls = true,
                                .protocol = net::TlsProtocol::kXmppDirect},
                               c2s(true));
          !s)
        return s;
    for (const std::string& at : listen.texts("http"))
      if (Status s = listen_on(at, {}, web); !s)
        return s;
    for (const std::string& at : listen.texts("https"))
      if (Status s = listen_on(at,
                               {.address = {},
                                .tls = &tls_,
                                .direct_tls = true,
                                .protocol = net::TlsProtocol::kHttp},
                               web);
          !s)
        return s;
    return {};
  }

  void close() {
    on_loop(*loops_.front(), [this] {
      for (const auto& listener : listeners_)
        listener->close();
      return true;
    });
    if (!http_)
      return;
    for (runtime::Loop* loop : loops_)
      on_loop(*loop, [this, loop] {
        http_->close_connections(*loop);
        return true;
      });
  }

private:
  std::size_t thread_of(const runtime::Loop& loop) const {
    std::size_t index = 0;
    while (loops_[index] != &loop)
      ++index;
    return index;
  }

  Status listen_on(const std::string& text, net::ListenerConfig config, net::OnConnection accept) {
    const auto address = *parse_listen_address(text);
    config.address = address.address;
    config.port = address.port;
    auto listener = on_loop(*loops_.front(), [&] {
      return net::Listener::create(config, *loops_.front(), loops_, std::move(accept), log_);
    });
    if (!listener) {
      // A machine without IPv6 is not a mistake in a configuration that only has the defaults.
      if (address.address == "::1")
        return {};
      return std::unexpected(listener.error());
    }
    listeners_.push_back(std::move(*listener));
    return {};
  }

  Running& running_;
  const net::TlsContext& tls_;
  Log& log_;
  std::vector<runtime::Loop*> loops_;
  std::unique_ptr<net::HttpServer> http_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
};

std::string join(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items)
    out += (out.empty() ? "" : ", ") + item;
  return out.empty() ? "-" : out;
}

void print_welcome(const Config& config, const std::filesystem::path& data) {
  const Settings& listen = config.section("listen");
  const std::string domain = config.section("").texts("domains").front();
  fmt::print("Rookery is ready.\n"
             "  domains         {}\n"
             "  XMPP apps       {} (STARTTLS), {} (TLS)\n"
             "  web             {} (http), {} (https)\n"
             "  data            {}\n"
             "  a new account   rookery user add NAME@{} --data {}\n"
             "  Ctrl-C stops it cleanly.\n",
             join(config.section("").texts("domains")), join(listen.texts("c2s")),
             join(listen.texts("c2s_tls")), join(listen.texts("http")), join(listen.texts("https")),
             data.string(), domain, data.string());
  std::fflush(stdout);
}

} // namespace

Status serve(const Config& config, const std::filesystem::path& data) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals,
                    nullptr); // inherited by all threads: this one waits for them
  ::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();

  const std::unique_ptr<Log> log = make_program_log(level_of(config.section("log").text("level")));
  auto running = Running::start(config, data, *log);
  if (!running)
    return std::unexpected(running.error());
  auto tls = make_tls(config, data, (*running)->clock(), (*running)->random());
  if (!tls)
    return std::unexpected(tls.error());
  std::vector<net::IpNetwork> proxies;
  for (const std::string& text : config.section("http").texts("trusted_proxies")) {
    const auto network = net::IpNetwork::parse(text);
    if (!network)
      return fail("'http.trusted_proxies' has \"" + text + "\", which is no network", {},
                  "write it like \"10.0.0.0/8\"");
    proxies.push_back(*network);
  }
  // Before the doors: once anybody can connect, commands find the server, not a store that is in
  // use.
  auto control = ControlSocket::open(data / "control.sock", (*running)->server());
  if (!control)
    return std::unexpected(control.error());
  Doors doors(**running, **tls, *log);
  // Whatever has been opened is closed before what it leads to goes.
  if (Status opened = doors.open(config, std::move(proxies)); !opened) {
    control->reset();
    doors.close();
    running->reset();
    return opened;
  }
  print_welcome(config, data);
  log->at(LogLevel::kInfo, "app", "started domains={} threads={}",
          join(config.section("").texts("domains")), (*running)->server().thread_count());

  while (true) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0)
      continue;
    if (signal != SIGHUP)
      break;
    const Status reloaded = (*tls)->reload();
    if (reloaded)
      log->at(LogLevel::kInfo, "app", "certificates read again");
    else
      log->at(LogLevel::kError, "app", "certificates not read again, the old ones stay; {}",
              with_place(config, reloaded.error()).text());
  }
  log->at(LogLevel::kInfo, "app", "stopping");
  control->reset();
  doors.close();
  running->reset();
  log->at(LogLevel::kInfo, "app", "stopped");
  return {};
}

} // namespace rookery::app

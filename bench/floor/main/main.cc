// `rookery-floor [--tls] [--write-each]`: prints its port, and relays until it is told to end.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "bench/floor/relay.h"

namespace {

using namespace rookery;

volatile std::sig_atomic_t stopping = 0;

/// A certificate as the server makes one for itself.
Result<std::unique_ptr<net::TlsContext>> make_tls(const Clock& clock, Random& random) {
  std::string name = (std::filesystem::temp_directory_path() / "rookery-floor-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return fail("no directory can be made", name);
  const std::filesystem::path folder = name;
  const std::string domains[] = {"localhost"};
  const net::CertificateFiles files{
      .domains = {}, .chain = folder / "cert.pem", .key = folder / "key.pem"};
  const Status made = net::generate_self_signed(domains, files.chain, files.key, clock.wall());
  auto context = made ? net::TlsContext::create({files}, clock, random)
                      : Result<std::unique_ptr<net::TlsContext>>(std::unexpected(made.error()));
  std::filesystem::remove_all(folder);
  return context;
}

int run(bool with_tls, bool write_each) {
  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<net::TlsContext> tls;
  if (with_tls) {
    auto made = make_tls(clock, random);
    if (!made) {
      fmt::print(stderr, "rookery-floor: {}\n", made.error().text());
      return 1;
    }
    tls = std::move(*made);
  }
  runtime::Loop loop(clock);
  auto relay = bench::Relay::create(loop, {.tls = tls.get(), .write_each = write_each});
  if (!relay) {
    fmt::print(stderr, "rookery-floor: {}\n", relay.error().text());
    return 1;
  }
  fmt::print("{}\n", (*relay)->port());
  std::fflush(stdout);
  while (stopping == 0) {
    loop.turn(Milliseconds(100));
    (*relay)->bury();
  }
  return 0;
}

} // namespace

int main(int count, char** arguments) {
  const std::span<char*> words(arguments, static_cast<std::size_t>(count));
  const auto has = [&](std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  std::signal(SIGTERM, [](int) { stopping = 1; });
  return run(has("--tls"), has("--write-each"));
}

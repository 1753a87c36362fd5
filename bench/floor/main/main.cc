// `rookery-floor [--tls] [--write-each]`: prints its port, and relays until it is told to end.
#include <algorithm>
#include <csignal>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "bench/floor/relay.h"

namespace {

using namespace rookery;

volatile std::sig_atomic_t stopping = 0;

int run(bool with_tls, bool write_each) {
  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<net::TlsContext> tls;
  if (with_tls) {
    auto made = bench::make_relay_tls(clock, random);
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

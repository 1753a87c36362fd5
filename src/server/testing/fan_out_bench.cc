// What a stanza for many costs on the thread of its receivers: found, screened, written, handed to
// their connections. The system calls that send it are not part of it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <ctime>

#include "server/testing/test_server.h"

namespace rookery::server::testing {
namespace {

constexpr std::string_view kMessage =
    "<message from='hall@localhost/romeo' type='groupchat' id='7'><body>O, she doth teach the "
    "torches to burn bright! It seems she hangs upon the cheek of night</body></message>";

// As many stanzas as make about 100,000 deliveries: the clients keep what they are sent.
constexpr std::size_t kDeliveries = 100'000;

/// Computing time of the calling thread.
double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void route_to_many(benchmark::State& state) {
  const auto occupants = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    TestServer server(std::vector<const ModuleDescriptor*>{});
    std::vector<xmpp::Jid> to;
    std::vector<TestClient> clients;
    for (std::size_t i = 0; i < occupants; ++i) {
      clients.push_back(server.login(fmt::format("occupant{}@localhost/device", i)));
      to.push_back(xmpp::Jid::from_trusted(clients.back().jid()));
    }
    state.SetIterationTime(server.on_home("hall@localhost", [&](Homes& homes) {
      const double before = cpu_seconds();
      for (std::size_t i = 0; i < kDeliveries / occupants; ++i)
        homes.route_to_many(to, kMessage);
      return cpu_seconds() - before;
    }));
  }
  const auto stanzas = static_cast<std::size_t>(state.iterations()) * (kDeliveries / occupants);
  state.SetItemsProcessed(static_cast<std::int64_t>(stanzas * occupants));
}
BENCHMARK(route_to_many)->Arg(50)->Arg(1'000)->UseManualTime()->Unit(benchmark::kMillisecond);

} // namespace
} // namespace rookery::server::testing

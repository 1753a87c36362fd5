#include "server/server.h"

#include <algorithm>
#include <future>

#include "base/assert.h"
#include "server/client_stream.h"
#include "xmpp/jid.h"

namespace rookery::server {
namespace {

/// How often what is left at the end may go from thread to thread or to the store before it is
/// done.
constexpr int kHopsMax = 4;

unsigned cores_or(unsigned wanted) {
  return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

/// Runs `work` on the loop's thread and waits for what it returns.
template <class F> auto on_loop(runtime::Loop& loop, F work) {
  std::promise<decltype(work())> promise;
  auto future = promise.get_future();
  loop.post([&promise, work = std::move(work)]() mutable { promise.set_value(work()); });
  return future.get();
}

} // namespace

Server::Server(ServerOptions options, storage::Store& store, Log& log, const Clock& clock,
               Random& random)
    : options_(std::move(options)), store_(store), log_(log), clock_(clock), random_(random),
      address_throttle_(options_.limits), workers_(cores_or(0)), started_(clock.mono()) {
  ROOKERY_ASSERT(!options_.domains.empty() && options_.secret.size() >= 16);
  for (unsigned i = 0; i < cores_or(options_.threads); ++i)
    threads_.push_back(std::make_unique<Thread>(clock));
}

Server::~Server() { stop(); }

Status Server::start(std::span<const ModuleChoice> modules) {
  for (const auto& thread : threads_)
    thread->homes = std::make_unique<Homes>(*this, thread->loop.loop());
  for (const auto& thread : threads_) {
    Status started =
        on_loop(thread->loop.loop(), [&thread, modules] { return thread->homes->start(modules); });
    if (!started)
      return started;
  }
  Homes& first = *threads_.front()->homes;
  first.loop().post([&first] { first.wake_resumable({}); });
  return {};
}

void Server::stop() {
  if (std::exchange(stopped_, true))
    return;
  workers_.stop();
  const auto each = [this](auto begin) {
    for (const auto& thread : threads_) {
      if (!thread->homes)
        continue;
      std::promise<void> done;
      thread->loop.loop().post([&] { begin(*thread->homes, [&done] { done.set_value(); }); });
      done.get_future().wait();
    }
  };
  each([](Homes& homes, auto done) { homes.shut_down(std::move(done)); });
  // What a thread was still asked to do (an account to be loaded for a last presence) may make work
  // for another.
  for (int i = 0; i < kHopsMax; ++i)
    each([](Homes& homes, auto done) { homes.when_quiet(std::move(done)); });
  for (const auto& thread : threads_)
    thread->loop.stop();
  for (const auto& thread : threads_)
    thread->homes.reset();
}

bool Server::is_local(std::string_view domain) const {
  return std::ranges::find(options_.domains, domain) != options_.domains.end();
}

Homes& Server::homes_of(std::string_view bare_jid) {
  return *threads_[xmpp::home_of(bare_jid).value % threads_.size()]->homes;
}

void Server::accept(std::size_t thread, std::unique_ptr<net::Transport> transport,
                    Arrival arrival) {
  Homes& homes = *threads_[thread]->homes;
  homes.adopt(std::make_unique<ClientStream>(std::move(transport), arrival, next_stream_serial()))
      .start(homes);
}

void Server::collect(std::move_only_function<void(Totals)> then) {
  collect_from(0, {}, std::move(then));
}

void Server::collect_from(std::size_t index, Totals totals,
                          std::move_only_function<void(Totals)> then) {
  Thread& thread = *threads_[index];
  thread.loop.loop().post([this, index, &thread, totals, then = std::move(then)]() mutable {
    Homes& homes = *thread.homes;
    totals.counters += homes.counters();
    totals.sessions += homes.session_count();
    totals.streams += homes.stream_count();
    totals.accounts += homes.account_count();
    const runtime::Loop::Counters& loop = thread.loop.loop().counters();
    totals.loop.turns += loop.turns;
    totals.loop.waits += loop.waits;
    totals.loop.mails += loop.mails;
    totals.loop.wakeups += loop.wakeups;
    totals.loop.yields += loop.yields;
    homes.queues().ask([this, index, totals, then = std::move(then)](const Queues& queues) mutable {
      totals.queues += queues;
      if (index + 1 != threads_.size())
        return collect_from(index + 1, totals, std::move(then));
      totals.queues.jobs = workers_.waiting();
      then(totals);
    });
  });
}

} // namespace rookery::server

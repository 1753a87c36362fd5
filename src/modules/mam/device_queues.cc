#include "modules/mam/device_queues.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "base/assert.h"
#include "server/account.h"
#include "server/client_stream.h"
#include "server/homes.h"

namespace rookery::modules::mam {
namespace {

using server::Session;

std::size_t backlog_of(const Session& session) {
  const std::size_t unacked = session.sm() == nullptr ? 0 : session.sm()->unacked_bytes();
  const std::size_t queued =
      session.stream() == nullptr ? 0 : session.stream()->transport().queued_bytes();
  return std::max(unacked, queued);
}

} // namespace

/// What one device has asked for and not got yet.
struct DeviceQueues::Queue final : runtime::Timer {
  Queue(DeviceQueues& q, Session& s) : queues(q), session(s) {}
  void on_timer() override { queues.run_next(*this); }

  DeviceQueues& queues;
  Session& session;
  bool running = false;
  std::deque<Begin> waiting;
};

DeviceQueues::DeviceQueues() = default;
DeviceQueues::~DeviceQueues() = default;

void DeviceQueues::bind(server::Binder& on) { queues_ = on.session_slot<std::unique_ptr<Queue>>(); }

bool DeviceQueues::full(Session& session) {
  const std::unique_ptr<Queue>& queue = queues_.get(session);
  return queue && queue->waiting.size() >= kWaitingQueriesMax;
}

xmpp::StanzaError DeviceQueues::too_many() {
  return {xmpp::StanzaCondition::kResourceConstraint,
          "Too many earlier queries wait for their answers."};
}

void DeviceQueues::add(Session& session, Begin begin) {
  ROOKERY_ASSERT(!full(session));
  std::unique_ptr<Queue>& queue = queues_.get(session);
  if (!queue)
    queue = std::make_unique<Queue>(*this, session);
  queue->waiting.push_back(std::move(begin));
  run_next(*queue);
}

void DeviceQueues::run_next(Queue& queue) {
  if (queue.running || queue.waiting.empty() || queue.armed())
    return;
  if (backlog_of(queue.session) > kBacklogBytesMax)
    return queue.session.homes().loop().arm(queue, kBacklogCheck);
  queue.running = true;
  Begin begin = std::move(queue.waiting.front());
  queue.waiting.pop_front();
  begin(); // perhaps the queue is gone afterwards
}

void DeviceQueues::done(const server::Account& account, std::uint64_t serial) {
  Session* const session = account.find_session(serial);
  if (session == nullptr)
    return;
  std::unique_ptr<Queue>& queue = queues_.get(*session);
  queue->running = false;
  if (queue->waiting.empty())
    return queues_.clear(*session);
  run_next(*queue);
}

} // namespace rookery::modules::mam

#include "runtime/loop.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>

#include "base/assert.h"
#include "base/thread_cache.h"

namespace rookery::runtime {
namespace {
constexpr std::size_t kEventsPerTurnMax = 512;
/// A loop with nothing to do turns once in this time; it saves the case of a wait without end.
constexpr Milliseconds kWaitMax = std::chrono::hours(1);
/// A loop that has had no more events and mails between two trims is at rest.
constexpr std::uint64_t kRestWork = 16;
} // namespace

void Watcher::leave_again() {
  if (again_link_ == nullptr)
    return;
  *again_link_ = next_again_;
  if (next_again_ != nullptr)
    next_again_->again_link_ = again_link_;
  next_again_ = nullptr;
  again_link_ = nullptr;
}

void TurnEnd::leave_turn_end() {
  if (queued_on_ == nullptr)
    return;
  (previous_ != nullptr ? previous_->next_ : queued_on_->first_turn_end_) = next_;
  (next_ != nullptr ? next_->previous_ : queued_on_->last_turn_end_) = previous_;
  next_ = previous_ = nullptr;
  queued_on_ = nullptr;
}

Loop::Loop(const Clock& clock)
    : clock_(clock), now_(clock.mono()), epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wakeup_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), thread_(std::this_thread::get_id()),
      timers_(now_), events_(std::make_unique<epoll_event[]>(kEventsPerTurnMax)),
      scratch_(std::make_unique_for_overwrite<char[]>(kScratchBytes)) {
  ROOKERY_ASSERT(epoll_.valid() && wakeup_.valid());
  // Edge-triggered: every write is an event of its own, so the counter never needs to be read.
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  ROOKERY_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wakeup_.get(), &event) == 0);
}

Loop::~Loop() {
  while (again_ != nullptr)
    again_->leave_again();
  while (first_turn_end_ != nullptr)
    first_turn_end_->leave_turn_end();
}

bool Loop::in_loop_thread() const {
  return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void Loop::run() {
  while (!stopping_.load(std::memory_order_acquire))
    turn(Milliseconds::max());
  // Mail's destructors may post again; all of it goes.
  while (mailbox_.ready())
    (void)mailbox_.pop();
  stopping_.store(false, std::memory_order_relaxed);
}

void Loop::stop() {
  stopping_.store(true, std::memory_order_seq_cst);
  wake();
}

void Loop::wake() {
  if (!sleeping_.load(std::memory_order_seq_cst))
    return;
  if (!sleeping_.exchange(false, std::memory_order_seq_cst))
    return;
  const std::uint64_t one = 1;
  ROOKERY_ASSERT(::write(wakeup_.get(), &one, sizeof one) == sizeof one);
}

void Loop::post(std::unique_ptr<Mail> mail) {
  mailbox_.push(std::move(mail));
  wake();
}

bool Loop::watch(int descriptor, Watcher& watcher) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &watcher}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Loop::unwatch(int descriptor, Watcher& watcher) {
  ROOKERY_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr) == 0);
  for (std::size_t i = event_next_; i < event_count_; ++i) {
    if (events_[i].data.ptr == &watcher)
      events_[i].events = 0;
  }
  watcher.leave_again();
}

void Loop::again(Watcher& watcher) {
  if (watcher.again_link_ != nullptr)
    return;
  watcher.next_again_ = again_;
  if (again_ != nullptr)
    again_->again_link_ = &watcher.next_again_;
  watcher.again_link_ = &again_;
  again_ = &watcher;
}

void Loop::at_turn_end(TurnEnd& hook) {
  if (hook.queued_on_ != nullptr) {
    ROOKERY_ASSERT(hook.queued_on_ == this);
    return;
  }
  hook.queued_on_ = this;
  hook.previous_ = last_turn_end_;
  (last_turn_end_ != nullptr ? last_turn_end_->next_ : first_turn_end_) = &hook;
  last_turn_end_ = &hook;
}

void Loop::arm(Timer& timer, Milliseconds after) {
  // Not now(): the turn began a while ago, and counting from there would fire early.
  timers_.arm(timer, clock_.mono(), after);
}

void Loop::trim() {
  buffers_.trim();
  const std::uint64_t work = counters_.events + counters_.mails;
  if (work - std::exchange(work_at_trim_, work) <= kRestWork)
    give_back_thread_cache();
}

void Loop::turn(Milliseconds wait_max) {
  thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  ++counters_.turns;
  const std::size_t events = wait(wait_max);
  const std::uint64_t mails_before = counters_.mails;
  batching_ = unanswered_ != 0;
  now_ = clock_.mono();
  run_events(events);
  run_again();
  run_mail();
  counters_.timers += timers_.advance(clock_.mono());
  run_turn_ends();
  was_busy_ = events + (counters_.mails - mails_before) >= kBusyTurn;
}

int Loop::timeout_ms(Milliseconds wait_max) {
  if (again_ != nullptr || first_turn_end_ != nullptr)
    return 0;
  if (const auto due = timers_.next_due()) {
    const MonoTime left = std::max(*due - clock_.mono(), MonoTime(0));
    wait_max = std::min(wait_max, std::chrono::ceil<Milliseconds>(left));
  }
  return static_cast<int>(std::min<Milliseconds>(wait_max, kWaitMax).count());
}

std::size_t Loop::wait(Milliseconds wait_max) {
  int timeout = timeout_ms(wait_max);
  if (timeout != 0 && was_busy_ && !batching_ && !mailbox_.ready()) {
    ++counters_.yields;
    ::sched_yield();
    if (const std::size_t count = look(0); count != 0)
      return count;
    timeout = timeout_ms(wait_max); // others may have had the processor for long
  }
  if (timeout != 0) {
    sleeping_.store(true, std::memory_order_seq_cst);
    if (mailbox_.ready() || stopping_.load(std::memory_order_seq_cst))
      timeout = 0;
    if (timeout != 0)
      ++counters_.waits;
  }
  const std::size_t count = look(timeout);
  sleeping_.store(false, std::memory_order_relaxed);
  return count;
}

std::size_t Loop::look(int timeout_ms) {
  const int count = ::epoll_wait(epoll_.get(), events_.get(), kEventsPerTurnMax, timeout_ms);
  ROOKERY_ASSERT(count >= 0 || errno == EINTR);
  return static_cast<std::size_t>(std::max(count, 0));
}

void Loop::run_events(std::size_t count) {
  event_count_ = count;
  for (event_next_ = 0; event_next_ < event_count_;) {
    const epoll_event& event = events_[event_next_++];
    const auto flags = event.events;
    if (flags == 0)
      continue; // unwatched meanwhile
    if (event.data.ptr == nullptr) {
      ++counters_.wakeups;
      continue;
    }
    ++counters_.events;
    auto& watcher = *static_cast<Watcher*>(event.data.ptr);
    const bool hangup = (flags & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (hangup)
      watcher.on_hangup();
    watcher.on_ready(hangup || (flags & EPOLLIN) != 0, (flags & (EPOLLOUT | EPOLLERR)) != 0);
  }
  event_next_ = event_count_ = 0;
}

void Loop::run_again() {
  if (again_ == nullptr)
    return;
  // A list of this turn's own: who asks again inside is for the next turn.
  Watcher* list = std::exchange(again_, nullptr);
  list->again_link_ = &list;
  while (list != nullptr) {
    Watcher& watcher = *list;
    watcher.leave_again();
    watcher.on_ready(true, false);
  }
}

void Loop::run_mail() {
  for (std::size_t i = 0; i < kMailsPerTurnMax; ++i) {
    if (stopping_.load(std::memory_order_relaxed))
      return;
    const std::unique_ptr<Mail> mail = mailbox_.pop();
    if (mail == nullptr)
      return;
    ++counters_.mails;
    mail->run();
  }
}

void Loop::run_turn_ends() {
  while (TurnEnd* hook = first_turn_end_) {
    hook->leave_turn_end();
    hook->on_turn_end();
  }
}

} // namespace rookery::runtime

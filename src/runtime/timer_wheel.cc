#include "runtime/timer_wheel.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"

namespace rookery::runtime {
namespace {

constexpr std::int64_t kTickMicroseconds = MonoTime(TimerWheel::kTick).count();

std::uint64_t tick_reached(MonoTime now) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(now.count(), 0) / kTickMicroseconds);
}

std::uint64_t first_tick_not_before(MonoTime time) {
  return tick_reached(time + MonoTime(kTickMicroseconds - 1));
}

} // namespace

void Timer::cancel() {
  if (link_ == nullptr)
    return;
  *link_ = next_;
  if (next_ != nullptr)
    next_->link_ = link_;
  next_ = nullptr;
  link_ = nullptr;
}

TimerWheel::TimerWheel(MonoTime now) : current_tick_(tick_reached(now)) {}

TimerWheel::~TimerWheel() {
  for (auto& level : slots_) {
    for (Timer*& slot : level) {
      while (slot != nullptr)
        slot->cancel();
    }
  }
}

void TimerWheel::arm(Timer& timer, MonoTime now, Milliseconds after) {
  timer.cancel();
  after = std::clamp<Milliseconds>(after, Milliseconds(0), kAfterMax);
  timer.due_tick_ = std::max(first_tick_not_before(now + after), current_tick_ + 1);
  insert(timer);
}

void TimerWheel::insert(Timer& timer) {
  const std::uint64_t difference = timer.due_tick_ ^ current_tick_;
  ROOKERY_ASSERT(timer.due_tick_ > current_tick_);
  const auto level = static_cast<std::size_t>(std::bit_width(difference) - 1) / kDigitBits;
  ROOKERY_ASSERT(level < kLevels);
  const std::size_t slot = (timer.due_tick_ >> (level * kDigitBits)) % kSlots;
  Timer*& head = slots_[level][slot];
  timer.next_ = head;
  if (head != nullptr)
    head->link_ = &timer.next_;
  timer.link_ = &head;
  head = &timer;
  occupied_[level] |= std::uint64_t{1} << slot;
}

std::optional<TimerWheel::Position> TimerWheel::next_position() {
  for (std::size_t level = 0; level < kLevels; ++level) {
    while (occupied_[level] != 0) {
      const auto slot = static_cast<std::size_t>(std::countr_zero(occupied_[level]));
      if (slots_[level][slot] == nullptr) {
        occupied_[level] &= occupied_[level] - 1;
        continue;
      }
      const std::size_t shift = level * kDigitBits;
      const std::uint64_t above = current_tick_ >> (shift + kDigitBits) << (shift + kDigitBits);
      return Position{level, slot, above | std::uint64_t{slot} << shift};
    }
  }
  return std::nullopt;
}

std::optional<MonoTime> TimerWheel::next_due() {
  const auto position = next_position();
  if (!position)
    return std::nullopt;
  return MonoTime(static_cast<std::int64_t>(position->tick) * kTickMicroseconds);
}

std::size_t TimerWheel::advance(MonoTime now) {
  const std::uint64_t target = tick_reached(now);
  std::size_t fired = 0;
  while (current_tick_ < target) {
    const auto position = next_position();
    if (!position || position->tick > target)
      break;
    current_tick_ = position->tick;
    occupied_[position->level] &= ~(std::uint64_t{1} << position->slot);
    // Taken off the slot first: a callback may arm into it, and may cancel any timer still in the
    // list.
    Timer* list = std::exchange(slots_[position->level][position->slot], nullptr);
    list->link_ = &list;
    while (list != nullptr) {
      Timer& timer = *list;
      timer.cancel();
      if (timer.due_tick_ > current_tick_) {
        insert(timer);
      } else {
        ++fired;
        timer.on_timer();
      }
    }
  }
  current_tick_ = std::max(current_tick_, target);
  return fired;
}

} // namespace rookery::runtime

// The queue by which other threads reach a loop: many producers, one consumer, intrusive, no lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace rookery::runtime {

/// A piece of mail: made on one thread, run and destroyed on the loop's.
class Mail {
public:
  virtual ~Mail() = default;
  virtual void run() = 0;

private:
  friend class Mailbox;
  std::atomic<Mail*> next_{nullptr};
};

/// Vyukov's intrusive queue. push() is one exchange and one store, and never waits for another
/// thread. What one thread pushes is popped in that order.
///
/// Invariant: from `oldest_` the `next_` pointers lead to `newest_`, except where a producer stands
/// between its exchange and its store; what lies behind that gap is not seen until the store is
/// made.
class Mailbox {
public:
  Mailbox() = default;
  /// Destroys what is left, unrun.
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// From any thread.
  void push(std::unique_ptr<Mail> mail) { link(mail.release()); }
  /// Consumer only. Null where there is none, or where the next one's producer has not finished its
  /// push().
  [[nodiscard]] std::unique_ptr<Mail> pop();
  /// Consumer only: whether pop() may give something. Sequentially consistent with push(): a
  /// consumer that announces its sleep and then sees false here is seen asleep by every push() that
  /// it did not see.
  [[nodiscard]] bool ready() const;
  /// Consumer only: how many pop() has still to give, as far as their producers have finished. It
  /// goes through all of them: nothing counts them on their way.
  [[nodiscard]] std::size_t waiting() const;

private:
  struct Stub final : Mail {
    void run() override {}
  };
  void link(Mail* mail);

  alignas(64) std::atomic<Mail*> newest_{&stub_};
  alignas(64) Mail* oldest_ = &stub_;
  Stub stub_;
};

} // namespace rookery::runtime

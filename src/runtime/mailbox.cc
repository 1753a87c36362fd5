#include "runtime/mailbox.h"

#include "base/assert.h"

namespace rookery::runtime {

Mailbox::~Mailbox() {
  while (pop() != nullptr) {
  }
  ROOKERY_ASSERT(newest_.load() == &stub_); // nobody may still be pushing
}

void Mailbox::link(Mail* mail) {
  mail->next_.store(nullptr, std::memory_order_relaxed);
  Mail* previous = newest_.exchange(mail, std::memory_order_acq_rel);
  previous->next_.store(mail, std::memory_order_seq_cst);
}

std::unique_ptr<Mail> Mailbox::pop() {
  Mail* mail = oldest_;
  Mail* next = mail->next_.load(std::memory_order_acquire);
  if (mail == &stub_) {
    if (next == nullptr)
      return nullptr;
    oldest_ = mail = next;
    next = mail->next_.load(std::memory_order_acquire);
  }
  if (next == nullptr) {
    if (mail != newest_.load(std::memory_order_acquire))
      return nullptr;
    // The last one may leave only when something stands behind it, since producers write into the
    // newest.
    link(&stub_);
    next = mail->next_.load(std::memory_order_acquire);
    if (next == nullptr)
      return nullptr; // a producer came between; its store makes the mail visible
  }
  oldest_ = next;
  return std::unique_ptr<Mail>(mail);
}

std::size_t Mailbox::waiting() const {
  std::size_t count = 0;
  for (const Mail* mail = oldest_; mail != nullptr;
       mail = mail->next_.load(std::memory_order_acquire))
    count += mail == &stub_ ? 0 : 1;
  return count;
}

bool Mailbox::ready() const {
  if (oldest_->next_.load(std::memory_order_seq_cst) != nullptr)
    return true;
  return oldest_ != &stub_ && newest_.load(std::memory_order_seq_cst) == oldest_;
}

} // namespace rookery::runtime

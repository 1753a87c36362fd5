#include "runtime/mailbox.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace rookery::runtime {
namespace {

struct Numbered final : Mail {
  Numbered(int from, int value, std::vector<std::pair<int, int>>& into, int* destroyed = nullptr)
      : from_(from), value_(value), into_(into), destroyed_(destroyed) {}
  ~Numbered() override {
    if (destroyed_ != nullptr)
      ++*destroyed_;
  }
  void run() override { into_.emplace_back(from_, value_); }

  int from_;
  int value_;
  std::vector<std::pair<int, int>>& into_;
  int* destroyed_;
};

TEST(Mailbox, EmptyGivesNothing) {
  Mailbox mailbox;
  EXPECT_FALSE(mailbox.ready());
  EXPECT_EQ(mailbox.pop(), nullptr);
  EXPECT_FALSE(mailbox.ready());
}

TEST(Mailbox, KeepsOrderAcrossEmptyAndFullStates) {
  Mailbox mailbox;
  std::vector<std::pair<int, int>> got;
  int next = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i <= round % 5; ++i)
      mailbox.push(std::make_unique<Numbered>(0, next++, got));
    EXPECT_TRUE(mailbox.ready());
    for (int i = 0; i <= round % 3; ++i) {
      if (auto mail = mailbox.pop())
        mail->run();
    }
  }
  while (auto mail = mailbox.pop())
    mail->run();
  EXPECT_FALSE(mailbox.ready());
  ASSERT_EQ(got.size(), static_cast<std::size_t>(next));
  for (int i = 0; i < next; ++i)
    EXPECT_EQ(got[static_cast<std::size_t>(i)].second, i);
}

TEST(Mailbox, DestroysWhatIsLeft) {
  std::vector<std::pair<int, int>> got;
  int destroyed = 0;
  {
    Mailbox mailbox;
    for (int i = 0; i < 3; ++i)
      mailbox.push(std::make_unique<Numbered>(0, i, got, &destroyed));
    mailbox.pop()->run();
  }
  EXPECT_EQ(destroyed, 3);
  EXPECT_EQ(got.size(), 1u);
}

TEST(Mailbox, EachProducersOrderIsKeptAmongMany) {
  constexpr int kProducers = 4;
  constexpr int kEach = 20000;
  Mailbox mailbox;
  std::vector<std::pair<int, int>> got;
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&, p] {
      for (int i = 0; i < kEach; ++i)
        mailbox.push(std::make_unique<Numbered>(p, i, got));
    });
  }
  while (got.size() < kProducers * kEach) {
    if (auto mail = mailbox.pop()) {
      mail->run();
    } else {
      std::this_thread::yield();
    }
  }
  for (auto& producer : producers)
    producer.join();
  EXPECT_FALSE(mailbox.ready());
  std::vector<int> next(kProducers, 0);
  for (const auto& [from, value] : got)
    ASSERT_EQ(value, next[static_cast<std::size_t>(from)]++);
}

} // namespace
} // namespace rookery::runtime

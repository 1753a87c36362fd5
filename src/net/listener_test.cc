#include "net/listener.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <future>
#include <map>
#include <mutex>
#include <vector>

#include "net/test_support.h"
#include "runtime/loop_thread.h"

namespace rookery::net {
namespace {

class ListenerTest : public ::testing::Test {
protected:
  SystemClock clock_;
  NullLog log_;
  runtime::Loop loop_{clock_};
  std::vector<std::unique_ptr<Transport>> accepted_;
  OnConnection keep_ = [this](runtime::Loop&, std::unique_ptr<Transport> transport,
                              const IpAddress& peer) {
    EXPECT_TRUE(peer.is_loopback());
    accepted_.push_back(std::move(transport));
  };
};

TEST_F(ListenerTest, AcceptsOnAPortOfItsOwnChoosing) {
  auto listener = Listener::create({.address = "127.0.0.1"}, loop_, {&loop_}, keep_, log_);
  ASSERT_TRUE(listener) << listener.error().text();
  ASSERT_NE((*listener)->port(), 0);
  auto client = connect_to((*listener)->port());
  ASSERT_TRUE(turn_until(loop_, [&] { return accepted_.size() == 1; }));
  EXPECT_EQ(accepted_[0]->peer_address(), "127.0.0.1");
  accepted_.clear(); // destroying one that was never attached closes it
  ASSERT_TRUE(turn_until(loop_, [&] { return receive_now(client.get()).ended; }));
}

TEST_F(ListenerTest, ListensOnIpv6WhereThereIsAny) {
  auto listener = Listener::create({.address = "::1"}, loop_, {&loop_}, keep_, log_);
  if (!listener)
    GTEST_SKIP() << listener.error().text();
  EXPECT_NE((*listener)->port(), 0);
}

TEST_F(ListenerTest, SaysWhyItCannotListen) {
  auto first = Listener::create({.address = "127.0.0.1"}, loop_, {&loop_}, keep_, log_);
  ASSERT_TRUE(first);
  const auto port = (*first)->port();
  auto second =
      Listener::create({.address = "127.0.0.1", .port = port}, loop_, {&loop_}, keep_, log_);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text().find("in use"), std::string::npos) << second.error().text();
  EXPECT_NE(second.error().text().find(std::to_string(port)), std::string::npos);
  (*first)->close();
  (*first)->close();
  EXPECT_TRUE(
      Listener::create({.address = "127.0.0.1", .port = port}, loop_, {&loop_}, keep_, log_));
  EXPECT_FALSE(Listener::create({.address = "localhost"}, loop_, {&loop_}, keep_, log_));
}

TEST_F(ListenerTest, DealsConnectionsOutEvenly) {
  runtime::LoopThread a(clock_);
  runtime::LoopThread b(clock_);
  std::mutex mutex;
  std::map<runtime::Loop*, int> count;
  std::promise<void> all;
  const OnConnection counting = [&](runtime::Loop& loop, std::unique_ptr<Transport>,
                                    const IpAddress&) {
    EXPECT_TRUE(loop.in_loop_thread());
    const std::lock_guard lock(mutex);
    ++count[&loop];
    if (count[&a.loop()] + count[&b.loop()] == 10)
      all.set_value();
  };
  auto listener =
      Listener::create({.address = "127.0.0.1"}, loop_, {&a.loop(), &b.loop()}, counting, log_);
  ASSERT_TRUE(listener);
  std::vector<runtime::Descriptor> clients;
  for (int i = 0; i < 10; ++i)
    clients.push_back(connect_to((*listener)->port()));
  ASSERT_TRUE(turn_until(loop_, [&] { return (*listener)->counters().accepted == 10; }));
  all.get_future().wait();
  a.stop();
  b.stop();
  EXPECT_EQ(count[&a.loop()], 5);
  EXPECT_EQ(count[&b.loop()], 5);
}

/// Takes all descriptors but those below `left`, until it goes.
class DescriptorsGone {
public:
  DescriptorsGone() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlimit low = before_;
    low.rlim_cur = 256;
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    for (;;) {
      runtime::Descriptor one(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      if (!one.valid())
        break;
      held_.push_back(std::move(one));
    }
  }
  ~DescriptorsGone() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
  rlimit before_{};
  std::vector<runtime::Descriptor> held_;
};

TEST_F(ListenerTest, Case57RunningOutOfDescriptorsPausesAndNeverSpins) {
  ManualClock clock;
  runtime::Loop loop(clock);
  auto listener = Listener::create({.address = "127.0.0.1"}, loop, {&loop}, keep_, log_);
  ASSERT_TRUE(listener);
  std::vector<runtime::Descriptor> clients;
  for (int i = 0; i < 3; ++i)
    clients.push_back(connect_to((*listener)->port()));
  {
    const DescriptorsGone gone;
    for (int i = 0; i < 20; ++i)
      loop.turn(Milliseconds(0));
    EXPECT_EQ((*listener)->counters().pauses, 1u);
    EXPECT_EQ((*listener)->counters().refused, 1u);
    EXPECT_TRUE(receive_now(clients[0].get()).ended) << "the first was told at once";
    clock.advance(Listener::kPause + Milliseconds(10));
    loop.turn(Milliseconds(0));
    EXPECT_EQ((*listener)->counters().pauses, 2u);
    EXPECT_EQ((*listener)->counters().refused, 2u);
  }
  EXPECT_EQ(accepted_.size(), 0u);
  clock.advance(Listener::kPause + Milliseconds(10));
  loop.turn(Milliseconds(0));
  EXPECT_EQ(accepted_.size(), 1u);
}

} // namespace
} // namespace rookery::net

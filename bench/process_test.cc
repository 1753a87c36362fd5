#include "bench/process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace rookery::bench {
namespace {

TEST(ProcessTest, ReadsWhatTheKernelWrites) {
  const auto read = parse_smaps_rollup("5566-7788 ---p 00000000 00:00 0      [rollup]\n"
                                       "Rss:               26000 kB\n"
                                       "Pss:               21000 kB\n"
                                       "Pss_Dirty:          9000 kB\n"
                                       "Pss_Anon:           8000 kB\n");
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read->resident_bytes, 26'000U * 1024);
  EXPECT_EQ(read->anonymous_bytes, 8'000U * 1024);
}

TEST(ProcessTest, AnOlderKernelIsTold) {
  EXPECT_FALSE(parse_smaps_rollup("x [rollup]\nRss:   26000 kB\n").has_value());
}

TEST(ProcessTest, ItsOwnTimeAndMemoryGrow) {
  const auto before = cpu_time(::getpid());
  const auto memory_now = memory(::getpid());
  ASSERT_TRUE(before.has_value());
  ASSERT_TRUE(memory_now.has_value());
  EXPECT_GT(memory_now->resident_bytes, memory_now->anonymous_bytes);
  auto after = cpu_time(::getpid());
  while (after && *after == *before)
    after = cpu_time(::getpid());
  EXPECT_GT(*after, *before);
}

TEST(ProcessTest, ItsReadsGrow) {
  const auto before = reads(::getpid());
  ASSERT_TRUE(before.has_value()) << before.error().text();
  const auto after = reads(::getpid());
  ASSERT_TRUE(after.has_value());
  EXPECT_GT(after->calls, before->calls);
  EXPECT_GE(after->disk_bytes, before->disk_bytes);
}

// A database's backends are children of the process that is named.
TEST(ProcessTest, ChildrenCountWhileTheyLiveAndAfterwards) {
  const auto burn = [] {
    const auto start = cpu_time(::getpid());
    while (*cpu_time(::getpid()) - *start < Milliseconds(30)) {
    }
  };
  int done[2];
  ASSERT_EQ(::pipe(done), 0);
  const auto before = tree_cpu_time(::getpid());
  const pid_t child = ::fork();
  if (child == 0) {
    burn();
    (void)!::write(done[1], "x", 1);
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(done[0], &byte, 1), 1);
  const auto living = tree_cpu_time(::getpid());
  const auto both = tree_memory(::getpid());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const auto ended = tree_cpu_time(::getpid());
  ASSERT_TRUE(before && living && ended && both);
  EXPECT_GE(*living - *before, Milliseconds(30));
  EXPECT_GE(*ended - *before, Milliseconds(20)); // counted in ticks of 10 ms
  EXPECT_GT(both->resident_bytes, memory(::getpid())->resident_bytes);
}

TEST(ProcessTest, OneThatIsGoneIsAnError) { EXPECT_FALSE(memory(0x7FFFFFF).has_value()); }

} // namespace
} // namespace rookery::bench

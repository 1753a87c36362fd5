#include "runtime/buffer_pool.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rookery::runtime {
namespace {

TEST(Buffer, AppendsBehindAndConsumesInFront) {
  Buffer buffer;
  EXPECT_TRUE(buffer.empty());
  std::string expected;
  std::string got;
  for (int i = 0; i < 1000; ++i) {
    const std::string piece = "piece " + std::to_string(i) + ";";
    expected += piece;
    buffer.append(piece);
    if (i % 3 == 0) {
      const std::size_t some = buffer.size() / 2;
      got += buffer.view().substr(0, some);
      buffer.consume(some);
    }
  }
  got += buffer.view();
  EXPECT_EQ(got, expected);
  buffer.consume(buffer.size());
  EXPECT_TRUE(buffer.empty());
}

TEST(Buffer, SteadyUseDoesNotGrowIt) {
  Buffer buffer;
  buffer.append("0123456789");
  for (int i = 0; i < 10000; ++i) {
    buffer.append("0123456789");
    buffer.consume(10);
  }
  EXPECT_EQ(buffer.size(), 10u);
  EXPECT_LE(buffer.capacity(), 1024u);
}

TEST(BufferPool, LendsAgainWhatCameBackButNotLargeOnes) {
  BufferPool pool;
  auto buffer = pool.take();
  buffer->append("something");
  const Buffer* address = buffer.get();
  pool.give(std::move(buffer));
  buffer = pool.take();
  EXPECT_EQ(buffer.get(), address);
  EXPECT_TRUE(buffer->empty());
  buffer->append(std::string(BufferPool::kKeptCapacityMax * 2, 'x'));
  pool.give(std::move(buffer));
  EXPECT_LE(pool.take()->capacity(), BufferPool::kKeptCapacityMax);
}

TEST(BufferPool, TrimFreesWhatWasNotLentSinceTheTrimBefore) {
  BufferPool pool;
  std::vector<std::unique_ptr<Buffer>> lent(4);
  for (auto& buffer : lent)
    buffer = pool.take();
  for (auto& buffer : lent) {
    buffer->append("something");
    pool.give(std::move(buffer));
  }
  pool.trim(); // all four were away meanwhile
  auto used = pool.take();
  EXPECT_GT(used->capacity(), 0u) << "a buffer that was in use is gone";
  pool.give(std::move(used));
  pool.trim(); // three were not needed
  used = pool.take();
  EXPECT_GT(used->capacity(), 0u);
  const auto fresh = pool.take();
  EXPECT_EQ(fresh->capacity(), Buffer().capacity()) << "one that was not needed is still there";
}

} // namespace
} // namespace rookery::runtime

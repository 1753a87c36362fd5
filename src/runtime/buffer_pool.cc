#include "runtime/buffer_pool.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace rookery::runtime {
namespace {
constexpr std::size_t kFirstCapacity = 512;
}

void Buffer::append(std::string_view bytes) {
  if (begin_ != 0 && bytes_.size() + bytes.size() > bytes_.capacity()) {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }
  if (bytes_.capacity() < kFirstCapacity)
    bytes_.reserve(kFirstCapacity);
  bytes_.append(bytes);
}

void Buffer::consume(std::size_t count) {
  ROOKERY_ASSERT(count <= size());
  begin_ += count;
  if (begin_ == bytes_.size())
    clear();
}

void Buffer::clear() {
  bytes_.clear();
  begin_ = 0;
}

std::unique_ptr<Buffer> BufferPool::take() {
  if (free_.empty())
    return std::make_unique<Buffer>();
  std::unique_ptr<Buffer> buffer = std::move(free_.back());
  free_.pop_back();
  unused_ = std::min(unused_, free_.size());
  return buffer;
}

void BufferPool::give(std::unique_ptr<Buffer> buffer) {
  if (buffer->capacity() > kKeptCapacityMax || free_.size() >= kKeptCountMax)
    return;
  buffer->clear();
  free_.push_back(std::move(buffer));
}

void BufferPool::trim() {
  free_.resize(free_.size() - unused_);
  unused_ = free_.size();
}

} // namespace rookery::runtime

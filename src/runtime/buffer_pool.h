// Byte queues for output, lent to connections only while they have something to write.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rookery::runtime {

/// Bytes appended behind and consumed in front, always contiguous.
class Buffer {
public:
  void append(std::string_view bytes);
  /// `count` ≤ view().size().
  void consume(std::size_t count);
  void clear();
  [[nodiscard]] std::string_view view() const { return std::string_view(bytes_).substr(begin_); }
  [[nodiscard]] bool empty() const { return begin_ == bytes_.size(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - begin_; }
  [[nodiscard]] std::size_t capacity() const { return bytes_.capacity(); }

private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

/// One per loop, used on its thread; a buffer may be given back to another pool than it came from.
class BufferPool {
public:
  /// A larger buffer is freed when it comes back, and so is one that comes to a full pool: at most
  /// 1 MB is kept.
  static constexpr std::size_t kKeptCapacityMax = 4 * 1024;
  static constexpr std::size_t kKeptCountMax = 256;

  /// An empty one.
  [[nodiscard]] std::unique_ptr<Buffer> take();
  void give(std::unique_ptr<Buffer> buffer);
  /// Frees those that lay here all the time since it was called last: to be called now and then.
  void trim();

private:
  std::vector<std::unique_ptr<Buffer>> free_;
  std::size_t unused_ = 0; // fewest in free_ since trim()
};

} // namespace rookery::runtime

// How long things took: counts by logarithmic classes, of a fixed size whatever is recorded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace rookery::bench {

/// Values are exact up to 63 us and within 1/32 above.
class Histogram {
public:
  void record(Microseconds value);
  void clear() { *this = Histogram(); }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The largest value of the class in which the share `quantile` (0 to 1) of all values is
  /// reached; 0 where none were recorded.
  [[nodiscard]] Microseconds quantile(double quantile) const;

private:
  static constexpr unsigned kSubBits = 5;
  static constexpr std::size_t kSub = 1u << kSubBits; // classes per power of two
  static constexpr std::size_t kClasses = (64 - kSubBits) * kSub;

  [[nodiscard]] static std::size_t class_of(std::uint64_t value);
  [[nodiscard]] static std::uint64_t largest_in(std::size_t index);

  std::array<std::uint64_t, kClasses> classes_{};
  std::uint64_t count_ = 0;
};

} // namespace rookery::bench

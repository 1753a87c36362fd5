#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rookery::bench {

// Below 2 * kSub a class is one value. Above, the top kSubBits + 1 bits of the value choose it.
std::size_t Histogram::class_of(std::uint64_t value) {
  if (value < 2 * kSub)
    return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
  return shift * kSub + (value >> shift);
}

std::uint64_t Histogram::largest_in(std::size_t index) {
  if (index < 2 * kSub)
    return index;
  const std::size_t shift = index / kSub - 1;
  const std::uint64_t top = index - shift * kSub;
  return ((top + 1) << shift) - 1;
}

void Histogram::record(Microseconds value) {
  ++classes_[class_of(static_cast<std::uint64_t>(std::max<std::int64_t>(value.count(), 0)))];
  ++count_;
}

Microseconds Histogram::quantile(double quantile) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kClasses; ++i) {
    seen += classes_[i];
    if (seen > 0 && seen >= wanted)
      return Microseconds(static_cast<std::int64_t>(largest_in(i)));
  }
  return Microseconds(0);
}

} // namespace rookery::bench

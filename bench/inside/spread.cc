#include "bench/inside/spread.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/assert.h"

namespace rookery::bench {
namespace {

/// A prime larger than any number of accounts here is asked to be, so that multiplying by it modulo
/// that number meets every account once.
constexpr std::size_t kStride = 2'654'435'761;

} // namespace

Spread::Spread(std::size_t accounts)
    : accounts_(accounts),
      log_span_(std::log((static_cast<double>(accounts) + kRankOffset) / kRankOffset)) {
  ROOKERY_ASSERT(accounts > 0 && std::gcd(accounts, kStride) == 1);
}

std::size_t Spread::draw(Random& random) const {
  constexpr double kUnit = 0x1p-53;
  const double u = static_cast<double>(random.u64() >> 11) * kUnit;
  const auto rank = static_cast<std::size_t>(kRankOffset * std::expm1(u * log_span_));
  return std::min(rank, accounts_ - 1) * kStride % accounts_;
}

} // namespace rookery::bench

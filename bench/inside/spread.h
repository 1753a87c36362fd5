// Who writes how much: some accounts have a million messages, many a hundred.
#pragma once

#include <cstddef>

#include "base/random.h"

namespace rookery::bench {

/// The account at rank r is drawn in proportion to 1 / (r + kRankOffset). Ranks are strewn over the
/// account numbers, so that u0, u1, ... up to any number are a fair sample; u0 has rank 0.
class Spread {
public:
  static constexpr double kRankOffset = 10;

  explicit Spread(std::size_t accounts);
  [[nodiscard]] std::size_t draw(Random& random) const;

private:
  const std::size_t accounts_;
  const double log_span_;
};

} // namespace rookery::bench

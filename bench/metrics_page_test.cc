#include "bench/metrics_page.h"

#include <gtest/gtest.h>

namespace rookery::bench {
namespace {

TEST(MetricsPageTest, AValueIsFoundByItsWholeName) {
  constexpr std::string_view kPage = "# TYPE a_total counter\na_total_more 3\na_total 7.5\n"
                                     "b{kind=\"x\"} 2e3\n";
  EXPECT_EQ(metric(kPage, "a_total"), 7.5);
  EXPECT_EQ(metric(kPage, "b{kind=\"x\"}"), 2000);
  EXPECT_EQ(metric(kPage, "a"), std::nullopt);
}

TEST(MetricsPageTest, AServerThatIsNotThereHasNone) {
  EXPECT_EQ(read_metrics({.http_port = 1}), "");
}

} // namespace
} // namespace rookery::bench

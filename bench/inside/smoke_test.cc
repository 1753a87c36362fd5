// Each benchmark from inside comes to its end.
#include <gtest/gtest.h>

#include <filesystem>

#include "bench/inside/fill.h"
#include "bench/inside/sessions.h"

namespace rookery::bench {
namespace {

class InsideTest : public ::testing::Test {
protected:
  InsideTest() {
    std::string made = (std::filesystem::temp_directory_path() / "rookery-inside-XXXXXX").string();
    if (::mkdtemp(made.data()) != nullptr)
      directory_ = made;
  }
  ~InsideTest() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
};

TEST_F(InsideTest, SessionsOnAStoreThatWasFilled) {
  ASSERT_FALSE(directory_.empty());
  const std::filesystem::path data = directory_ / "data";
  const auto filled = run_fill({.data = data, .accounts = 40, .messages = 100});
  ASSERT_TRUE(filled.has_value()) << filled.error().text();
  const auto sessions = run_sessions({.data = data, .sessions = 32, .few = 8, .messages = 200});
  ASSERT_TRUE(sessions.has_value()) << sessions.error().text();
  EXPECT_EQ(sessions->value("sessions"), 32);
  EXPECT_EQ(sessions->value("few"), 8);
  EXPECT_GT(sessions->value("cpu_us_per_message_all"), 0);
}

} // namespace
} // namespace rookery::bench

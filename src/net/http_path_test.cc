#include "net/http_path.h"

#include <gtest/gtest.h>

namespace rookery::net {
namespace {

TEST(NormaliseTarget, DecodesAndSplits) {
  const auto target = normalise_target("/a%20b/%C3%A9?x=%2e%2e&y");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/\xc3\xa9");
  EXPECT_EQ(target->query, "x=%2e%2e&y");
  EXPECT_EQ(normalise_target("/")->path, "/");
  EXPECT_EQ(normalise_target("/folder/")->path, "/folder/");
  EXPECT_EQ(normalise_target("/a..b/...")->path, "/a..b/...");
  EXPECT_EQ(normalise_target("/.well-known/host-meta")->path, "/.well-known/host-meta");
  EXPECT_EQ(normalise_target("/?")->query, "");
}

TEST(NormaliseTarget, Case50RefusesEveryWayOut) {
  for (const char* bad : {"",
                          "*",
                          "relative",
                          "http://host/path",
                          "/..",
                          "/../etc/passwd",
                          "/a/../b",
                          "/a/..",
                          "/./a",
                          "/a/.",
                          "/%2e%2e/x",
                          "/%2E%2e",
                          "/.%2e/x",
                          "/a%2f..%2fb",
                          "/a%2Fb",
                          "/%252e%252e/x",
                          "/%25",
                          "/%u002e%u002e/x",
                          "/%",
                          "/%2",
                          "/%zz",
                          "/a\\..\\b",
                          "/a%5c..%5cb",
                          "/a%00.png",
                          "/a%0d%0ab",
                          "/a%7f",
                          "//etc/passwd",
                          "/a//b",
                          "/a b",
                          "/setup/setup-/..%2f..%2flog.jsp"})
    EXPECT_FALSE(normalise_target(bad)) << bad;
  EXPECT_FALSE(normalise_target(std::string_view("/a\0b", 4)));
}

} // namespace
} // namespace rookery::net

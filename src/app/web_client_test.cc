#include "app/web_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rookery::app {
namespace {

using testing::Contains;
using testing::Pair;

constexpr WebFile kScript{.path = "/assets/main-1.js",
                          .content_type = "text/javascript; charset=utf-8",
                          .tag = "abc",
                          .immutable = true,
                          .plain = "plain",
                          .gzip = "gzipped",
                          .brotli = "brotli"};

net::HttpRequest request_with(std::vector<std::pair<std::string, std::string>> headers) {
  net::HttpRequest request;
  request.headers = std::move(headers);
  return request;
}

std::string header(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name)
      return value;
  return "";
}

TEST(WebClient, SendsTheSmallestEncodingThatIsTaken) {
  EXPECT_EQ(answer_with(kScript, request_with({})).body, "plain");
  EXPECT_EQ(answer_with(kScript, request_with({{"accept-encoding", "gzip, deflate"}})).body,
            "gzipped");
  const auto best = answer_with(kScript, request_with({{"accept-encoding", "gzip, deflate, br"}}));
  EXPECT_EQ(best.body, "brotli");
  EXPECT_EQ(header(best, "Content-Encoding"), "br");
  EXPECT_EQ(header(best, "Vary"), "Accept-Encoding");
  EXPECT_EQ(answer_with(kScript, request_with({{"accept-encoding", "br;q=0, gzip;q=0.5"}})).body,
            "gzipped");
}

TEST(WebClient, SendsPlainBytesWhereNoEncodingIsSmaller) {
  WebFile picture = kScript;
  picture.gzip = picture.brotli = {};
  const auto answer = answer_with(picture, request_with({{"accept-encoding", "gzip, br"}}));
  EXPECT_EQ(answer.body, "plain");
  EXPECT_EQ(header(answer, "Content-Encoding"), "");
}

TEST(WebClient, AnEntityTagBelongsToOneEncoding) {
  EXPECT_EQ(answer_with(kScript, request_with({{"if-none-match", "\"abc\""}})).status, 304);
  EXPECT_EQ(answer_with(kScript, request_with({{"if-none-match", "W/\"x\", W/\"abc\""}})).status,
            304);
  EXPECT_EQ(
      answer_with(kScript, request_with({{"if-none-match", "\"abc\""}, {"accept-encoding", "br"}}))
          .status,
      200);
  const auto same = answer_with(
      kScript, request_with({{"if-none-match", "\"abc-br\""}, {"accept-encoding", "br"}}));
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
}

TEST(WebClient, OnlyNamesThatChangeWithTheirContentAreKeptForGood) {
  EXPECT_THAT(answer_with(kScript, request_with({})).headers,
              Contains(Pair("Cache-Control", "public, max-age=31536000, immutable")));
  WebFile page = kScript;
  page.immutable = false;
  page.content_type = "text/html; charset=utf-8";
  const auto answer = answer_with(page, request_with({}));
  EXPECT_THAT(answer.headers, Contains(Pair("Cache-Control", "no-cache")));
  EXPECT_THAT(answer.headers,
              Contains(Pair("Content-Security-Policy", std::string(kContentSecurityPolicy))));
  EXPECT_THAT(answer.headers, Contains(Pair("X-Frame-Options", "DENY")));
}

TEST(WebClient, PolicyForbidsInlineScriptAndForeignOrigins) {
  EXPECT_EQ(kContentSecurityPolicy.find("unsafe"), std::string_view::npos);
  EXPECT_EQ(kContentSecurityPolicy.find("http"), std::string_view::npos);
  EXPECT_EQ(kContentSecurityPolicy.find('*'), std::string_view::npos);
}

TEST(WebClient, TellsThePageItsDomains) {
  const std::vector<std::string> domains{"example.org", "b\"ü"};
  EXPECT_EQ(client_json(domains, "1.2"), R"({"domains":["example.org","b\"ü"],"version":"1.2"})");
}

TEST(WebClient, EmbeddedFilesHaveAPage) {
  bool found = false;
  for (const WebFile& file : web_files()) {
    EXPECT_TRUE(file.path.starts_with('/')) << file.path;
    EXPECT_FALSE(file.plain.empty()) << file.path;
    found = found || file.path == "/index.html";
  }
  EXPECT_TRUE(found);
}

} // namespace
} // namespace rookery::app

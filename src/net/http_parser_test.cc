#include "net/http_parser.h"

#include <string>

#include <gtest/gtest.h>

namespace rookery::net {
namespace {

constexpr std::size_t kLimit = 200;

/// The status of `bytes`, given in pieces of `piece`; 200 when they are a whole request.
int status(std::string_view bytes, std::size_t piece) {
  HttpParser parser(kLimit);
  while (!bytes.empty()) {
    std::string_view rest = bytes.substr(0, piece);
    bytes.remove_prefix(rest.size());
    for (auto event = parser.feed(rest); event != HttpParser::Event::kNeedMore;
         event = parser.feed(rest)) {
      if (event == HttpParser::Event::kBad)
        return parser.status();
      if (event == HttpParser::Event::kComplete)
        return 200;
      parser.set_body_limit(10);
    }
  }
  HttpParser::Event event = HttpParser::Event::kNeedMore;
  std::string_view none;
  event = parser.feed(none);
  return event == HttpParser::Event::kComplete ? 200 : 0;
}

std::string head_of(std::size_t bytes) {
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  const std::string end = "\r\n\r\n";
  return start + std::string(bytes - start.size() - end.size(), 'x') + end;
}

std::string chunk_with(std::size_t bytes) {
  const std::string size = "3;x=";
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + size +
         std::string(bytes - size.size() - 2, 'x') + "\r\nabc\r\n0\r\n\r\n";
}

TEST(HttpParser, TheLimitOfAHeadIsTheSameHoweverItIsCut) {
  for (std::size_t piece = 1; piece <= 2 * kLimit; ++piece) {
    ASSERT_EQ(status(head_of(kLimit), piece), 200) << piece;
    ASSERT_EQ(status(head_of(kLimit + 1), piece), 431) << piece;
  }
}

TEST(HttpParser, TheLimitOfWhatComesWithAChunkIsTheSameHoweverItIsCut) {
  for (std::size_t piece = 1; piece <= 2 * kLimit; ++piece) {
    ASSERT_EQ(status(chunk_with(kLimit / 2), piece), 200) << piece;
    ASSERT_EQ(status(chunk_with(kLimit + 10), piece), 400) << piece;
  }
}

} // namespace
} // namespace rookery::net

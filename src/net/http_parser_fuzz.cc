// Whatever bytes come and however they are cut: the same requests, and no path that leads out of
// its folder.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "net/http_parser.h"

namespace {

using rookery::net::HttpParser;

/// The first request of `bytes`, in words; "" where there is none. When a bad one is noticed may
/// depend on the cut.
std::string parse(std::string_view bytes, std::size_t piece) {
  HttpParser parser(1000);
  while (!bytes.empty()) {
    const std::string part(bytes.substr(0, piece));
    bytes.remove_prefix(part.size());
    std::string_view rest = part;
    for (bool more = true; more;) {
      switch (parser.feed(rest)) {
      case HttpParser::Event::kNeedMore:
        ROOKERY_ASSERT(rest.empty());
        more = false;
        break;
      case HttpParser::Event::kHead:
        parser.set_body_limit(500);
        break;
      case HttpParser::Event::kComplete: {
        const auto& request = parser.request();
        ROOKERY_ASSERT(request.path.starts_with('/') && request.body.size() <= 500);
        ROOKERY_ASSERT((request.path + "/").find("/../") == std::string::npos);
        ROOKERY_ASSERT(request.path.find('\0') == std::string::npos);
        return request.path + "?" + request.query + "\n" + request.body;
      }
      case HttpParser::Event::kBad:
        ROOKERY_ASSERT(parser.status() >= 400);
        return {};
      }
    }
  }
  return {};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ROOKERY_ASSERT(parse(bytes, size) == parse(bytes, 1 + data[0] % 16));
  return 0;
}

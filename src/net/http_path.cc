#include "net/http_path.h"

#include "base/encoding.h"

namespace rookery::net {
namespace {

bool is_control(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x20 || value == 0x7f;
}

std::optional<std::string> decode(std::string_view path) {
  std::string decoded;
  decoded.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' || is_control(path[i]) || path[i] == ' ')
      return std::nullopt;
    if (path[i] != '%') {
      decoded += path[i];
      continue;
    }
    const auto byte = hex_decode(path.substr(i + 1, 2));
    if (!byte || byte->size() != 1)
      return std::nullopt;
    const char hidden = byte->front();
    if (is_control(hidden) || hidden == '/' || hidden == '\\' || hidden == '%')
      return std::nullopt;
    decoded += hidden;
    i += 2;
  }
  return decoded;
}

bool segments_are_plain(std::string_view path) {
  for (std::size_t begin = 1; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    const bool last = end == path.size();
    if (segment == "." || segment == ".." || (segment.empty() && !last))
      return false;
    begin = end + 1;
  }
  return true;
}

} // namespace

std::optional<HttpTarget> normalise_target(std::string_view target) {
  if (!target.starts_with('/'))
    return std::nullopt;
  const std::size_t question = target.find('?');
  auto path = decode(target.substr(0, question));
  if (!path || !segments_are_plain(*path))
    return std::nullopt;
  const auto query = question == std::string_view::npos ? "" : target.substr(question + 1);
  return HttpTarget{std::move(*path), std::string(query)};
}

} // namespace rookery::net

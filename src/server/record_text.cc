#include "server/record_text.h"

#include <charconv>

#include "base/assert.h"

namespace rookery::server {

void append_line(std::string& out, std::string_view name, std::string_view value) {
  ROOKERY_ASSERT(value.find('\n') == std::string_view::npos);
  out.append(name).append(1, ' ').append(value).append(1, '\n');
}

void append_line(std::string& out, std::string_view name, std::uint64_t value) {
  append_line(out, name, std::string_view(std::to_string(value)));
}

std::vector<std::pair<std::string_view, std::string_view>> read_lines(std::string_view text) {
  std::vector<std::pair<std::string_view, std::string_view>> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos)
      lines.emplace_back(line, std::string_view{});
    else
      lines.emplace_back(line.substr(0, space), line.substr(space + 1));
  }
  return lines;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty())
    return std::nullopt;
  return value;
}

} // namespace rookery::server

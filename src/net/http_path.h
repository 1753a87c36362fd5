// Request targets made safe before anyone looks at them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rookery::net {

struct HttpTarget {
  std::string path;  // decoded
  std::string query; // as sent
};

/// Only the origin form ("/path?query"). Refuses, rather than repairs: escapes that are broken,
/// that hide a slash, a backslash, a control character or another escape; backslashes; "." and ".."
/// and empty segments. What is left can be joined to a folder without leaving it.
[[nodiscard]] std::optional<HttpTarget> normalise_target(std::string_view target);

} // namespace rookery::net

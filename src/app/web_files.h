// The web client's files, embedded in the program by web/pack.mjs.
#pragma once

#include <span>
#include <string_view>

namespace rookery::app {

struct WebFile {
  std::string_view path; // "/index.html", "/assets/main-Ab12.js"
  std::string_view content_type;
  std::string_view tag; // of the content, for ETag
  bool immutable;       // its name changes with its content
  std::string_view plain;
  std::string_view gzip, brotli; // empty where they are hardly smaller
};

/// Lives as long as the program. From any thread.
[[nodiscard]] std::span<const WebFile> web_files();

} // namespace rookery::app

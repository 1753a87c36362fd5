// What the program can be told and what it speaks, written from its own tables: the generated parts
// of docs/.
#pragma once

#include <string>

namespace rookery::app {

/// Markdown: docs/protocol.md and docs/configuration.md in one, a heading each.
[[nodiscard]] std::string write_reference();

} // namespace rookery::app

// What the program can be told and what it speaks, written from its own tables: the generated parts
// of docs/.
#pragma once

#include <string>

namespace rookery::app {

/// Markdown: docs/reference.md.
[[nodiscard]] std::string write_reference();
/// RDF (DOAP, XEP-0453), for lists of software and what it speaks: docs/rookery.doap.
[[nodiscard]] std::string write_doap();

} // namespace rookery::app

// One element that stands alone and comes from outside: out of a file, a record, a request.
#pragma once

#include <expected>
#include <string_view>

#include "xml/document.h"
#include "xml/framer.h"

namespace rookery::xml {

/// Checks and parses `text`: one element, perhaps behind an XML declaration. `default_ns` and
/// nothing else is in force around it. kNotWellFormed also for a breach of Namespaces in XML.
[[nodiscard]] std::expected<Document, FrameError>
parse_fragment(std::string_view text, const Caps& caps, std::string_view default_ns = {});

/// For people.
[[nodiscard]] std::string_view to_string(FrameError error);

} // namespace rookery::xml

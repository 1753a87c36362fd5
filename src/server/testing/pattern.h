// When a received element is the one a test expects. Pure functions.
#pragma once

#include "xml/document.h"

namespace rookery::server::testing {

/// `element` has the name and namespace of `pattern`, its attributes with their values, a child for
/// each of its children (in any order), and its text but for white space around it. It may have
/// more attributes and children, and any text where the pattern has none. A value or text "*"
/// matches any that is there.
[[nodiscard]] bool matches(const xml::Element& pattern, const xml::Element& element);

} // namespace rookery::server::testing

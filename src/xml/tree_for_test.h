// For tests: documents as text that can be compared, by the parser under test and by others'.
#pragma once

#include <string>
#include <string_view>

#include "xml/document.h"

namespace rookery::xml::test {

inline void add_field(std::string& out, std::string_view field) {
  out.append(std::to_string(field.size())).append(":").append(field);
}

inline void add_tag(std::string& out, const Element& element) {
  out.append("<");
  add_field(out, element.ns());
  add_field(out, element.name());
  for (std::size_t i = 0; i < element.attribute_count(); ++i) {
    const auto [name, ns, value] = element.attribute_at(i);
    out.append("@");
    add_field(out, ns);
    add_field(out, name);
    add_field(out, value);
  }
}

inline void add_tree(std::string& out, const Element& element) {
  add_tag(out, element);
  element.each_content(
      [&out](std::string_view text) {
        out.append("$");
        add_field(out, text);
      },
      [&out](const Element& child) { add_tree(out, child); });
  out.append(">");
}

inline std::string tree_of(const Element& element) {
  std::string out;
  add_tree(out, element);
  return out;
}

/// What expat makes of a whole stream (`in_stream`: text between stanzas left out) or of one
/// document.
/// "" where it refuses it, or where it holds what XMPP restricts.
std::string expat_tree(std::string_view text, bool in_stream);
/// The same by libxml2, for documents that are known to be good.
std::string libxml_tree(std::string_view text);

} // namespace rookery::xml::test

#include "xmpp/hints.h"

#include "xmpp/namespaces.h"

namespace rookery::xmpp {

Hints read_hints(const xml::Element& message) {
  Hints hints;
  for (const xml::Element child : message.children()) {
    if (child.ns() != kNsHints)
      continue;
    const std::string_view name = child.name();
    hints.store = hints.store || name == "store";
    hints.no_store = hints.no_store || name == "no-store";
    hints.no_permanent_store = hints.no_permanent_store || name == "no-permanent-store";
    hints.no_copy = hints.no_copy || name == "no-copy";
  }
  return hints;
}

} // namespace rookery::xmpp

// Message processing hints (XEP-0334): what the sender wishes, which policy may or may not follow
// (messages.h).
#pragma once

#include "xml/document.h"

namespace rookery::xmpp {

struct Hints {
  bool store = false;              // §3.4
  bool no_store = false;           // §3.2: neither for good nor until it can be delivered
  bool no_permanent_store = false; // §3.1: not in an archive
  bool no_copy = false;            // §3.3

  friend bool operator==(const Hints&, const Hints&) = default;
};

[[nodiscard]] Hints read_hints(const xml::Element& message);

} // namespace rookery::xmpp

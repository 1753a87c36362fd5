// Delayed delivery (XEP-0203) and forwarding (XEP-0297): what wraps a message that was kept or
// copied.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace rookery::xmpp {

struct Delay {
  WallTime stamp;
  std::string_view from = {};   // who held it back; "" leaves it out
  std::string_view reason = {}; // for people; "" leaves it out
};

/// `<delay xmlns='urn:xmpp:delay' …/>`: may stand in any element.
void append_delay(std::string& out, const Delay& delay);

/// `<forwarded xmlns='urn:xmpp:forward:0'>[<delay/>]<message xmlns='jabber:client'
/// …/></forwarded>`: may stand in any element. `stanza` as append_with_xmlns() takes it.
void append_forwarded(std::string& out, std::string_view stanza,
                      const std::optional<Delay>& delay = {});

} // namespace rookery::xmpp

// What a client asks for in a roster set (RFC 6121 §2.3 to §2.5), checked. Pure functions.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "modules/roster/roster_limits.h"
#include "xml/document.h"
#include "xmpp/jid.h"
#include "xmpp/stanza_error.h"

namespace rookery::modules::roster {

struct RosterSet {
  xmpp::BareJid jid; // a full one is taken for its bare one: contacts are accounts
  bool remove = false;
  std::string name;
  std::vector<std::string> groups;
};

/// `query` is the child of the IQ. The errors are those of §2.3.3. What it says of the
/// subscription's state is the server's to know, and not looked at (§2.1.2.5).
[[nodiscard]] std::expected<RosterSet, xmpp::StanzaError>
read_roster_set(const xml::Element& query, const RosterLimits& limits);

} // namespace rookery::modules::roster

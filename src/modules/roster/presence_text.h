// Presence stanzas the server reads and writes for its users. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/packet.h"
#include "xml/document.h"
#include "xmpp/stanza.h"

namespace rookery::modules::roster {

/// RFC 6121 §4.7.2.3: -128 to 127, 0 where there is none. nullopt: it is none, or there are two.
[[nodiscard]] std::optional<std::int8_t> read_priority(const xml::Element& presence);

/// `<presence type=… from=… to=…/>` in canonical form; `type` other than kAvailable, "" leaves an
/// address out.
[[nodiscard]] std::string presence_text(xmpp::StanzaType type, std::string_view from,
                                        std::string_view to);

/// The stanza of a request as it is kept until it is answered (RFC 6121 §3.1.3): with all it
/// contains, unless that is longer than `bytes_max`.
[[nodiscard]] std::string request_text(const server::Packet& packet, std::size_t bytes_max);

} // namespace rookery::modules::roster

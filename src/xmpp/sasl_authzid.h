// Who a login may act as: itself only (case 16).
#pragma once

#include <string_view>

#include "xmpp/jid.h"

namespace rookery::xmpp {

/// True where `authzid` is empty, or is a bare JID that, prepared (RFC 7622), is `authenticated`.
/// Otherwise the login fails with invalid-authzid. Either way the session's JID is `authenticated`.
[[nodiscard]] bool authzid_allowed(std::string_view authzid, const BareJid& authenticated);

} // namespace rookery::xmpp

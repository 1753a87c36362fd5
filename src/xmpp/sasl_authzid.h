// Who a login may act as: itself only (case 16).
#pragma once

#include <string_view>

namespace rookery::xmpp {

/// True where `authzid` is empty or names, after JID preparation (RFC 7622), the very account that
/// was authenticated, as bare JID. Otherwise the login fails with invalid-authzid; the session's
/// JID is always `authenticated`.
[[nodiscard]] bool authzid_allowed(std::string_view authzid,
                                   std::string_view authenticated_bare_jid);

} // namespace rookery::xmpp

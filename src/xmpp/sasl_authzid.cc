#include "xmpp/sasl_authzid.h"

namespace rookery::xmpp {

bool authzid_allowed(std::string_view authzid, const BareJid& authenticated) {
  if (authzid.empty())
    return true;
  const auto asked = BareJid::parse(authzid);
  return asked && *asked == authenticated;
}

} // namespace rookery::xmpp

// `rookery user invite`, `invitations` and `revoke`: what they ask for and print.
#pragma once

#include <cstdint>
#include <string>

#include "app/administration.h"
#include "base/result.h"

namespace rookery::app {

struct InvitationWords {
  std::string name, domain, from, id;
  std::int64_t uses = 1, days = 7;
};

/// Prints the link of the web client, where it is known, and the xmpp: one.
[[nodiscard]] Status invite(Administration& administration, const InvitationWords& words);
[[nodiscard]] Status list_invitations(Administration& administration);
[[nodiscard]] Status revoke_invitation(Administration& administration,
                                       const InvitationWords& words);

} // namespace rookery::app

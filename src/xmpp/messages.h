// What becomes of a message beyond its delivery: kept, copied to other devices, held back for a
// sleeping one, cleaned of what a stranger must not claim. Pure policy; each decision names its
// reason.
#pragma once

#include <cstdint>
#include <string_view>

#include "xml/document.h"

namespace rookery::xmpp {

enum class Keep : std::uint8_t {
  kNothing,
  kUntilDelivered, // the sender asks for no archive: only until every device that should have it
                   // has it (XEP-0334 §3.1)
  kArchive,
};
struct KeepVerdict {
  Keep keep;
  std::string_view reason;
};
/// Whether a message goes to the logs of both accounts (XEP-0313 §5.1.1 for user archives, XEP-0160
/// §3, XEP-0334). Kept are chat and normal messages with a body, and those without one that carry
/// what a conversation is made of: receipts, markers, reactions, corrections, retractions,
/// encrypted content, invitations, calls; or ask for it.
[[nodiscard]] KeepVerdict should_archive(const xml::Element& message);

/// Whether it is for somebody to read: it has a body, and not only for programs that do not know
/// what it does to another message (corrections, retractions, reactions, receipts, markers). What
/// is counted as unread (XEP-0430).
[[nodiscard]] bool is_instant_message(const xml::Element& message);

enum class Direction : std::uint8_t { kSent, kReceived };
struct CarbonVerdict {
  bool copy;
  std::string_view reason;
};
/// Whether the account's other devices get a copy (XEP-0280 §6.1, all rules of
/// urn:xmpp:carbons:rules:0). An error is taken for the answer to an eligible message where it
/// carries that message's payload: other errors cannot be told.
[[nodiscard]] CarbonVerdict should_carbon(const xml::Element& message, Direction direction);
/// A message that looks like a carbon copy. Only one from the receiver's own bare address is one
/// (XEP-0280 §11, CVE-2017-5589).
[[nodiscard]] bool looks_like_carbon(const xml::Element& message);

/// A DropChild (stanza.h), of a message that came from a client and goes to `own_bare`: what only
/// the server of `own_bare` may write. That is a `<stanza-id/>` that claims to be by `own_bare`, in
/// whatever spelling (XEP-0359 §3.1 rule 2: removed whether or not another is added), and what
/// looks like a carbon copy (XEP-0280 §11): a program that forgets to look at `from` believes it
/// (CVE-2017-5589).
[[nodiscard]] bool is_forged(const xml::Element& child, std::string_view own_bare);
/// Whether any child is: then write_stanza() needs is_forged, else the bytes can be copied.
[[nodiscard]] bool has_forged(const xml::Element& message, std::string_view own_bare);

struct Importance {
  bool important;
  std::string_view reason;
};
/// Whether a device that said it is inactive must get this stanza now (XEP-0352). What is not
/// important waits, in order, until something important comes or the device is active. A stanza not
/// understood is important.
[[nodiscard]] Importance is_important(const xml::Element& stanza);

} // namespace rookery::xmpp

// Presence subscriptions (RFC 6121 §3 and Appendix A) as a pure table: what each of the four
// stanzas does in each state, seen from one side. `subscribe` and `unsubscribe` are about what I
// see of them; `subscribed` and `unsubscribed` about what they see of me.
#pragma once

#include <cstdint>
#include <string_view>

#include "xmpp/stanza.h"

namespace rookery::xmpp {

/// RFC 6121 Appendix A.1.
enum class Subscription : std::uint8_t {
  kNone,
  kNonePendingOut,
  kNonePendingIn,
  kNonePendingOutIn,
  kTo,
  kToPendingIn,
  kFrom,
  kFromPendingOut,
  kBoth,
};
inline constexpr std::size_t kSubscriptions = 9;

[[nodiscard]] std::string_view
to_string(Subscription state); // "none+pending-out", for logs and tests
/// The roster item's `subscription`: none, to, from or both (RFC 6121 §2.1.2.5).
[[nodiscard]] std::string_view roster_word(Subscription state);
[[nodiscard]] bool sees_contact(Subscription state);    // to, both: I get their presence
[[nodiscard]] bool seen_by_contact(Subscription state); // from, both: they get mine
[[nodiscard]] bool pending_out(Subscription state);     // the roster item's ask='subscribe'
[[nodiscard]] bool pending_in(
    Subscription state); // a request waits for the user; never shown in the roster (§2.1.2.2)

struct SubscriptionState {
  Subscription state = Subscription::kNone;
  bool approved =
      false; // pre-approval (§3.4): the contact's next request is granted without asking

  friend bool operator==(const SubscriptionState&, const SubscriptionState&) = default;
};

/// What the server does, in this order: keep `next`, push the roster item, pass the stanza on,
/// answer, send presence.
struct SubscriptionOutcome {
  enum class Answer : std::uint8_t { kNone, kSubscribed };
  enum class Presence : std::uint8_t { kNone, kAvailable, kUnavailable };

  SubscriptionState next;
  bool pass_on = false; // outbound: to the contact's server; inbound: to the user's devices
  bool push = false;    // what the roster shows (subscription, ask, approved) has changed
  Answer answer = Answer::kNone; // inbound only: sent to the contact on behalf of the user (§3.1.3)
  Presence presence = Presence::kNone; // the user's, from each available resource, to the contact
                                       // (§3.1.5, §3.2.2, §3.3.3)
  std::string_view reason;
};

/// The user sends `type` (one of the four) to the contact: Appendix A.2, and §3.4 for `subscribed`
/// before any request.
[[nodiscard]] SubscriptionOutcome outbound_subscription(SubscriptionState now, StanzaType type);
/// The contact's `type` arrives: Appendix A.3, and §3.4.2.
[[nodiscard]] SubscriptionOutcome inbound_subscription(SubscriptionState now, StanzaType type);
/// The user removes the contact from the roster (§2.5): which of the two cancellations are sent, in
/// this order, before the state is kNone.
struct RosterRemoval {
  bool unsubscribe = false;
  bool unsubscribed = false;
  bool send_unavailable = false;
};
[[nodiscard]] RosterRemoval roster_removal(Subscription state);

} // namespace rookery::xmpp

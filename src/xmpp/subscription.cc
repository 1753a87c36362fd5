#include "xmpp/subscription.h"

#include <array>
#include <utility>

#include "base/assert.h"

namespace rookery::xmpp {
namespace {

/// A state taken apart: the nine of Appendix A.1 are the combinations in which nothing is both
/// granted and pending.
struct Parts {
  bool to = false;
  bool from = false;
  bool out = false; // pending out
  bool in = false;  // pending in

  friend bool operator==(const Parts&, const Parts&) = default;
};

struct Row {
  Subscription state;
  std::string_view name;
  Parts parts;
};

constexpr std::array<Row, kSubscriptions> kRows{{
    {Subscription::kNone, "none", {}},
    {Subscription::kNonePendingOut, "none+pending-out", {.out = true}},
    {Subscription::kNonePendingIn, "none+pending-in", {.in = true}},
    {Subscription::kNonePendingOutIn, "none+pending-out+in", {.out = true, .in = true}},
    {Subscription::kTo, "to", {.to = true}},
    {Subscription::kToPendingIn, "to+pending-in", {.to = true, .in = true}},
    {Subscription::kFrom, "from", {.from = true}},
    {Subscription::kFromPendingOut, "from+pending-out", {.from = true, .out = true}},
    {Subscription::kBoth, "both", {.to = true, .from = true}},
}};

const Row& row(Subscription state) {
  const Row& found = kRows.at(static_cast<std::size_t>(state));
  ROOKERY_ASSERT(found.state == state);
  return found;
}

Subscription state_of(const Parts& parts) {
  for (const Row& candidate : kRows)
    if (candidate.parts == parts)
      return candidate.state;
  ROOKERY_ASSERT(!"a subscription both granted and pending");
  std::unreachable();
}

/// Fills in what follows from the change alone.
SubscriptionOutcome outcome(SubscriptionState now, const Parts& next, bool approved, bool pass_on,
                            std::string_view reason) {
  const Parts& old = row(now.state).parts;
  SubscriptionOutcome out;
  out.next = {.state = state_of(next), .approved = approved};
  out.pass_on = pass_on;
  out.push =
      old.to != next.to || old.from != next.from || old.out != next.out || now.approved != approved;
  if (next.from && !old.from)
    out.presence = SubscriptionOutcome::Presence::kAvailable;
  if (!next.from && old.from)
    out.presence = SubscriptionOutcome::Presence::kUnavailable;
  out.reason = reason;
  return out;
}

} // namespace

std::string_view to_string(Subscription state) { return row(state).name; }
bool sees_contact(Subscription state) { return row(state).parts.to; }
bool seen_by_contact(Subscription state) { return row(state).parts.from; }
bool pending_out(Subscription state) { return row(state).parts.out; }
bool pending_in(Subscription state) { return row(state).parts.in; }

std::string_view roster_word(Subscription state) {
  const Parts& parts = row(state).parts;
  if (parts.to)
    return parts.from ? "both" : "to";
  return parts.from ? "from" : "none";
}

SubscriptionOutcome outbound_subscription(SubscriptionState now, StanzaType type) {
  ROOKERY_ASSERT(is_subscription(type));
  Parts next = row(now.state).parts;
  switch (type) {
  case StanzaType::kSubscribe: { // A.2.1
    const bool known = next.to || next.out;
    next.out = !next.to;
    return outcome(now, next, now.approved, true, known ? "asked-again" : "asked");
  }
  case StanzaType::kUnsubscribe: { // A.2.2
    const bool had = next.to || next.out;
    next.to = next.out = false;
    return outcome(now, next, now.approved, true, had ? "given-up" : "nothing-to-give-up");
  }
  case StanzaType::kSubscribed: // A.2.3
    if (next.in) {
      next.in = false;
      next.from = true;
      return outcome(now, next, false, true, "granted");
    }
    if (next.from)
      return outcome(now, next, now.approved, false, "already-granted");
    return outcome(now, next, true, false, "pre-approved"); // §3.4.2
  default: {                                                // A.2.4
    const bool had = next.from || next.in;
    next.from = next.in = false;
    return outcome(now, next, false, had,
                   had ? "revoked" : (now.approved ? "approval-withdrawn" : "nothing-to-revoke"));
  }
  }
}

SubscriptionOutcome inbound_subscription(SubscriptionState now, StanzaType type) {
  ROOKERY_ASSERT(is_subscription(type));
  Parts next = row(now.state).parts;
  switch (type) {
  case StanzaType::kSubscribe: { // A.3.1
    if (next.in)
      return outcome(now, next, now.approved, false, "already-waiting");
    if (!next.from && !now.approved) {
      next.in = true;
      return outcome(now, next, false, true, "request");
    }
    // §3.1.3 and §3.4.2. The approval is for one request and used up by it: who is revoked later
    // has to ask again.
    const std::string_view reason = next.from ? "already-granted" : "pre-approved";
    next.from = true;
    SubscriptionOutcome out = outcome(now, next, false, false, reason);
    out.answer = SubscriptionOutcome::Answer::kSubscribed;
    // Also where it was granted before: a contact that asks again has lost what it knew.
    out.presence = SubscriptionOutcome::Presence::kAvailable;
    return out;
  }
  case StanzaType::kUnsubscribe: { // A.3.2
    const bool had = next.from || next.in;
    next.from = next.in = false;
    return outcome(now, next, now.approved, had, had ? "given-up" : "nothing-to-give-up");
  }
  case StanzaType::kSubscribed: { // A.3.3
    const bool asked = next.out;
    if (asked) {
      next.out = false;
      next.to = true;
    }
    return outcome(now, next, now.approved, asked, asked ? "granted" : "never-asked");
  }
  default: { // A.3.4
    const bool had = next.to || next.out;
    next.to = next.out = false;
    return outcome(now, next, now.approved, had, had ? "revoked" : "never-asked");
  }
  }
}

RosterRemoval roster_removal(Subscription state) {
  const Parts& parts = row(state).parts;
  return {.unsubscribe = parts.to || parts.out,
          .unsubscribed = parts.from || parts.in,
          .send_unavailable = parts.from};
}

} // namespace rookery::xmpp

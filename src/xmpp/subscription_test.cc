#include "xmpp/subscription.h"

#include <gtest/gtest.h>

#include <array>

namespace rookery::xmpp {
namespace {

using enum Subscription;
using Answer = SubscriptionOutcome::Answer;
using Presence = SubscriptionOutcome::Presence;

/// A line of Appendix A: "existing state", "route?" or "deliver?", "new state".
struct Line {
  Subscription before;
  bool pass_on;
  Subscription after;
};
using Table = std::array<Line, kSubscriptions>;

void expect_table(const Table& table, StanzaType type,
                  SubscriptionOutcome (*step)(SubscriptionState, StanzaType)) {
  for (const Line& line : table) {
    const SubscriptionOutcome out = step({.state = line.before}, type);
    EXPECT_EQ(to_string(out.next.state), to_string(line.after)) << to_string(line.before);
    EXPECT_EQ(out.pass_on, line.pass_on) << to_string(line.before);
    const bool visible = roster_word(line.before) != roster_word(line.after) ||
                         pending_out(line.before) != pending_out(line.after) || out.next.approved;
    EXPECT_EQ(out.push, visible) << to_string(line.before);
    EXPECT_FALSE(out.reason.empty());
  }
}

TEST(Subscription, AppendixA21OutboundSubscribe) {
  expect_table({{{kNone, true, kNonePendingOut},
                 {kNonePendingOut, true, kNonePendingOut},
                 {kNonePendingIn, true, kNonePendingOutIn},
                 {kNonePendingOutIn, true, kNonePendingOutIn},
                 {kTo, true, kTo},
                 {kToPendingIn, true, kToPendingIn},
                 {kFrom, true, kFromPendingOut},
                 {kFromPendingOut, true, kFromPendingOut},
                 {kBoth, true, kBoth}}},
               StanzaType::kSubscribe, outbound_subscription);
}

TEST(Subscription, AppendixA22OutboundUnsubscribe) {
  expect_table({{{kNone, true, kNone},
                 {kNonePendingOut, true, kNone},
                 {kNonePendingIn, true, kNonePendingIn},
                 {kNonePendingOutIn, true, kNonePendingIn},
                 {kTo, true, kNone},
                 {kToPendingIn, true, kNonePendingIn},
                 {kFrom, true, kFrom},
                 {kFromPendingOut, true, kFrom},
                 {kBoth, true, kFrom}}},
               StanzaType::kUnsubscribe, outbound_subscription);
}

TEST(Subscription, AppendixA23OutboundSubscribed) {
  expect_table({{{kNone, false, kNone},
                 {kNonePendingOut, false, kNonePendingOut},
                 {kNonePendingIn, true, kFrom},
                 {kNonePendingOutIn, true, kFromPendingOut},
                 {kTo, false, kTo},
                 {kToPendingIn, true, kBoth},
                 {kFrom, false, kFrom},
                 {kFromPendingOut, false, kFromPendingOut},
                 {kBoth, false, kBoth}}},
               StanzaType::kSubscribed, outbound_subscription);
}

TEST(Subscription, AppendixA24OutboundUnsubscribed) {
  expect_table({{{kNone, false, kNone},
                 {kNonePendingOut, false, kNonePendingOut},
                 {kNonePendingIn, true, kNone},
                 {kNonePendingOutIn, true, kNonePendingOut},
                 {kTo, false, kTo},
                 {kToPendingIn, true, kTo},
                 {kFrom, true, kNone},
                 {kFromPendingOut, true, kNonePendingOut},
                 {kBoth, true, kTo}}},
               StanzaType::kUnsubscribed, outbound_subscription);
}

TEST(Subscription, AppendixA31InboundSubscribe) {
  expect_table({{{kNone, true, kNonePendingIn},
                 {kNonePendingOut, true, kNonePendingOutIn},
                 {kNonePendingIn, false, kNonePendingIn},
                 {kNonePendingOutIn, false, kNonePendingOutIn},
                 {kTo, true, kToPendingIn},
                 {kToPendingIn, false, kToPendingIn},
                 {kFrom, false, kFrom},
                 {kFromPendingOut, false, kFromPendingOut},
                 {kBoth, false, kBoth}}},
               StanzaType::kSubscribe, inbound_subscription);
}

TEST(Subscription, AppendixA32InboundUnsubscribe) {
  expect_table({{{kNone, false, kNone},
                 {kNonePendingOut, false, kNonePendingOut},
                 {kNonePendingIn, true, kNone},
                 {kNonePendingOutIn, true, kNonePendingOut},
                 {kTo, false, kTo},
                 {kToPendingIn, true, kTo},
                 {kFrom, true, kNone},
                 {kFromPendingOut, true, kNonePendingOut},
                 {kBoth, true, kTo}}},
               StanzaType::kUnsubscribe, inbound_subscription);
}

TEST(Subscription, AppendixA33InboundSubscribed) {
  expect_table({{{kNone, false, kNone},
                 {kNonePendingOut, true, kTo},
                 {kNonePendingIn, false, kNonePendingIn},
                 {kNonePendingOutIn, true, kToPendingIn},
                 {kTo, false, kTo},
                 {kToPendingIn, false, kToPendingIn},
                 {kFrom, false, kFrom},
                 {kFromPendingOut, true, kBoth},
                 {kBoth, false, kBoth}}},
               StanzaType::kSubscribed, inbound_subscription);
}

TEST(Subscription, AppendixA34InboundUnsubscribed) {
  expect_table({{{kNone, false, kNone},
                 {kNonePendingOut, true, kNone},
                 {kNonePendingIn, false, kNonePendingIn},
                 {kNonePendingOutIn, true, kNonePendingIn},
                 {kTo, true, kNone},
                 {kToPendingIn, true, kNonePendingIn},
                 {kFrom, false, kFrom},
                 {kFromPendingOut, true, kFrom},
                 {kBoth, true, kFrom}}},
               StanzaType::kUnsubscribed, inbound_subscription);
}

TEST(Subscription, Section313AnswersForTheUserWhoHasGrantedAlready) {
  for (const Subscription state : {kFrom, kFromPendingOut, kBoth}) {
    const auto out = inbound_subscription({.state = state}, StanzaType::kSubscribe);
    EXPECT_EQ(out.answer, Answer::kSubscribed);
    EXPECT_EQ(out.presence, Presence::kAvailable);
    EXPECT_FALSE(out.push);
  }
  for (const Subscription state :
       {kNone, kNonePendingOut, kNonePendingIn, kNonePendingOutIn, kTo, kToPendingIn})
    EXPECT_EQ(inbound_subscription({.state = state}, StanzaType::kSubscribe).answer, Answer::kNone);
}

TEST(Subscription, Section34PreApproval) {
  for (const auto& [before, after] :
       {std::pair{kNone, kFrom}, {kNonePendingOut, kFromPendingOut}, {kTo, kBoth}}) {
    const auto approved = outbound_subscription({.state = before}, StanzaType::kSubscribed);
    EXPECT_EQ(approved.next, (SubscriptionState{before, true}));
    EXPECT_TRUE(approved.push);
    EXPECT_FALSE(approved.pass_on);
    EXPECT_EQ(approved.reason, "pre-approved");

    const auto asked = inbound_subscription(approved.next, StanzaType::kSubscribe);
    EXPECT_EQ(asked.next, (SubscriptionState{after, false}));
    EXPECT_TRUE(asked.push);
    EXPECT_FALSE(asked.pass_on);
    EXPECT_EQ(asked.answer, Answer::kSubscribed);
    EXPECT_EQ(asked.presence, Presence::kAvailable);

    const auto withdrawn = outbound_subscription(approved.next, StanzaType::kUnsubscribed);
    EXPECT_EQ(withdrawn.next, (SubscriptionState{before, false}));
    EXPECT_TRUE(withdrawn.push);
    EXPECT_FALSE(withdrawn.pass_on);
  }
  for (const Subscription state : {kFrom, kFromPendingOut, kBoth}) {
    const auto out = outbound_subscription({.state = state}, StanzaType::kSubscribed);
    EXPECT_FALSE(out.next.approved);
    EXPECT_FALSE(out.push);
  }
}

TEST(Subscription, PresenceFollowsWhatTheContactMaySee) {
  EXPECT_EQ(outbound_subscription({kNonePendingIn}, StanzaType::kSubscribed).presence,
            Presence::kAvailable); // §3.1.5
  EXPECT_EQ(outbound_subscription({kBoth}, StanzaType::kUnsubscribed).presence,
            Presence::kUnavailable); // §3.2.2
  EXPECT_EQ(inbound_subscription({kBoth}, StanzaType::kUnsubscribe).presence,
            Presence::kUnavailable); // §3.3.3
  EXPECT_EQ(outbound_subscription({kNonePendingIn}, StanzaType::kUnsubscribed).presence,
            Presence::kNone); // a declined request never saw anything
  EXPECT_EQ(inbound_subscription({kNonePendingOut}, StanzaType::kSubscribed).presence,
            Presence::kNone);
}

TEST(Subscription, Section25RemovalCancelsWhatThereIs) {
  const auto expect = [](Subscription state, bool unsubscribe, bool unsubscribed,
                         bool unavailable) {
    const RosterRemoval removal = roster_removal(state);
    EXPECT_EQ(removal.unsubscribe, unsubscribe) << to_string(state);
    EXPECT_EQ(removal.unsubscribed, unsubscribed) << to_string(state);
    EXPECT_EQ(removal.send_unavailable, unavailable) << to_string(state);
  };
  expect(kNone, false, false, false);
  expect(kNonePendingOut, true, false, false);
  expect(kNonePendingIn, false, true, false);
  expect(kTo, true, false, false);
  expect(kToPendingIn, true, true, false);
  expect(kFrom, false, true, true);
  expect(kBoth, true, true, true);
}

TEST(Subscription, WordsOfTheRoster) {
  EXPECT_EQ(roster_word(kNonePendingOutIn), "none");
  EXPECT_EQ(roster_word(kToPendingIn), "to");
  EXPECT_EQ(roster_word(kFromPendingOut), "from");
  EXPECT_EQ(roster_word(kBoth), "both");
}

} // namespace
} // namespace rookery::xmpp

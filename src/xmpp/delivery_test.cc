#include "xmpp/delivery.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace rookery::xmpp {
namespace {

using enum DeliveryAction;
using enum StanzaType;

constexpr std::array<std::int8_t, 1> kNegative{-1};
constexpr std::array<std::int8_t, 1> kOne{0};
constexpr std::array<std::int8_t, 3> kSeveral{-5, 0, 10};

/// The rows of RFC 6121 §8.5.4, Table 1.
struct Condition {
  const char* name;
  bool exists;
  std::span<const std::int8_t> priorities;
};
const Condition kConditions[] = {
    {"no account", false, {}},
    {"no active resources", true, {}},
    {"negative resources only", true, kNegative},
    {"one non-negative resource", true, kOne},
    {"several resources", true, kSeveral},
};

enum class Address { kBare, kFullMatch, kFullNoMatch };

DeliveryAction action(StanzaKind kind, StanzaType type, const Condition& condition,
                      Address address) {
  const Delivery verdict = deliver({.kind = kind,
                                    .type = type,
                                    .to_full = address != Address::kBare,
                                    .account_exists = condition.exists,
                                    .resource_matches = address == Address::kFullMatch,
                                    .priorities = condition.priorities});
  EXPECT_FALSE(verdict.reason.empty());
  return verdict.action;
}

/// One expectation for each condition, in the order of kConditions; a match is impossible in the
/// first.
void expect(StanzaKind kind, StanzaType type, Address address,
            const std::array<DeliveryAction, 5>& expected) {
  for (std::size_t i = 0; i < 5; ++i) {
    if (address == Address::kFullMatch && i == 0)
      continue;
    EXPECT_EQ(to_string(action(kind, type, kConditions[i], address)), to_string(expected[i]))
        << to_string(kind) << ' ' << to_string(type) << ", " << kConditions[i].name << ", address "
        << static_cast<int>(address);
  }
}

constexpr auto kMessage = StanzaKind::kMessage;
constexpr auto kPresence = StanzaKind::kPresence;
constexpr auto kIq = StanzaKind::kIq;

TEST(Delivery, Section854MessageToBare) {
  using enum Address;
  expect(kMessage, kNormal, kBare, {kIgnore, kKeep, kKeep, kToNonNegative, kToNonNegative});
  expect(kMessage, kChat, kBare, {kIgnore, kKeep, kKeep, kToNonNegative, kToNonNegative});
  expect(kMessage, kGroupchat, kBare,
         {kServiceUnavailable, kServiceUnavailable, kServiceUnavailable, kServiceUnavailable,
          kServiceUnavailable});
  expect(kMessage, kHeadline, kBare, {kIgnore, kIgnore, kIgnore, kToNonNegative, kToNonNegative});
  expect(kMessage, kError, kBare, {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore});
}

TEST(Delivery, Section8531MessageToConnectedResource) {
  for (const StanzaType type : {kNormal, kChat, kGroupchat, kHeadline, kError})
    expect(kMessage, type, Address::kFullMatch,
           {kIgnore, kToResource, kToResource, kToResource, kToResource});
}

TEST(Delivery, Section8532MessageToResourceThatIsNotThere) {
  using enum Address;
  for (const StanzaType type : {kNormal, kGroupchat, kHeadline, kError})
    expect(kMessage, type, kFullNoMatch, {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore});
  expect(kMessage, kChat, kFullNoMatch, {kIgnore, kKeep, kKeep, kToNonNegative, kToNonNegative});
}

TEST(Delivery, Section8522PresenceToBare) {
  using enum Address;
  for (const StanzaType type : {kAvailable, kUnavailable})
    expect(kPresence, type, kBare, {kIgnore, kIgnore, kToAvailable, kToAvailable, kToAvailable});
  for (const StanzaType type : {kSubscribe, kSubscribed, kUnsubscribe, kUnsubscribed})
    expect(kPresence, type, kBare, {kIgnore, kOnBehalf, kOnBehalf, kOnBehalf, kOnBehalf});
  expect(kPresence, kError, kBare, {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore});
}

TEST(Delivery, Section853PresenceToFull) {
  using enum Address;
  for (const StanzaType type : {kAvailable, kUnavailable, kError}) {
    expect(kPresence, type, kFullMatch,
           {kIgnore, kToResource, kToResource, kToResource, kToResource});
    expect(kPresence, type, kFullNoMatch, {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore});
  }
  for (const StanzaType type : {kSubscribe, kSubscribed, kUnsubscribe, kUnsubscribed}) {
    expect(kPresence, type, kFullMatch, {kIgnore, kOnBehalf, kOnBehalf, kOnBehalf, kOnBehalf});
    expect(kPresence, type, kFullNoMatch, {kIgnore, kOnBehalf, kOnBehalf, kOnBehalf, kOnBehalf});
  }
}

TEST(Delivery, Section432ProbesAreAnsweredByTheServer) {
  for (const Address address : {Address::kBare, Address::kFullMatch, Address::kFullNoMatch})
    expect(kPresence, kProbe, address, {kRefuseProbe, kOnBehalf, kOnBehalf, kOnBehalf, kOnBehalf});
}

TEST(Delivery, Section8523IqToBare) {
  using enum Address;
  for (const StanzaType type : {kGet, kSet})
    expect(kIq, type, kBare, {kServiceUnavailable, kOnBehalf, kOnBehalf, kOnBehalf, kOnBehalf});
  for (const StanzaType type : {kResult, kError})
    expect(kIq, type, kBare, {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore});
}

TEST(Delivery, Section853IqToFull) {
  using enum Address;
  for (const StanzaType type : {kGet, kSet, kResult, kError})
    expect(kIq, type, kFullMatch, {kIgnore, kToResource, kToResource, kToResource, kToResource});
  for (const StanzaType type : {kGet, kSet})
    expect(kIq, type, kFullNoMatch,
           {kServiceUnavailable, kServiceUnavailable, kServiceUnavailable, kServiceUnavailable,
            kServiceUnavailable});
  for (const StanzaType type : {kResult, kError})
    expect(kIq, type, kFullNoMatch, {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore});
}

/// What the sender can see of a verdict: an answer, or none.
std::string visible(DeliveryAction verdict) {
  if (verdict == kServiceUnavailable)
    return "service-unavailable";
  return verdict == kRefuseProbe ? "unsubscribed" : "silence";
}

TEST(Delivery, Case43AnAccountWithNobodyOnlineLooksLikeNone) {
  const Condition& none = kConditions[0];
  for (const Address address : {Address::kBare, Address::kFullNoMatch}) {
    for (const Condition& condition : kConditions) {
      for (const StanzaType type : {kNormal, kChat, kGroupchat, kHeadline, kError})
        EXPECT_EQ(visible(action(kMessage, type, condition, address)),
                  visible(action(kMessage, type, none, address)));
      for (const StanzaType type : {kAvailable, kUnavailable, kError, kSubscribe})
        EXPECT_EQ(visible(action(kPresence, type, condition, address)),
                  visible(action(kPresence, type, none, address)));
      if (address == Address::kBare)
        continue; // what the server answers on behalf is the modules' to keep alike
      for (const StanzaType type : {kGet, kSet, kResult, kError})
        EXPECT_EQ(visible(action(kIq, type, condition, address)),
                  visible(action(kIq, type, none, address)));
    }
  }
}

} // namespace
} // namespace rookery::xmpp

#include "xmpp/delivery.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace rookery::xmpp {
namespace {

using enum DeliveryAction;

bool is_request(StanzaType type) { return type == StanzaType::kGet || type == StanzaType::kSet; }

/// §8.5.2: to the bare address of an account that exists, and where §8.5.3.2.1 says a chat message
/// is as if it were.
Delivery message_to_account(const DeliveryCase& c) {
  const bool anyone = std::ranges::any_of(c.priorities, [](std::int8_t p) { return p >= 0; });
  switch (c.type) {
  case StanzaType::kGroupchat:
    return {kServiceUnavailable, "groupchat-to-account"};
  case StanzaType::kError:
    return {kIgnore, "error-to-account"};
  case StanzaType::kHeadline:
    return anyone ? Delivery{kToNonNegative, "online"}
                  : Delivery{kIgnore, "headline-nobody-online"};
  default:
    return anyone ? Delivery{kToNonNegative, "online"} : Delivery{kKeep, "nobody-online"};
  }
}

Delivery message(const DeliveryCase& c) {
  if (c.to_full && c.resource_matches)
    return {kToResource, "resource"};
  if (c.to_full && c.type != StanzaType::kChat)
    return {kIgnore, "no-such-resource"};
  if (c.account_exists)
    return message_to_account(c);
  if (!c.to_full && c.type == StanzaType::kGroupchat)
    return {kServiceUnavailable, "groupchat-to-account"};
  return {kIgnore, "no-such-account"};
}

Delivery presence(const DeliveryCase& c) {
  if (c.type == StanzaType::kProbe)
    return c.account_exists ? Delivery{kOnBehalf, "probe"}
                            : Delivery{kRefuseProbe, "no-such-account"};
  if (!c.account_exists)
    return {kIgnore, "no-such-account"};
  // §3 is about accounts: a request to one device is one to its account.
  if (is_subscription(c.type))
    return {kOnBehalf, "subscription"};
  if (c.to_full)
    return c.resource_matches ? Delivery{kToResource, "resource"}
                              : Delivery{kIgnore, "no-such-resource"};
  if (c.type == StanzaType::kError)
    return {kIgnore, "error-to-account"};
  return c.priorities.empty() ? Delivery{kIgnore, "nobody-online"}
                              : Delivery{kToAvailable, "online"};
}

Delivery iq(const DeliveryCase& c) {
  if (c.to_full && c.resource_matches)
    return {kToResource, "resource"};
  if (!is_request(c.type))
    return {kIgnore, "stray-answer"};
  if (!c.account_exists)
    return {kServiceUnavailable, "no-such-account"};
  if (c.to_full)
    return {kServiceUnavailable, "no-such-resource"};
  return {kOnBehalf, "request"};
}

} // namespace

std::string_view to_string(DeliveryAction action) {
  switch (action) {
  case kToResource:
    return "to-resource";
  case kToNonNegative:
    return "to-non-negative";
  case kToAvailable:
    return "to-available";
  case kKeep:
    return "keep";
  case kServiceUnavailable:
    return "service-unavailable";
  case kIgnore:
    return "ignore";
  case kOnBehalf:
    return "on-behalf";
  case kRefuseProbe:
    return "refuse-probe";
  }
  std::unreachable();
}

Delivery deliver(const DeliveryCase& c) {
  ROOKERY_ASSERT(c.account_exists || (!c.resource_matches && c.priorities.empty()));
  switch (c.kind) {
  case StanzaKind::kMessage:
    return message(c);
  case StanzaKind::kPresence:
    return presence(c);
  case StanzaKind::kIq:
    return iq(c);
  }
  std::unreachable();
}

} // namespace rookery::xmpp

// Where a stanza addressed to a local account goes (RFC 6121 §8.5, with §4.3.2 for probes), as a
// pure function.
//
// Where the RFC leaves a choice, the one that tells a stranger least is taken: an account that does
// not exist and one that has nobody online answer alike, so an address cannot be tested for
// existence.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "xmpp/stanza.h"

namespace rookery::xmpp {

struct DeliveryCase {
  StanzaKind kind = StanzaKind::kMessage;
  StanzaType type = StanzaType::kNormal;
  bool to_full = false;
  bool account_exists = false;
  bool resource_matches =
      false; // to_full: that very resource is connected (§8.5.3.1), available or not
  std::span<const std::int8_t> priorities; // of the account's available resources
};

enum class DeliveryAction : std::uint8_t {
  kToResource,    // the one addressed
  kToNonNegative, // every available resource whose priority is not negative
  kToAvailable,   // every available resource, whatever its priority
  kKeep, // nobody to give it to now: it waits for the next resource, if policy keeps such messages
         // (messages.h)
  kServiceUnavailable, // <service-unavailable/> to the sender
  kIgnore,             // dropped without an answer
  kOnBehalf,    // the server itself answers or acts for the account: IQs, subscriptions, probes
  kRefuseProbe, // presence of type unsubscribed to the sender (§4.3.2 rule 1)
};
[[nodiscard]] std::string_view to_string(DeliveryAction action);

struct Delivery {
  DeliveryAction action;
  std::string_view reason;
};

/// `type` must be one of `kind`'s types. Whether the sender may do this at all (blocking, privacy)
/// is not asked here.
[[nodiscard]] Delivery deliver(const DeliveryCase& c);

} // namespace rookery::xmpp

// One contact of a roster: as it is kept, and as clients see it (RFC 6121 §2.1.2). Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "xml/writer.h"
#include "xmpp/subscription.h"

namespace rookery::modules::roster {

/// The record "roster"/BARE-JID is lines "name value"; `\` and line breaks in a value are written
/// `\\`, `\n`, `\r`.
///
///   name Juliet               absent where empty
///   group Friends             once per group
///   subscription to+pending-in  see xmpp::to_string(Subscription); absent: none
///   approved 1                pre-approval; absent: no
///   listed 1                  part of the roster as the user sees it; absent: only a request waits
///   changed 17                roster version of the last change the user could see
///   request <presence …/>     the stanza of a request that waits, whole
///
/// Unknown names are skipped: records written by a later version can be read.
struct RosterItem {
  std::string name = {};
  std::vector<std::string> groups = {};
  xmpp::SubscriptionState subscription = {};
  bool listed = false;
  std::uint64_t changed = 0;
  std::string request = {};

  [[nodiscard]] std::string serialise() const;
  /// nullopt: the text is damaged.
  [[nodiscard]] static std::optional<RosterItem> parse(std::string_view text);

  /// Nothing in it is worth keeping.
  [[nodiscard]] bool empty() const {
    return !listed && subscription.state == xmpp::Subscription::kNone && !subscription.approved;
  }

  friend bool operator==(const RosterItem&, const RosterItem&) = default;
};

/// `<item jid=… subscription=…/>` inside a query.
void write_item(xml::Writer& writer, std::string_view jid, const RosterItem& item);
/// `<item jid=… subscription='remove'/>`.
void write_removal(xml::Writer& writer, std::string_view jid);

} // namespace rookery::modules::roster

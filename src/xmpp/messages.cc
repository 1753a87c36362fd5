#include "xmpp/messages.h"

#include <algorithm>
#include <array>

#include "xmpp/hints.h"
#include "xmpp/jid.h"
#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

namespace rookery::xmpp {
namespace {

/// Namespaces whose elements are part of a conversation though no body goes with them.
struct Payload {
  std::string_view ns;
  std::string_view reason;
};
constexpr std::array kConversation{
    Payload{kNsReceipts, "receipt"},      Payload{kNsChatMarkers, "marker"},
    Payload{kNsReactions, "reaction"},    Payload{kNsRetraction, "retraction"},
    Payload{kNsCorrection, "correction"}, Payload{kNsJingleMessage, "call"},
    Payload{kNsOmemo2, "encrypted"},      Payload{kNsOmemoLegacy, "encrypted"},
    Payload{kNsOpenPgp, "encrypted"},     Payload{kNsEncryption, "encrypted"},
    Payload{kNsConference, "invitation"},
};

bool has_body(const xml::Element& message) { return bool(message.child("body", message.ns())); }

/// XEP-0045 §7.8.2, from a room or to it.
bool is_mediated_invitation(const xml::Element& message) {
  return bool(message.child("x", kNsMucUser).child("invite", kNsMucUser));
}

/// A receipt or marker that is asked for belongs to the body it comes with.
bool asks_for_answer(const xml::Element& child) {
  return child.is("request", kNsReceipts) || child.is("markable", kNsChatMarkers);
}

/// "" where the message has nothing of a conversation but perhaps a body.
std::string_view conversation_payload(const xml::Element& message) {
  for (const xml::Element child : message.children()) {
    if (asks_for_answer(child))
      continue;
    const auto found = std::ranges::find(kConversation, child.ns(), &Payload::ns);
    if (found != kConversation.end())
      return found->reason;
  }
  return is_mediated_invitation(message) ? std::string_view("invitation") : std::string_view{};
}

bool is_instant_messaging(const xml::Element& message) {
  return message.child_ns(kNsReceipts) || message.child_ns(kNsChatStates) ||
         message.child_ns(kNsChatMarkers);
}

/// XEP-0280 §6.1, what holds for sent and received alike.
CarbonVerdict carbon_by_content(const xml::Element& message, StanzaType type) {
  if (message.child_ns(kNsConference))
    return {true, "invitation"};
  const bool body = has_body(message);
  const bool im = is_instant_messaging(message);
  switch (type) {
  case StanzaType::kChat:
    return {true, "chat"};
  case StanzaType::kNormal:
    if (body)
      return {true, "body"};
    break;
  case StanzaType::kError:
    return body || im ? CarbonVerdict{true, "error-of-im"} : CarbonVerdict{false, "error"};
  default:
    break;
  }
  return im ? CarbonVerdict{true, "im-payload"} : CarbonVerdict{false, "not-im"};
}

/// Chat states, and what says nothing without something else to go with.
bool is_ornament(const xml::Element& child) {
  constexpr std::array kOrnaments{kNsChatStates, kNsHints,    kNsSid,
                                  kNsDelay,      kNsReceipts, kNsChatMarkers};
  return std::ranges::find(kOrnaments, child.ns()) != kOrnaments.end() || child.name() == "thread";
}

std::string_view bare_part(std::string_view jid) { return jid.substr(0, jid.find('/')); }

/// The message inside a carbon copy of one's own account, or no element.
xml::Element copied_message(const xml::Element& message) {
  if (bare_part(message.attribute_or_empty("to")) != message.attribute_or_empty("from"))
    return {};
  return message.child_ns(kNsCarbons2).child("forwarded", kNsForward).child("message", kNsClient);
}

Importance message_importance(const xml::Element& message) {
  if (message_type(message) == StanzaType::kError)
    return {true, "error"};
  if (has_body(message))
    return {true, "body"};
  if (message.child("subject", message.ns()))
    return {true, "subject"};
  const auto children = message.children();
  bool any = false;
  for (const xml::Element child : children) {
    if (child.ns() == kNsPubsubEvent)
      return {false, "event"};
    if (!is_ornament(child))
      return {true, "payload"};
    any = true;
  }
  return {false, any ? "signals-only" : "empty"};
}

} // namespace

KeepVerdict should_archive(const xml::Element& message) {
  const StanzaType type = message_type(message);
  if (type == StanzaType::kError)
    return {Keep::kNothing, "error"};
  if (type == StanzaType::kGroupchat)
    return {Keep::kNothing, "groupchat"};
  const Hints hints = read_hints(message);
  if (hints.no_store)
    return {Keep::kNothing, "no-store"};
  std::string_view reason = "store";
  if (!hints.store) {
    if (type == StanzaType::kHeadline)
      return {Keep::kNothing, "headline"}; // lost on who is not there (RFC 6121 §5.2.2)
    reason = has_body(message) ? std::string_view("body") : conversation_payload(message);
  }
  if (reason.empty())
    return {Keep::kNothing, "no-content"};
  if (hints.no_permanent_store)
    return {Keep::kUntilDelivered, "no-permanent-store"};
  return {Keep::kArchive, reason};
}

bool is_instant_message(const xml::Element& message) {
  constexpr std::array kAboutOthers{kNsReceipts, kNsChatMarkers, kNsReactions, kNsRetraction,
                                    kNsCorrection};
  for (const xml::Element child : message.children())
    if (!asks_for_answer(child) &&
        std::ranges::find(kAboutOthers, child.ns()) != kAboutOthers.end())
      return false;
  return has_body(message);
}

CarbonVerdict should_carbon(const xml::Element& message, Direction direction) {
  if (message.child("private", kNsCarbons2))
    return {false, "private"};
  if (read_hints(message).no_copy)
    return {false, "no-copy"};
  if (looks_like_carbon(message))
    return {false, "carbon"}; // also the bounce of one, §10.3
  const StanzaType type = message_type(message);
  if (type == StanzaType::kGroupchat)
    return {false, "groupchat"};
  if (is_mediated_invitation(message))
    return {true, "invitation"};
  const bool from_occupant = direction == Direction::kReceived &&
                             bool(message.child("x", kNsMucUser)) &&
                             message.attribute_or_empty("from").contains('/');
  if (from_occupant)
    return {false, "muc-private-message"}; // the room copies it itself
  return carbon_by_content(message, type);
}

bool looks_like_carbon(const xml::Element& message) {
  return message.child("received", kNsCarbons2) || message.child("sent", kNsCarbons2);
}

bool is_forged(const xml::Element& child, std::string_view own_bare) {
  if (child.is("received", kNsCarbons2) || child.is("sent", kNsCarbons2))
    return true;
  if (!child.is("stanza-id", kNsSid))
    return false;
  const std::string_view by = child.attribute_or_empty("by");
  if (by == own_bare)
    return true;
  // A client that prepares addresses would take another spelling for ours.
  const auto jid = Jid::parse(by);
  return jid && jid->str() == own_bare;
}

bool has_forged(const xml::Element& message, std::string_view own_bare) {
  for (const xml::Element child : message.children())
    if (is_forged(child, own_bare))
      return true;
  return false;
}

Importance is_important(const xml::Element& stanza) {
  const StanzaHeader header = read_header(stanza, stanza.ns());
  if (header.fault != StanzaFault::kNone)
    return {true, "not-understood"};
  if (header.kind == StanzaKind::kIq)
    return {true, "iq"};
  if (header.kind == StanzaKind::kMessage) {
    const xml::Element copied = copied_message(stanza);
    return message_importance(copied ? copied : stanza);
  }
  if (header.type == StanzaType::kAvailable || header.type == StanzaType::kUnavailable) {
    // What the user's own joining or leaving of a room came to (XEP-0045 §7.2.2) is awaited.
    for (const xml::Element child : stanza.child("x", kNsMucUser).children())
      if (child.is("status", kNsMucUser) && child.attribute_or_empty("code") == "110")
        return {true, "own-room-presence"};
    return {false, "presence"};
  }
  return {true, to_string(header.type)};
}

} // namespace rookery::xmpp

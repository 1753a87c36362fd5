// Stanzas (RFC 6120 §8): reading what routing needs, and passing one on as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "xml/document.h"
#include "xmpp/namespaces.h"

namespace rookery::xmpp {

enum class StanzaKind : std::uint8_t { kMessage, kPresence, kIq };

/// The types of all three kinds. A kind admits only its own (RFC 6121 §5.2.2, §4.7.1; RFC 6120
/// §8.2.3), and kError.
enum class StanzaType : std::uint8_t {
  // message
  kNormal,
  kChat,
  kGroupchat,
  kHeadline,
  // presence
  kAvailable, // no type attribute
  kUnavailable,
  kSubscribe,
  kSubscribed,
  kUnsubscribe,
  kUnsubscribed,
  kProbe,
  // iq
  kGet,
  kSet,
  kResult,
  // each
  kError,
};

[[nodiscard]] std::string_view to_string(StanzaKind kind);
/// The attribute's value; "available" for kAvailable, which has none on the wire.
[[nodiscard]] std::string_view to_string(StanzaType type);
/// subscribe, subscribed, unsubscribe or unsubscribed.
[[nodiscard]] bool is_subscription(StanzaType type);

/// What is wrong with a stanza before anyone looks at its payload.
enum class StanzaFault : std::uint8_t {
  kNone,
  kNotAStanza, // stream error unsupported-stanza-type (RFC 6120 §4.9.3.24)
  kBadType,    // bad-request: a presence or IQ type that does not exist; nothing else in the header
               // holds
  kNoId,       // bad-request: an IQ without id (RFC 6120 §8.1.3)
  kBadPayload, // bad-request: an IQ get or set without exactly one child, a result with more (RFC
               // 6120 §8.2.3)
};
[[nodiscard]] std::string_view to_string(StanzaFault fault);

/// Views into the element's Document: valid while it lives and is not parsed into again.
struct StanzaHeader {
  StanzaKind kind = StanzaKind::kMessage;
  StanzaType type = StanzaType::kNormal;
  StanzaFault fault = StanzaFault::kNone;
  std::string_view id = {};
  std::string_view lang = {};
  // As received, not prepared. nullopt: absent; an empty one is there and malformed.
  std::optional<std::string_view> from = {};
  std::optional<std::string_view> to = {};
};

/// A message with an unknown type counts as normal (RFC 6121 §5.2.2).
[[nodiscard]] StanzaHeader read_header(const xml::Element& element,
                                       std::string_view content_ns = kNsClient);

/// The type alone, of an element known to be a message.
[[nodiscard]] StanzaType message_type(const xml::Element& message);

/// Whether a child of the stanza is left out when it is passed on. `context` is
/// StanzaRewrite::drop_context.
using DropChild = bool (*)(const xml::Element& child, std::string_view context);

/// What changes when a stanza is passed on.
struct StanzaRewrite {
  std::optional<std::string_view> from = {}; // nullopt: as it is; "": removed
  std::optional<std::string_view> to = {};
  /// XML put before the end tag; relies on the default namespace jabber:client only.
  std::string_view append = {};
  DropChild drop = nullptr;
  std::string_view drop_context = {};
  /// The result declares xmlns='jabber:client' itself (WebSocket, inside <forwarded/>).
  bool with_xmlns = false;
};

/// Writes a message, presence or IQ of namespace jabber:client so that it means the same on any
/// other stream whose default namespace is jabber:client (or anywhere, with_xmlns). Attributes and
/// children are copied as bytes where they rely on nothing outside the stanza, and written anew
/// where they do. A prefixed attribute whose prefix is declared outside the stanza is left out, and
/// so is character data directly in the stanza where it is written anew: neither has a meaning
/// there.
void write_stanza(std::string& out, const xml::Element& element, const StanzaRewrite& rewrite = {});

/// Appends a stanza that write_stanza() or xml::Writer produced without a namespace of its own,
/// with xmlns='jabber:client' put in.
void append_with_xmlns(std::string& out, std::string_view stanza);

} // namespace rookery::xmpp

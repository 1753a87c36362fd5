#include "xmpp/stanza.h"

#include <array>
#include <utility>

namespace rookery::xmpp {
namespace {

struct TypeName {
  StanzaKind kind;
  std::string_view name;
  StanzaType type;
};

constexpr std::array kTypes{
    TypeName{StanzaKind::kMessage, "chat", StanzaType::kChat},
    TypeName{StanzaKind::kMessage, "normal", StanzaType::kNormal},
    TypeName{StanzaKind::kMessage, "groupchat", StanzaType::kGroupchat},
    TypeName{StanzaKind::kMessage, "headline", StanzaType::kHeadline},
    TypeName{StanzaKind::kMessage, "error", StanzaType::kError},
    TypeName{StanzaKind::kPresence, "unavailable", StanzaType::kUnavailable},
    TypeName{StanzaKind::kPresence, "subscribe", StanzaType::kSubscribe},
    TypeName{StanzaKind::kPresence, "subscribed", StanzaType::kSubscribed},
    TypeName{StanzaKind::kPresence, "unsubscribe", StanzaType::kUnsubscribe},
    TypeName{StanzaKind::kPresence, "unsubscribed", StanzaType::kUnsubscribed},
    TypeName{StanzaKind::kPresence, "probe", StanzaType::kProbe},
    TypeName{StanzaKind::kPresence, "error", StanzaType::kError},
    TypeName{StanzaKind::kIq, "get", StanzaType::kGet},
    TypeName{StanzaKind::kIq, "set", StanzaType::kSet},
    TypeName{StanzaKind::kIq, "result", StanzaType::kResult},
    TypeName{StanzaKind::kIq, "error", StanzaType::kError},
};

std::optional<StanzaKind> kind_of(std::string_view name) {
  if (name == "message")
    return StanzaKind::kMessage;
  if (name == "presence")
    return StanzaKind::kPresence;
  if (name == "iq")
    return StanzaKind::kIq;
  return std::nullopt;
}

std::optional<StanzaType> type_of(StanzaKind kind, std::optional<std::string_view> name) {
  if (!name && kind == StanzaKind::kMessage)
    return StanzaType::kNormal;
  if (!name && kind == StanzaKind::kPresence)
    return StanzaType::kAvailable;
  for (const TypeName& candidate : kTypes)
    if (name && candidate.kind == kind && candidate.name == *name)
      return candidate.type;
  // RFC 6121 §5.2.2
  return kind == StanzaKind::kMessage ? std::optional(StanzaType::kNormal) : std::nullopt;
}

/// RFC 6120 §8.2.3
StanzaFault check_iq(const xml::Element& iq, StanzaType type) {
  if (iq.attribute_or_empty("id").empty())
    return StanzaFault::kNoId;
  if (type == StanzaType::kError)
    return StanzaFault::kNone;
  const xml::Element payload = iq.first_child();
  if (payload && payload.next())
    return StanzaFault::kBadPayload;
  return payload || type == StanzaType::kResult ? StanzaFault::kNone : StanzaFault::kBadPayload;
}

} // namespace

std::string_view to_string(StanzaKind kind) {
  switch (kind) {
  case StanzaKind::kMessage:
    return "message";
  case StanzaKind::kPresence:
    return "presence";
  case StanzaKind::kIq:
    return "iq";
  }
  std::unreachable();
}

std::string_view to_string(StanzaType type) {
  if (type == StanzaType::kAvailable)
    return "available";
  for (const TypeName& candidate : kTypes)
    if (candidate.type == type)
      return candidate.name;
  std::unreachable();
}

std::string_view to_string(StanzaFault fault) {
  switch (fault) {
  case StanzaFault::kNone:
    return "none";
  case StanzaFault::kNotAStanza:
    return "not-a-stanza";
  case StanzaFault::kBadType:
    return "bad-type";
  case StanzaFault::kNoId:
    return "no-id";
  case StanzaFault::kBadPayload:
    return "bad-payload";
  }
  std::unreachable();
}

bool is_subscription(StanzaType type) {
  return type >= StanzaType::kSubscribe && type <= StanzaType::kUnsubscribed;
}

StanzaHeader read_header(const xml::Element& element, std::string_view content_ns) {
  StanzaHeader header;
  const std::optional<StanzaKind> kind = kind_of(element.name());
  if (!kind || element.ns() != content_ns) {
    header.fault = StanzaFault::kNotAStanza;
    return header;
  }
  header.kind = *kind;
  header.id = element.attribute_or_empty("id");
  header.lang = element.lang().value_or(std::string_view{});
  header.from = element.attribute("from");
  header.to = element.attribute("to");
  const std::optional<StanzaType> type = type_of(*kind, element.attribute("type"));
  if (!type) {
    header.fault = StanzaFault::kBadType;
    return header;
  }
  header.type = *type;
  if (*kind == StanzaKind::kIq)
    header.fault = check_iq(element, *type);
  return header;
}

StanzaType message_type(const xml::Element& message) {
  return type_of(StanzaKind::kMessage, message.attribute("type")).value_or(StanzaType::kNormal);
}

} // namespace rookery::xmpp

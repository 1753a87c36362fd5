#include "modules/mam/conversation.h"

#include <algorithm>
#include <utility>

#include "server/packet.h"
#include "xmpp/messages.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::mam {

void Conversation::add(storage::Entry entry) {
  ++looked_at_;
  const server::PacketPtr packet = server::make_packet(entry.body);
  if (!packet || settled_)
    return;
  const bool sent = (entry.flags & server::kEntrySent) != 0;
  const xmpp::Jid& other = sent ? packet->to : packet->from;
  const std::string_view jid = other.empty() ? own_bare_ : other.bare_str();
  if (jid_.empty()) {
    jid_ = jid;
    newest_ = entry.id;
  } else if (jid != jid_) {
    return; // it has the same tag
  }
  const bool instant = xmpp::is_instant_message(packet->element());
  if (sent)
    add_sent(packet->element(), instant);
  else
    add_received(packet->element(), instant);
  if (instant && !message_)
    message_ = std::move(entry);
}

void Conversation::add_sent(const xml::Element& message, bool instant) {
  if (instant) {
    settled_ = true;
    return;
  }
  for (const xml::Element child : message.children()) {
    if (!child.is("displayed", xmpp::kNsChatMarkers) &&
        !child.is("acknowledged", xmpp::kNsChatMarkers))
      continue;
    if (!unread_at_marker_)
      unread_at_marker_ = unread_;
    marked_.emplace_back(child.attribute_or_empty("id"));
  }
}

void Conversation::add_received(const xml::Element& message, bool instant) {
  const auto is_marked = [this](std::string_view id) {
    return !id.empty() && std::ranges::find(marked_, id) != marked_.end();
  };
  if (is_marked(message.attribute_or_empty("id")) ||
      is_marked(message.child("origin-id", xmpp::kNsSid).attribute_or_empty("id")))
    settled_ = true;
  else if (instant)
    ++unread_;
}

std::uint32_t Conversation::unread() const {
  return settled_ ? unread_ : unread_at_marker_.value_or(unread_);
}

} // namespace rookery::modules::mam

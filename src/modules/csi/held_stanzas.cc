#include "modules/csi/held_stanzas.h"

#include <algorithm>
#include <array>
#include <utility>

#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

namespace rookery::modules::csi {
namespace {

std::size_t size_of(const HeldStanza& stanza) { return stanza.key.size() + stanza.xml.size(); }

constexpr std::array kBesideChatState{xmpp::kNsChatStates, xmpp::kNsHints, xmpp::kNsSid,
                                      xmpp::kNsDelay};

bool is_only_chat_state(const xml::Element& message) {
  for (const xml::Element child : message.children())
    if (std::ranges::find(kBesideChatState, child.ns()) == kBesideChatState.end() &&
        child.name() != "thread")
      return false;
  return bool(message.child_ns(xmpp::kNsChatStates));
}

} // namespace

void HeldStanzas::add(HeldStanza stanza) {
  if (!stanza.key.empty()) {
    const auto older = std::ranges::find(stanzas_, stanza.key, &HeldStanza::key);
    if (older != stanzas_.end()) {
      bytes_ -= size_of(*older);
      stanzas_.erase(older);
    }
  }
  bytes_ += size_of(stanza);
  stanzas_.push_back(std::move(stanza));
}

std::vector<HeldStanza> HeldStanzas::take() {
  bytes_ = 0;
  return std::exchange(stanzas_, {});
}

std::string replaced_by(const xml::Element& stanza, std::string_view from, std::string_view to) {
  if (stanza.name() == "presence") {
    const auto type = xmpp::read_header(stanza).type;
    if (type == xmpp::StanzaType::kAvailable || type == xmpp::StanzaType::kUnavailable)
      return "presence " + std::string(from);
  } else if (stanza.name() == "message" && is_only_chat_state(stanza)) {
    // Both ends: a copy of what another device sends has the same sender for all conversations.
    return "state " + std::string(from) + ' ' + std::string(to);
  }
  return {};
}

} // namespace rookery::modules::csi

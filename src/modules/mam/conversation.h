// One conversation of an inbox (XEP-0430): what its newest entries say of it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"
#include "xml/document.h"
#include "xmpp/jid.h"

namespace rookery::modules::mam {

/// Entries of a conversation looked at, from the newest back. What lies further back is neither
/// counted as unread nor found as the latest message.
inline constexpr std::uint32_t kLookedAtMax = 100;

/// Unread is what came from the other side after what one is known to have read: up to one's own
/// last message, or up to the message that a marker (XEP-0333) of one of one's own devices names. A
/// marker whose message is not among the entries looked at stands for all that came before it,
/// where no own message is among them either. So the count may be too small, where much came, and
/// not too great but where a device tells the server nothing of what it shows.
class Conversation {
public:
  /// `own_bare` outlives it.
  explicit Conversation(std::string_view own_bare) : own_bare_(own_bare) {}

  /// The entries of one tag that are history, newest first, each once.
  void add(storage::Entry entry);
  [[nodiscard]] std::uint32_t looked_at() const { return looked_at_; }
  /// Whether entries further back change nothing any more.
  [[nodiscard]] bool settled() const { return settled_ || looked_at_ >= kLookedAtMax; }

  /// The contact's bare address; "": nothing was added. Of contacts with the same tag, it is the
  /// one with the newest entry.
  [[nodiscard]] const std::string& jid() const { return jid_; }
  [[nodiscard]] EntryId newest() const { return newest_; }
  [[nodiscard]] std::uint32_t unread() const;
  /// The latest message that is for somebody to read; null: none among the entries looked at.
  [[nodiscard]] const storage::Entry* message() const { return message_ ? &*message_ : nullptr; }
  void drop_message() { message_.reset(); }

private:
  void add_sent(const xml::Element& message, bool instant);
  void add_received(const xml::Element& message, bool instant);

  std::string_view own_bare_;
  std::uint32_t looked_at_ = 0;
  bool settled_ = false;
  std::string jid_;
  EntryId newest_ = kBeforeAll;
  std::uint32_t unread_ = 0;
  std::optional<std::uint32_t> unread_at_marker_; // when the newest marker was met
  std::vector<std::string> marked_;               // what markers name
  std::optional<storage::Entry> message_;
};

} // namespace rookery::modules::mam

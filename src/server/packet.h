// A stanza on its way through the server: its text and index, its addresses, and what was decided
// about it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "xml/document.h"
#include "xmpp/jid.h"
#include "xmpp/messages.h"
#include "xmpp/stanza.h"
#include "xmpp/stanza_error.h"

namespace rookery::server {

/// Bits of storage::LogTarget::flags. On disk: never renumbered.
inline constexpr std::uint8_t kEntryReceived = 1;  // the log's owner is the receiver
inline constexpr std::uint8_t kEntrySent = 2;      // the log's owner is the sender
inline constexpr std::uint8_t kEntryHistory = 4;   // part of the history
inline constexpr std::uint8_t kEntryTransient = 8; // not part of it: kept until delivered only

/// Owned by one thread at a time, and handed on as PacketPtr. The addresses are those the server
/// vouches for; what `document` says in its own from and to no longer counts.
struct Packet {
  xml::Document document;
  xmpp::StanzaHeader header; // views into `document`
  xmpp::Jid from;
  xmpp::Jid to; // empty: none was given, the sender's own account
  /// Of a message that is logged: as it stands there (write_packet(), for its receiver), so that it
  /// is written out once. "" before. Nobody changes the addresses afterwards.
  std::string text;
  /// Of a message, once somebody has asked: keep_of().
  std::optional<xmpp::Keep> keep;

  /// The entry that holds this message in the logs; kBeforeAll where it is in none.
  EntryId id = kBeforeAll;
  // What the receiver's home decided when it admitted the message (Homes::admit):
  Owner receiver_log = kNodeOwner; // the log it goes into; kNodeOwner: none
  bool receiver_history = true; // it is part of that log's history, not only kept until delivered
  bool dropped = false;         // it is not to be delivered, and the sender is not to know
  std::optional<xmpp::StanzaError> refused; // what the sender is to be told instead

  [[nodiscard]] xml::Element element() const { return document.root(); }
  [[nodiscard]] bool is(xmpp::StanzaKind kind) const { return header.kind == kind; }
};

/// Keeps some packets for new_packet(), with the memory they hold; each thread its own, so that a
/// stanza costs no allocation in the steady state.
struct PacketRecycler {
  void operator()(Packet* packet) const noexcept;
};
using PacketPtr = std::unique_ptr<Packet, PacketRecycler>;
/// As if new.
[[nodiscard]] PacketPtr new_packet();
/// Whether a message belongs into a log (xmpp::should_archive); looked at once.
[[nodiscard]] xmpp::Keep keep_of(Packet& message);

/// From text this server wrote or kept (canonical form: default namespace jabber:client), addresses
/// included. Null only where `text` is not what it should be.
[[nodiscard]] PacketPtr make_packet(std::string_view text);
/// The same for `packet`, with the addresses and the id it has now.
[[nodiscard]] PacketPtr copy_packet(const Packet& packet);

/// The stanza as the server passes it on and keeps it, appended to `out` in canonical form:
/// addresses as in the packet, `append` before the end tag, and without what only the server of
/// `own_bare` may write (xmpp::is_forged(); "": that is not looked for).
void write_packet(std::string& out, const Packet& packet, std::string_view append = {},
                  std::string_view own_bare = {});
/// The same with `text` for what write_packet() gives.
void write_packet_text(std::string& out, std::string_view text, std::string_view append);
/// `<stanza-id/>` of XEP-0359.
void append_stanza_id(std::string& out, EntryId id, std::string_view by);

} // namespace rookery::server

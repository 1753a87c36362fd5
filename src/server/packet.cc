#include "server/packet.h"

#include <fmt/format.h>

#include "xml/writer.h"
#include "xmpp/messages.h"
#include "xmpp/namespaces.h"

namespace rookery::server {
namespace {

/// Of a thread; packets that are larger are not kept.
constexpr std::size_t kKeptPackets = 256;
constexpr std::size_t kKeptPacketBytes = 4 * 1024;

// A cache like an allocator's own: nobody can tell a packet out of it from a new one.
std::vector<std::unique_ptr<Packet>>& kept_packets() {
  static thread_local std::vector<std::unique_ptr<Packet>> kept;
  return kept;
}

void make_as_new(Packet& packet) {
  packet.document.clear();
  packet.header = {};
  packet.from = {};
  packet.to = {};
  packet.text.clear();
  packet.keep.reset();
  packet.id = kBeforeAll;
  packet.receiver_log = kNodeOwner;
  packet.receiver_history = true;
  packet.dropped = false;
  packet.refused.reset();
}

} // namespace

void PacketRecycler::operator()(Packet* packet) const noexcept {
  std::unique_ptr<Packet> held(packet);
  auto& kept = kept_packets();
  if (kept.size() >= kKeptPackets ||
      held->document.memory_bytes() + held->text.capacity() > kKeptPacketBytes)
    return;
  make_as_new(*held);
  kept.push_back(std::move(held));
}

PacketPtr new_packet() {
  auto& kept = kept_packets();
  if (kept.empty())
    return PacketPtr(std::make_unique<Packet>().release());
  PacketPtr packet(kept.back().release());
  kept.pop_back();
  return packet;
}

xmpp::Keep keep_of(Packet& message) {
  if (!message.keep)
    message.keep = xmpp::should_archive(message.element()).keep;
  return *message.keep;
}

PacketPtr make_packet(std::string_view text) {
  PacketPtr packet = new_packet();
  if (!packet->document.parse_trusted(text, xmpp::kNsClient))
    return nullptr;
  packet->header = xmpp::read_header(packet->element());
  if (packet->header.fault == xmpp::StanzaFault::kNotAStanza)
    return nullptr;
  if (packet->header.from)
    packet->from = xmpp::Jid::from_trusted(std::string(*packet->header.from));
  if (packet->header.to)
    packet->to = xmpp::Jid::from_trusted(std::string(*packet->header.to));
  return packet;
}

PacketPtr copy_packet(const Packet& packet) {
  std::string text;
  write_packet(text, packet);
  PacketPtr copy = make_packet(text);
  if (!copy)
    return nullptr;
  copy->id = packet.id;
  copy->receiver_log = packet.receiver_log;
  copy->receiver_history = packet.receiver_history;
  return copy;
}

void write_packet(std::string& out, const Packet& packet, std::string_view append,
                  std::string_view own_bare) {
  xmpp::StanzaRewrite rewrite;
  rewrite.from = packet.from.str();
  rewrite.to = packet.to.str();
  rewrite.append = append;
  if (!own_bare.empty() && xmpp::has_forged(packet.element(), own_bare)) {
    rewrite.drop = &xmpp::is_forged;
    rewrite.drop_context = own_bare;
  }
  xmpp::write_stanza(out, packet.element(), rewrite);
}

void write_packet_text(std::string& out, std::string_view text, std::string_view append) {
  if (append.empty()) {
    out += text;
    return;
  }
  const bool childless = text.ends_with("/>");
  const std::size_t end = childless ? text.size() - 2 : text.rfind("</");
  out += text.substr(0, end);
  if (childless)
    out += '>';
  out += append;
  if (childless)
    out.append("</").append(text.substr(1, text.find_first_of(" />") - 1)).append(1, '>');
  else
    out += text.substr(end);
}

void append_stanza_id(std::string& out, EntryId id, std::string_view by) {
  fmt::format_to(std::back_inserter(out), "<stanza-id xmlns='{}' id='{}' by='", xmpp::kNsSid,
                 id.value);
  xml::append_escaped(out, by);
  out += "'/>";
}

} // namespace rookery::server

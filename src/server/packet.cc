#include "server/packet.h"

#include <fmt/format.h>

#include "xml/writer.h"
#include "xmpp/messages.h"
#include "xmpp/namespaces.h"

namespace rookery::server {

PacketPtr make_packet(std::string_view text) {
  auto packet = std::make_unique<Packet>();
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
  if (!own_bare.empty() && xmpp::has_forged_stanza_id(packet.element(), own_bare)) {
    rewrite.drop = &xmpp::is_forged_stanza_id;
    rewrite.drop_context = own_bare;
  }
  xmpp::write_stanza(out, packet.element(), rewrite);
}

void append_stanza_id(std::string& out, EntryId id, std::string_view by) {
  fmt::format_to(std::back_inserter(out), "<stanza-id xmlns='{}' id='{}' by='", xmpp::kNsSid,
                 id.value);
  xml::append_escaped(out, by);
  out += "'/>";
}

} // namespace rookery::server

// One stanza to many receivers: presence, above all.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "server/homes.h"
#include "server/server.h"

namespace rookery::server {

void Homes::route_to_many(std::vector<xmpp::Jid> to, std::string_view xml) {
  if (to.empty())
    return;
  struct Share {
    Homes* homes;
    std::vector<xmpp::Jid> to;
  };
  std::vector<Share> shares;
  PacketPtr packet = make_packet(xml);
  ROOKERY_ASSERT(packet != nullptr);
  for (xmpp::Jid& each : to) {
    packet->to = std::move(each);
    const bool mailbox = packet->to.has_local() && server_.is_local(packet->to.domain());
    if (!mailbox) {
      route(copy_packet(*packet));
      continue;
    }
    if (packet->is(xmpp::StanzaKind::kPresence) && hidden_from(*packet))
      continue;
    Homes& homes = server_.homes_of(packet->to.bare_str());
    auto share = std::ranges::find(shares, &homes, &Share::homes);
    if (share == shares.end())
      share = shares.insert(shares.end(), {.homes = &homes, .to = {}});
    share->to.push_back(std::move(packet->to));
  }
  for (Share& share : shares) {
    if (share.homes == this) {
      receive_many(std::move(share.to), std::string(xml));
      continue;
    }
    share.homes->loop_.post(
        [homes = share.homes, each = std::move(share.to), text = std::string(xml)]() mutable {
          homes->receive_many(std::move(each), text);
        });
  }
}

void Homes::receive_many(std::vector<xmpp::Jid> to, const std::string& xml) {
  PacketPtr packet;
  for (xmpp::Jid& each : to) {
    if (!packet)
      packet = make_packet(xml);
    packet->to = std::move(each);
    const std::string_view bare = packet->to.bare_str();
    Account* account = ready_account(bare);
    if (account == nullptr) {
      receive(std::exchange(packet,
                            nullptr)); // has to be loaded first, behind what waits for it already
      continue;
    }
    receive_for(account, packet);
  }
}

} // namespace rookery::server

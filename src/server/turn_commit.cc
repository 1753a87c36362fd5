#include "server/turn_commit.h"

#include <algorithm>

#include "server/homes.h"

namespace rookery::server {
namespace {

struct Delivery {
  Homes* homes;
  std::vector<PacketPtr> packets;
};

std::vector<PacketPtr>& packets_for(std::vector<Delivery>& deliveries, Homes* homes) {
  const auto at = std::ranges::find(deliveries, homes, &Delivery::homes);
  if (at != deliveries.end())
    return at->packets;
  return deliveries.emplace_back(homes, std::vector<PacketPtr>{}).packets;
}

} // namespace

void TurnCommit::submit(std::unique_ptr<TurnCommit> self, storage::Store& store) {
  storage::Batch batch = std::move(self->batch);
  store.commit(std::move(batch),
               [self = std::move(self)](const Result<storage::Committed>& result) mutable {
                 completed(std::move(self), result);
               });
}

// On the store's thread, in the order of commits: whatever order the mails leave here in is the
// order of the logs.
void TurnCommit::completed(std::unique_ptr<TurnCommit> self,
                           const Result<storage::Committed>& result) {
  std::vector<Delivery> deliveries;
  if (result) {
    for (Item& item : self->items) {
      item.packet->id = result->ids[item.append];
      // In the sender's own log, or in none of its devices' concern.
      if (item.sent_copy && (item.sent_kept || item.packet->receiver_log == item.sender->owner()))
        item.sent_copy->id = item.packet->id;
      if (item.receiver != nullptr && !item.packet->dropped)
        packets_for(deliveries, item.receiver).push_back(std::move(item.packet));
    }
  } else {
    self->status = std::unexpected(result.error());
  }
  Homes& homes = self->homes_;
  for (Delivery& delivery : deliveries) {
    if (delivery.homes == &homes)
      continue;
    delivery.homes->loop().post(
        [to = delivery.homes, packets = std::move(delivery.packets)]() mutable {
          for (PacketPtr& packet : packets)
            to->deliver_committed(std::move(packet));
        });
  }
  std::vector<PacketPtr> own = std::move(packets_for(deliveries, &homes));
  homes.loop().post([self = std::move(self), own = std::move(own), &homes]() mutable {
    for (PacketPtr& packet : own)
      homes.deliver_committed(std::move(packet));
    homes.committed(*self);
  });
}

} // namespace rookery::server

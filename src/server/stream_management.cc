#include "server/stream_management.h"

#include <algorithm>

namespace rookery::server {

void StreamManagement::sent(std::string_view xml, EntryId id) {
  ++sent_;
  unacked_bytes_ += xml.size();
  unacked_.push_back({id, std::string(xml)});
  if (id == kBeforeAll)
    return;
  if (id < newest_sent_)
    disordered_ = true;
  else
    newest_sent_ = id;
}

bool StreamManagement::awaits(EntryId entry) const {
  return std::ranges::find(unacked_, entry, &Unacked::id) != unacked_.end();
}

EntryId StreamManagement::acked_entry() const {
  EntryId through = acked_entry_;
  if (disordered_)
    for (const Unacked& each : unacked_)
      if (each.id != kBeforeAll && each.id <= through)
        through = EntryId(each.id.value - 1);
  return through;
}

bool StreamManagement::acknowledge(std::uint32_t h) {
  const std::uint32_t newly = h - acked_count();
  if (newly > unacked_.size())
    return false;
  for (std::uint32_t i = 0; i < newly; ++i) {
    const Unacked& front = unacked_.front();
    if (front.id > acked_entry_)
      acked_entry_ = front.id;
    unacked_bytes_ -= front.xml.size();
    unacked_.pop_front();
  }
  if (unacked_.empty())
    disordered_ = false;
  return true;
}

void StreamManagement::restore(std::uint32_t sent, EntryId entry) {
  sent_ = sent;
  acked_entry_ = entry;
}

} // namespace rookery::server

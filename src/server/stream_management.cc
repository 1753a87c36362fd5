#include "server/stream_management.h"

namespace rookery::server {

void StreamManagement::sent(std::string_view xml, EntryId id) {
  ++sent_;
  unacked_bytes_ += xml.size();
  unacked_.push_back({id, std::string(xml)});
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
  return true;
}

void StreamManagement::restore(std::uint32_t sent, EntryId entry) {
  sent_ = sent;
  acked_entry_ = entry;
}

} // namespace rookery::server

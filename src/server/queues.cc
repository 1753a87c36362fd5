#include "server/queues.h"

#include <utility>

#include "server/account.h"
#include "server/client_stream.h"
#include "server/homes.h"
#include "server/session.h"

namespace rookery::server {

Queues& Queues::operator+=(const Queues& other) {
  output_bytes += other.output_bytes;
  unacked_stanzas += other.unacked_stanzas;
  unacked_bytes += other.unacked_bytes;
  pipeline_stanzas += other.pipeline_stanzas;
  pipeline_bytes += other.pipeline_bytes;
  mails += other.mails;
  jobs += other.jobs;
  return *this;
}

void QueueWalk::ask(Then then) {
  waiting_.push_back(std::move(then));
  if (waiting_.size() > 1)
    return;
  sums_ = {.mails = homes_.loop().mails_waiting()};
  stream_bucket_ = account_bucket_ = 0;
  go_on();
}

void QueueWalk::go_on() {
  std::size_t left = kBucketsAtOnce;
  const bool done = walk(homes_.streams(), stream_bucket_, left,
                         [this](const auto& item) {
                           sums_.output_bytes += item.second->transport().queued_bytes();
                         }) &&
                    walk(homes_.accounts(), account_bucket_, left, [this](const auto& item) {
                      for (const auto& session : item.second->sessions()) {
                        sums_.pipeline_stanzas += session->pending.size();
                        sums_.pipeline_bytes += session->pending_bytes;
                        if (const StreamManagement* sm = session->sm()) {
                          sums_.unacked_stanzas += sm->unacked().size();
                          sums_.unacked_bytes += sm->unacked_bytes();
                        }
                      }
                    });
  if (!done)
    return homes_.loop().arm(*this, runtime::Loop::kTick);
  const Queues sums = sums_;
  for (Then& then : std::exchange(waiting_, {}))
    then(sums);
}

bool QueueWalk::walk(const auto& table, std::size_t& bucket, std::size_t& left, auto add) {
  for (; bucket < table.bucket_count(); ++bucket, --left) {
    if (left == 0)
      return false;
    for (auto item = table.cbegin(bucket); item != table.cend(bucket); ++item)
      add(*item);
  }
  return true;
}

} // namespace rookery::server

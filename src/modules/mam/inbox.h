// The inbox (XEP-0430): which conversations an archive has, read from the log; one query of a
// device at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "modules/mam/device_queues.h"
#include "modules/mam/inbox_query.h"
#include "server/iq_request.h"
#include "server/session.h"
#include "storage/store.h"

namespace rookery::modules::mam {

/// Conversations of an account that are listed; an account with more is told resource-constraint.
/// Each takes 16 bytes while a query is answered.
inline constexpr std::size_t kConversationsMax = 100'000;
/// What only the counts are asked for is counted where there are at most so many conversations;
/// beyond, the answer says how many there are and nothing of what is unread.
inline constexpr std::size_t kCountedMax = 1'000;

/// Lives on its homes' thread as long as they do.
class Inbox {
public:
  explicit Inbox(DeviceQueues& queues) : queues_(queues) {}

  /// Answers now or later, in the order of the calls for one device. `session` is the request's.
  void ask(server::Session& session, server::IqRequest request, InboxQuery query);

private:
  struct Reading;
  using ReadingPtr = std::unique_ptr<Reading>;

  void list(ReadingPtr reading);
  void place(ReadingPtr reading);
  void next(ReadingPtr reading);
  void read_entries(ReadingPtr reading);
  void finish(ReadingPtr reading);
  void fail(ReadingPtr reading, const xmpp::StanzaError& error);

  DeviceQueues& queues_;
};

} // namespace rookery::modules::mam

// Answers queries from the log, one at a time per device.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "modules/mam/archive_query.h"
#include "server/binder.h"
#include "server/iq_request.h"
#include "server/session.h"
#include "storage/store.h"

namespace rookery::modules::mam {

/// Queries of one device that wait while another of it is answered; more are refused with
/// resource-constraint.
inline constexpr std::size_t kWaitingQueriesMax = 64;
/// Bytes on their way to a device, sent and not acknowledged or not taken by the network; above,
/// its next query waits.
inline constexpr std::size_t kBacklogBytesMax = 1024 * 1024;
/// How often it is looked whether they have become less.
inline constexpr Milliseconds kBacklogCheck{50};
/// A result whose size alone is asked for (XEP-0059 §2.7) is counted up to here; beyond it the
/// answer names no size.
inline constexpr std::uint64_t kCountMax = 1'000;

/// Lives on its homes' thread as long as they do.
class Archive {
public:
  Archive();
  ~Archive();
  void bind(server::Binder& on);

  /// Answers now or later, in the order of the calls for one device. `session` is the request's.
  void ask(server::Session& session, server::IqRequest request, ArchiveQuery query);
  using ThenMetadata = std::move_only_function<void(Result<std::string>)>;
  /// `<metadata/>` of a log, as XML.
  static void metadata(server::Homes& homes, Owner log, ThenMetadata then);

private:
  struct Reading;
  struct Queue;
  using ReadingPtr = std::unique_ptr<Reading>;
  using Entries = Result<storage::LogPage>;

  void run_next(Queue& queue);
  void start(ReadingPtr reading);
  void read_first(ReadingPtr reading);
  void read_page(ReadingPtr reading);
  void read_ids(ReadingPtr reading);
  void count(ReadingPtr reading);
  void finish(ReadingPtr reading, bool complete);
  void fail(ReadingPtr reading, const xmpp::StanzaError& error);
  void done(ReadingPtr reading);

  server::Slot<server::Session, std::unique_ptr<Queue>> queues_;
};

} // namespace rookery::modules::mam

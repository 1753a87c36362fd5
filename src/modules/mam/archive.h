// Answers queries of the archive from the log.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "modules/mam/archive_query.h"
#include "modules/mam/device_queues.h"
#include "server/iq_request.h"
#include "server/session.h"
#include "storage/store.h"

namespace rookery::modules::mam {

/// A result whose size alone is asked for (XEP-0059 §2.7) is counted up to here; beyond it the
/// answer names no size.
inline constexpr std::uint64_t kCountMax = 1'000;

/// Lives on its homes' thread as long as they do.
class Archive {
public:
  explicit Archive(DeviceQueues& queues) : queues_(queues) {}

  /// Answers now or later, in the order of the calls for one device. `session` is the request's.
  void ask(server::Session& session, server::IqRequest request, ArchiveQuery query);
  using ThenMetadata = std::move_only_function<void(Result<std::string>)>;
  /// `<metadata/>` of a log, as XML.
  static void metadata(server::Homes& homes, Owner log, ThenMetadata then);

private:
  struct Reading;
  using ReadingPtr = std::unique_ptr<Reading>;
  using Entries = Result<storage::LogPage>;

  void start(ReadingPtr reading);
  void read_first(ReadingPtr reading);
  void read_page(ReadingPtr reading);
  void read_ids(ReadingPtr reading);
  void count(ReadingPtr reading);
  void finish(ReadingPtr reading, bool complete);
  void fail(ReadingPtr reading, const xmpp::StanzaError& error);
  void done(ReadingPtr reading);

  DeviceQueues& queues_;
};

} // namespace rookery::modules::mam

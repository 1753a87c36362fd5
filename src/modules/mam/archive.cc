#include "modules/mam/archive.h"

#include <algorithm>
#include <utility>

#include "modules/mam/page.h"
#include "server/account.h"
#include "server/homes.h"

namespace rookery::modules::mam {
namespace {

using server::IqRequest;
using server::Session;
using xmpp::StanzaCondition;

/// Entries read at once where it is not known how many of them belong to the result.
constexpr std::uint32_t kReadAtOnce = 100;
/// Messages asked for by id are looked up so many at a time, which bounds the memory it takes.
constexpr std::size_t kIdsAtOnce = 32;

bool is_history(const storage::Entry& entry) { return (entry.flags & server::kEntryHistory) != 0; }

/// That all of `ids` are there, as history.
bool all_found(const storage::LogPage& page, std::span<const EntryId> ids) {
  return page.entries.size() == ids.size() && std::ranges::all_of(page.entries, is_history);
}

storage::LogQuery end_of_history(Owner log, bool newest) {
  return {.log = log, .flags_all = server::kEntryHistory, .newest_first = newest, .limit = 1};
}

} // namespace

/// A query on its way to its answer. Stays where it is in memory: the page refers to the query.
struct Archive::Reading {
  Reading(IqRequest r, ArchiveQuery q, const Session& session)
      : request(std::move(r)), query(std::move(q)), account(*request.account()),
        serial(session.serial()), page(query, account->jid().str()) {}

  [[nodiscard]] server::Homes& homes() const { return account->homes(); }
  [[nodiscard]] Owner log() const { return account->owner(); }
  [[nodiscard]] std::string_view own_bare() const { return account->jid().str(); }

  IqRequest request;
  ArchiveQuery query;
  server::AccountPin account; // beyond the answer
  std::uint64_t serial;       // of the device that asks
  Page page;
  storage::LogQuery rest; // of the log, to be read still
  std::size_t ids_read = 0;
  bool ids_left_out = false; // the page is full
  std::uint64_t counted = 0;
};

// --- one at a time ---

void Archive::ask(Session& session, IqRequest request, ArchiveQuery query) {
  if (queues_.full(session))
    return request.error(DeviceQueues::too_many());
  queues_.add(session, [this, reading = std::make_unique<Reading>(
                                  std::move(request), std::move(query), session)]() mutable {
    start(std::move(reading));
  });
}

void Archive::done(ReadingPtr reading) { queues_.done(*reading->account, reading->serial); }

void Archive::fail(ReadingPtr reading, const xmpp::StanzaError& error) {
  reading->request.error(error);
  done(std::move(reading));
}

// --- reading ---

// §4.1.3, §4.3.2: what the request refers to must be there.
void Archive::start(ReadingPtr reading) {
  std::vector<EntryId>& anchors = reading->query.anchors;
  std::ranges::sort(anchors);
  const auto twice = std::ranges::unique(anchors);
  anchors.erase(twice.begin(), twice.end());
  if (anchors.empty())
    return read_first(std::move(reading));
  server::Homes& homes = reading->homes();
  const Owner log = reading->log();
  std::vector<EntryId> ids = anchors;
  homes.read_ids(log, std::move(ids), [this, reading = std::move(reading)](Entries found) mutable {
    if (!found)
      return fail(std::move(reading), StanzaCondition::kInternalServerError);
    if (!all_found(*found, reading->query.anchors))
      return fail(std::move(reading), StanzaCondition::kItemNotFound);
    read_first(std::move(reading));
  });
}

void Archive::read_first(ReadingPtr reading) {
  const ArchiveQuery& query = reading->query;
  if (query.ids)
    return read_ids(std::move(reading));
  if (query.empty())
    return finish(std::move(reading), true);
  reading->rest = {.log = reading->log(),
                   .after = query.after,
                   .before = query.before,
                   .tag = tag_of(query, reading->own_bare()),
                   .flags_all = server::kEntryHistory,
                   .newest_first = query.newest_first,
                   .bytes_max = kPageBytesMax};
  if (query.count_only)
    return count(std::move(reading));
  read_page(std::move(reading));
}

// One more entry than the page takes is read: only that tells whether the page is the last one,
// where entries of the range need not belong to the result.
void Archive::read_page(ReadingPtr reading) {
  server::Homes& homes = reading->homes();
  reading->rest.limit =
      reading->query.with && reading->query.with->is_full() ? kReadAtOnce : reading->page.wanted();
  const storage::LogQuery rest = reading->rest;
  homes.read(rest, [this, reading = std::move(reading)](Entries found) mutable {
    if (!found)
      return fail(std::move(reading), StanzaCondition::kInternalServerError);
    for (storage::Entry& entry : found->entries) {
      (reading->rest.newest_first ? reading->rest.before : reading->rest.after) = entry.id;
      if (!reading->page.offer(std::move(entry)))
        return finish(std::move(reading), false);
    }
    if (found->complete)
      return finish(std::move(reading), true);
    read_page(std::move(reading));
  });
}

// All of them are looked up, also those that find no room in the page: one that is not there fails
// the query.
void Archive::read_ids(ReadingPtr reading) {
  const std::vector<EntryId>& ids = *reading->query.ids;
  const std::size_t count = std::min(kIdsAtOnce, ids.size() - reading->ids_read);
  if (count == 0)
    return finish(std::move(reading), !reading->ids_left_out);
  // From the end the page is at.
  const bool backwards = reading->query.newest_first;
  const std::size_t from = backwards ? ids.size() - reading->ids_read - count : reading->ids_read;
  std::vector<EntryId> wanted(ids.begin() + static_cast<std::ptrdiff_t>(from),
                              ids.begin() + static_cast<std::ptrdiff_t>(from + count));
  if (backwards)
    std::ranges::reverse(wanted);
  reading->ids_read += count;
  server::Homes& homes = reading->homes();
  const Owner log = reading->log();
  homes.read_ids(log, wanted, [this, wanted, reading = std::move(reading)](Entries found) mutable {
    if (!found)
      return fail(std::move(reading), StanzaCondition::kInternalServerError);
    if (!all_found(*found, wanted))
      return fail(std::move(reading), StanzaCondition::kItemNotFound);
    for (storage::Entry& entry : found->entries) {
      if (reading->query.count_only)
        reading->counted += belongs(reading->query, reading->own_bare(), entry) ? 1U : 0U;
      else if (!reading->ids_left_out && !reading->page.offer(std::move(entry)))
        reading->ids_left_out = true;
    }
    read_ids(std::move(reading));
  });
}

void Archive::count(ReadingPtr reading) {
  server::Homes& homes = reading->homes();
  reading->rest.limit = kReadAtOnce;
  const storage::LogQuery rest = reading->rest;
  homes.read(rest, [this, reading = std::move(reading)](Entries found) mutable {
    if (!found)
      return fail(std::move(reading), StanzaCondition::kInternalServerError);
    for (const storage::Entry& entry : found->entries) {
      (reading->rest.newest_first ? reading->rest.before : reading->rest.after) = entry.id;
      reading->counted += belongs(reading->query, reading->own_bare(), entry) ? 1U : 0U;
    }
    if (found->complete || reading->counted > kCountMax)
      return finish(std::move(reading), found->complete);
    count(std::move(reading));
  });
}

// --- answering ---

void Archive::finish(ReadingPtr reading, bool complete) {
  const ArchiveQuery& query = reading->query;
  const std::vector<storage::Entry> page = reading->page.take();
  Session* const session = reading->account->find_session(reading->serial);
  if (session == nullptr)
    return;
  PageSummary summary = summarise(query, page, complete);
  if (query.count_only) {
    // The whole was counted, none of it was given.
    summary = {.complete = complete && reading->counted == 0,
               .count = complete ? std::optional(reading->counted) : std::nullopt};
  }
  std::string xml;
  for (std::size_t i = 0; i < page.size(); ++i) {
    const storage::Entry& entry = page[query.flipped ? page.size() - 1 - i : i];
    xml.clear();
    write_result(xml, entry, query.queryid, reading->own_bare(), session->jid().str());
    session->send(xml);
  }
  reading->request.result([&](xml::Writer& writer) { write_fin(writer, summary); });
  done(std::move(reading));
}

void Archive::metadata(server::Homes& homes, Owner log, ThenMetadata then) {
  homes.read(
      end_of_history(log, false), [&homes, log, then = std::move(then)](Entries oldest) mutable {
        if (!oldest)
          return then(std::unexpected(oldest.error()));
        homes.read(end_of_history(log, true),
                   [oldest = std::move(*oldest), then = std::move(then)](Entries newest) mutable {
                     if (!newest)
                       return then(std::unexpected(newest.error()));
                     const auto first = [](const storage::LogPage& page) {
                       return page.entries.empty() ? nullptr : &page.entries.front();
                     };
                     std::string xml;
                     xml::Writer writer(xml);
                     write_metadata(writer, first(oldest), first(*newest));
                     then(std::move(xml));
                   });
      });
}

} // namespace rookery::modules::mam

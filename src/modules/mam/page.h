// One page of an archive: which entries get into it, and how it is written (XEP-0313 §4.2, §4.3).
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modules/mam/archive_query.h"
#include "storage/store.h"
#include "xml/writer.h"

namespace rookery::modules::mam {

/// Bytes of messages in one page; reached: the page is shorter than asked for. At least one message
/// is given. Keeps a page far below what a device may leave unread or unacknowledged.
inline constexpr std::size_t kPageBytesMax = 256 * 1024;

class Page {
public:
  Page(const ArchiveQuery& query, std::string_view own_bare) : query_(query), own_bare_(own_bare) {}

  /// An entry of the log, in the direction of the query. False: it belongs to the result and does
  /// not fit any more, so the page is not the rest of the result.
  [[nodiscard]] bool offer(storage::Entry entry);
  /// How many more entries are worth reading to know what there is to know.
  [[nodiscard]] std::uint32_t wanted() const {
    return query_.max - static_cast<std::uint32_t>(entries_.size()) + 1;
  }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// Oldest first. Nothing is left inside.
  [[nodiscard]] std::vector<storage::Entry> take();

private:
  const ArchiveQuery& query_;
  std::string_view own_bare_;
  std::vector<storage::Entry> entries_;
  std::size_t bytes_ = 0;
};

/// Whether an entry of the log belongs to the result: in the range, part of the history, with the
/// right addresses.
[[nodiscard]] bool belongs(const ArchiveQuery& query, std::string_view own_bare,
                           const storage::Entry& entry);

/// `<result><forwarded>…` with the entry's message.
void write_result_element(xml::Writer& writer, const storage::Entry& entry,
                          std::string_view queryid);
/// `<message><result><forwarded>…` to the device `to`, canonical form, appended to `out`.
void write_result(std::string& out, const storage::Entry& entry, std::string_view queryid,
                  std::string_view own_bare, std::string_view to);

struct PageSummary {
  EntryId first = kBeforeAll;              // oldest; kBeforeAll where the page is empty
  EntryId last = kBeforeAll;               // newest
  bool complete = false;                   // nothing further in the direction of the query
  std::optional<std::uint64_t> index = {}; // of the first
  std::optional<std::uint64_t> count = {}; // of the whole result, where it is known anyway
};
/// What is known of the page whose entries, oldest first, are these.
[[nodiscard]] PageSummary summarise(const ArchiveQuery& query,
                                    const std::vector<storage::Entry>& page, bool complete);
void write_fin(xml::Writer& writer, const PageSummary& summary);
/// The `<set/>` of a page with these ends (kBeforeAll: it is empty).
void write_page_set(xml::Writer& writer, EntryId first, EntryId last,
                    std::optional<std::uint64_t> index, std::optional<std::uint64_t> count);

/// `<metadata/>` (§5) of an archive whose oldest and newest entries are these; null: it is empty.
void write_metadata(xml::Writer& writer, const storage::Entry* oldest,
                    const storage::Entry* newest);

} // namespace rookery::modules::mam

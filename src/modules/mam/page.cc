#include "modules/mam/page.h"

#include <algorithm>
#include <utility>

#include "server/packet.h"
#include "xmpp/datetime.h"
#include "xmpp/delay.h"
#include "xmpp/namespaces.h"
#include "xmpp/result_set.h"

namespace rookery::modules::mam {

bool belongs(const ArchiveQuery& query, std::string_view own_bare, const storage::Entry& entry) {
  if ((entry.flags & server::kEntryHistory) == 0 || entry.id <= query.after ||
      entry.id >= query.before)
    return false;
  if (!query.with)
    return true;
  // The log is looked up by a hash of the contact's address, which others may share.
  const server::PacketPtr packet = server::make_packet(entry.body);
  return packet && matches(query, own_bare, packet->from, packet->to);
}

bool Page::offer(storage::Entry entry) {
  if (!belongs(query_, own_bare_, entry))
    return true;
  const bool fits = entries_.empty() || bytes_ + entry.body.size() <= kPageBytesMax;
  if (entries_.size() >= query_.max || !fits)
    return false;
  bytes_ += entry.body.size();
  entries_.push_back(std::move(entry));
  return true;
}

std::vector<storage::Entry> Page::take() {
  std::vector<storage::Entry> entries = std::exchange(entries_, {});
  if (query_.newest_first)
    std::ranges::reverse(entries);
  return entries;
}

void write_result_element(xml::Writer& writer, const storage::Entry& entry,
                          std::string_view queryid) {
  std::string forwarded;
  xmpp::append_forwarded(forwarded, entry.body, xmpp::Delay{.stamp = time_of(entry.id)});
  writer.open("result", xmpp::kNsMam2)
      .attribute_if("queryid", queryid)
      .attribute("id", entry.id.value)
      .raw(forwarded)
      .close();
}

void write_result(std::string& out, const storage::Entry& entry, std::string_view queryid,
                  std::string_view own_bare, std::string_view to) {
  xml::Writer writer(out);
  writer.open("message").attribute("from", own_bare).attribute("to", to);
  write_result_element(writer, entry, queryid);
  writer.close_all();
}

PageSummary summarise(const ArchiveQuery& query, const std::vector<storage::Entry>& page,
                      bool complete) {
  PageSummary summary{.complete = complete};
  if (!page.empty()) {
    summary.first = page.front().id;
    summary.last = page.back().id;
  }
  if (query.placed)
    return summary;
  if (complete)
    summary.count = page.size();
  if (!page.empty() && (complete || !query.newest_first))
    summary.index = 0;
  return summary;
}

void write_page_set(xml::Writer& writer, EntryId first, EntryId last,
                    std::optional<std::uint64_t> index, std::optional<std::uint64_t> count) {
  const std::string first_id = format_id(first), last_id = format_id(last);
  xmpp::ResultSetPage set{.first_index = index, .count = count};
  if (first != kBeforeAll) {
    set.first = first_id;
    set.last = last_id;
  }
  xmpp::write_result_set(writer, set);
}

void write_fin(xml::Writer& writer, const PageSummary& summary) {
  writer.open("fin", xmpp::kNsMam2);
  if (summary.complete)
    writer.attribute("complete", "true");
  write_page_set(writer, summary.first, summary.last, summary.index, summary.count);
  writer.close();
}

void write_metadata(xml::Writer& writer, const storage::Entry* oldest,
                    const storage::Entry* newest) {
  const auto write_end = [&writer](std::string_view name, const storage::Entry& entry) {
    writer.open(name)
        .attribute("id", entry.id.value)
        .attribute("timestamp", xmpp::format_time(time_of(entry.id)))
        .close();
  };
  writer.open("metadata", xmpp::kNsMam2);
  if (oldest != nullptr && newest != nullptr) {
    write_end("start", *oldest);
    write_end("end", *newest);
  }
  writer.close();
}

} // namespace rookery::modules::mam

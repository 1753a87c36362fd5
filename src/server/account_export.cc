#include "server/account_export.h"

#include <algorithm>

#include "server/aliases.h"
#include "server/homes.h"
#include "server/record_text.h"
#include "xmpp/delay.h"
#include "xmpp/portable_reader.h"

namespace rookery::server {
namespace {

/// A page is closed when it has this many bytes; one step may take it beyond.
constexpr std::size_t kPageBytes = 256 * 1024;
constexpr std::uint32_t kRecordsAtOnce = 200;
constexpr std::uint32_t kEntriesAtOnce = 100;
constexpr std::size_t kEntriesBytes = 256 * 1024;

WallTime time_of(EntryId id) { return WallTime(Microseconds(static_cast<std::int64_t>(id.value))); }

// Stanzas are written anew, not copied as the bytes some client sent: so one document comes of one
// account, however often it moves.

void write_archived(std::string& out, const storage::Entry& entry) {
  xml::Document document;
  if (!document.parse_trusted(entry.body, xmpp::kNsClient))
    return;
  std::string delay;
  xmpp::append_delay(delay, {.stamp = time_of(entry.id), .from = {}, .reason = {}});
  xml::Writer writer(out, xmpp::kNsPortableArchive);
  writer.open("result", xmpp::kNsMam2).attribute("id", entry.id.value);
  writer.open("forwarded", xmpp::kNsForward).raw(delay).element(document.root());
  writer.close_all();
  out += '\n';
}

void write_offline(std::string& out, const storage::Entry& entry, const xmpp::BareJid& jid) {
  const PacketPtr packet = make_packet(entry.body);
  if (!packet)
    return;
  std::string extra;
  if ((entry.flags & kEntryHistory) != 0)
    append_stanza_id(extra, entry.id, jid.str());
  xmpp::append_delay(extra, {.stamp = time_of(entry.id), .from = jid.domain(), .reason = {}});
  std::string stanza;
  write_packet(stanza, *packet, extra);
  xml::Document document;
  if (!document.parse_trusted(stanza, xmpp::kNsClient))
    return;
  xml::Writer(out, xmpp::kNsPortable).element(document.root());
  out += '\n';
}

struct Mailbox {
  EntryId delivered = kBeforeAll;
  std::vector<EntryId> undelivered; // up to `delivered`, by id
};

Mailbox read_mailbox(std::string_view record) {
  Mailbox mailbox;
  for (const auto& [name, value] : read_lines(record)) {
    const EntryId id(parse_number(value).value_or(0));
    if (name == "delivered")
      mailbox.delivered = id;
    if (name == "undelivered")
      mailbox.undelivered.push_back(id);
  }
  // Newer ones come with all that is newer.
  std::erase_if(mailbox.undelivered, [&](EntryId id) { return id > mailbox.delivered; });
  std::ranges::sort(mailbox.undelivered);
  return mailbox;
}

} // namespace

/// "OWNER PART AFTER": what is exported next, and where in it. AFTER is the key or the id of the
/// last thing written; `begun` is kept as a mark before it.
struct AccountExport::Place {
  Owner owner;
  std::size_t part = 0;
  bool begun = false;
  std::string after;

  void next_part() { *this = {.owner = owner, .part = part + 1, .begun = false, .after = {}}; }
  [[nodiscard]] EntryId after_id() const { return EntryId(parse_number(after).value_or(0)); }
  void passed(EntryId id) { after = std::to_string(id.value); }

  [[nodiscard]] std::string text() const {
    return std::to_string(owner.value) + ' ' + std::to_string(part) + (begun ? " +" : " -") + after;
  }
  static std::optional<Place> parse(std::string_view text) {
    const std::size_t first = text.find(' '), second = text.find(' ', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos ||
        second + 1 >= text.size())
      return std::nullopt;
    const auto owner = parse_number(text.substr(0, first));
    const auto part = parse_number(text.substr(first + 1, second - first - 1));
    if (!owner || !part)
      return std::nullopt;
    return Place{.owner = Owner(*owner),
                 .part = static_cast<std::size_t>(*part),
                 .begun = text[second + 1] == '+',
                 .after = std::string(text.substr(second + 2))};
  }
};

AccountExport::AccountExport(storage::Store& store, std::span<const ModuleInfo* const> modules)
    : store_(store), modules_(modules.begin(), modules.end()), parts_(all_portables(modules)) {}

Result<AccountExport::Page> AccountExport::page(const xmpp::BareJid& jid, std::string_view cursor) {
  const auto text = store_.get(kNodeOwner, kAccountRecords, jid.str());
  if (!text)
    return std::unexpected(text.error());
  const auto record = *text ? AccountRecord::parse(**text) : std::nullopt;
  if (!record)
    return fail("there is no such account", std::string(jid.str()), "see 'rookery user list'");
  auto place = cursor.empty()
                   ? Place{.owner = record->owner, .part = 0, .begun = false, .after = {}}
                   : Place::parse(cursor);
  if (!place || place->owner != record->owner)
    return fail("the account has been deleted meanwhile", std::string(jid.str()),
                "what was written of it so far is not whole");
  Page page;
  const std::size_t last = parts_.size() + 1; // the archive and the offline messages follow them
  while (place->part <= last && page.xml.size() < kPageBytes)
    if (Status done = step(jid, *record, *place, page); !done)
      return std::unexpected(done.error());
  if (place->part > last)
    page.xml += "</user>\n</host>\n</server-data>\n";
  else
    page.next = place->text();
  return page;
}

Status AccountExport::step(const xmpp::BareJid& jid, const AccountRecord& record, Place& place,
                           Page& page) {
  if (place.part == 0 && !place.begun && place.after.empty())
    if (Status begun = begin(jid, record, page); !begun)
      return begun;
  if (place.part < parts_.size())
    return part(*parts_[place.part], place, page.xml);
  return place.part == parts_.size() ? archive(place, page.xml) : offline(jid, place, page.xml);
}

Status AccountExport::begin(const xmpp::BareJid& jid, const AccountRecord& record, Page& page) {
  const auto aliases = store_.scan({.owner = record.owner, .keyspace = kAliasRecords});
  if (!aliases)
    return std::unexpected(aliases.error());
  page.xml = "<?xml version='1.0' encoding='UTF-8'?>\n<server-data xmlns='";
  page.xml.append(xmpp::kNsPortable).append("'>\n<host jid='");
  xml::append_escaped(page.xml, jid.domain());
  page.xml += "'>\n<user name='";
  xml::append_escaped(page.xml, jid.local());
  page.xml += "'>\n";
  xml::Writer writer(page.xml, xmpp::kNsPortable);
  write_account_state(writer, record, aliases->records);
  page.xml += '\n';
  return find_left_out(record.owner, page);
}

Status AccountExport::find_left_out(Owner owner, Page& page) {
  for (const ModuleInfo* module : modules_) {
    for (const storage::Keyspace& keyspace : unsaid_keyspaces(*module)) {
      const auto found = store_.scan({.owner = owner, .keyspace = keyspace, .limit = 1});
      if (!found)
        return std::unexpected(found.error());
      if (!found->records.empty())
        page.left_out.push_back("'" + std::string(keyspace.name) + "' of the module " +
                                std::string(module->name));
    }
  }
  return {};
}

Status AccountExport::part(const Portable& part, Place& place, std::string& out) {
  const auto page = store_.scan({.owner = place.owner,
                                 .keyspace = part.keyspace,
                                 .after = place.after,
                                 .limit = kRecordsAtOnce});
  if (!page)
    return std::unexpected(page.error());
  const bool all = part.shape == Portable::Shape::kAll;
  std::string written;
  for (const storage::Record& record : page->records) {
    const std::size_t before = written.size();
    xml::Writer writer(written, all ? part.ns : xmpp::kNsPortable);
    part.write(record, writer);
    if (written.size() != before)
      written += '\n';
    place.after = record.key;
  }
  if (all && !written.empty() && !std::exchange(place.begun, true))
    out.append("<").append(part.element).append(" xmlns='").append(part.ns).append("'>\n");
  out += written;
  if (!page->complete)
    return {};
  if (all && place.begun)
    out.append("</").append(part.element).append(">\n");
  place.next_part();
  return {};
}

Status AccountExport::archive(Place& place, std::string& out) {
  const auto page = store_.read({.log = place.owner,
                                 .after = place.after_id(),
                                 .flags_all = kEntryHistory,
                                 .limit = kEntriesAtOnce,
                                 .bytes_max = kEntriesBytes});
  if (!page)
    return std::unexpected(page.error());
  if (!page->entries.empty() && !std::exchange(place.begun, true))
    out.append("<archive xmlns='").append(xmpp::kNsPortableArchive).append("'>\n");
  for (const storage::Entry& entry : page->entries) {
    write_archived(out, entry);
    place.passed(entry.id);
  }
  if (!page->complete)
    return {};
  if (place.begun)
    out += "</archive>\n";
  place.next_part();
  return {};
}

// What has reached no device: single entries first, all of them older than those that follow.
Status AccountExport::offline(const xmpp::BareJid& jid, Place& place, std::string& out) {
  const auto record = store_.get(place.owner, kMailboxRecords, "");
  if (!record)
    return std::unexpected(record.error());
  const Mailbox mailbox = read_mailbox(record->value_or(""));
  const EntryId after = place.after_id();
  std::vector<EntryId> single(std::ranges::upper_bound(mailbox.undelivered, after),
                              mailbox.undelivered.end());
  single.resize(std::min<std::size_t>(single.size(), kEntriesAtOnce));
  const auto page = single.empty() ? store_.read({.log = place.owner,
                                                  .after = std::max(after, mailbox.delivered),
                                                  .flags_all = kEntryReceived,
                                                  .limit = kEntriesAtOnce,
                                                  .bytes_max = kEntriesBytes})
                                   : store_.read_ids(place.owner, single);
  if (!page)
    return std::unexpected(page.error());
  if (!page->entries.empty() && !std::exchange(place.begun, true))
    out += "<offline-messages>\n";
  for (const storage::Entry& entry : page->entries) {
    write_offline(out, entry, jid);
    place.passed(entry.id);
  }
  if (!single.empty()) {
    place.passed(single.back());
    return {};
  }
  if (!page->complete)
    return {};
  if (place.begun)
    out += "</offline-messages>\n";
  place.next_part();
  return {};
}

} // namespace rookery::server

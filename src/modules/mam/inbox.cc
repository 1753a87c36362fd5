#include "modules/mam/inbox.h"

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "modules/mam/page.h"
#include "server/account.h"
#include "server/homes.h"

namespace rookery::modules::mam {
namespace {

using server::IqRequest;
using server::Session;
using xmpp::StanzaCondition;

/// Tags listed at once: others' reads come between.
constexpr std::uint32_t kTagsAtOnce = 1'000;
/// Entries of a conversation read at first: mostly what was read last is among them. Then so many
/// times as many.
constexpr std::uint32_t kFirstEntries = 4;
constexpr std::uint32_t kMoreEntries = 4;

} // namespace

/// A query on its way to its answer.
struct Inbox::Reading {
  Reading(IqRequest r, const InboxQuery& q, const Session& session)
      : request(std::move(r)), query(q), account(*request.account()), serial(session.serial()) {}

  [[nodiscard]] server::Homes& homes() const { return account->homes(); }
  [[nodiscard]] Owner log() const { return account->owner(); }
  [[nodiscard]] std::string_view own_bare() const { return account->jid().str(); }
  [[nodiscard]] bool full() const { return query.max > 0 && page.size() >= query.max; }
  /// The conversation that has been read. False: it does not fit, and is not part of the page.
  bool take();

  IqRequest request;
  InboxQuery query;
  server::AccountPin account;                 // beyond the answer
  std::uint64_t serial;                       // of the device that asks
  std::vector<storage::NewestOfTag> all;      // the inbox, in its order once it is whole
  std::span<const storage::NewestOfTag> rest; // of it, to be read still
  std::optional<std::uint64_t> tag_listed;    // the last one
  std::vector<Conversation> page;             // in the direction of the query
  std::size_t page_bytes = 0;                 // of messages
  std::optional<Conversation> current;        // the one being read,
  storage::LogQuery entries;                  // and what is left of it
  std::uint64_t counted = 0;                  // conversations that were read
  InboxSummary::Unread unread;                // of them
};

bool Inbox::Reading::take() {
  const std::uint32_t count = current->unread();
  const storage::Entry* const message = query.messages ? current->message() : nullptr;
  const bool wanted = query.max > 0 && !current->jid().empty() && (!query.unread_only || count > 0);
  const std::size_t bytes = message == nullptr ? 0 : message->body.size();
  if (wanted && !page.empty() && page_bytes + bytes > kPageBytesMax)
    return false;
  ++counted;
  unread.conversations += count > 0 ? 1 : 0;
  unread.messages += count;
  if (!wanted)
    return true;
  page_bytes += bytes;
  if (message == nullptr)
    current->drop_message();
  page.push_back(std::move(*current));
  return true;
}

void Inbox::ask(Session& session, IqRequest request, InboxQuery query) {
  if (queues_.full(session))
    return request.error(DeviceQueues::too_many());
  queues_.add(session, [this, reading = std::make_unique<Reading>(std::move(request), query,
                                                                  session)]() mutable {
    list(std::move(reading));
  });
}

void Inbox::fail(ReadingPtr reading, const xmpp::StanzaError& error) {
  reading->request.error(error);
  queues_.done(*reading->account, reading->serial);
}

void Inbox::list(ReadingPtr reading) {
  server::Homes& homes = reading->homes();
  const storage::TagQuery query{.log = reading->log(),
                                .flags_all = server::kEntryHistory,
                                .below = reading->tag_listed,
                                .limit = kTagsAtOnce};
  homes.tags(query, [this, reading = std::move(reading)](Result<storage::TagPage> found) mutable {
    if (!found)
      return fail(std::move(reading), StanzaCondition::kInternalServerError);
    auto& all = reading->all;
    all.insert(all.end(), found->tags.begin(), found->tags.end());
    if (all.size() > kConversationsMax)
      return fail(std::move(reading),
                  {StanzaCondition::kResourceConstraint,
                   "The archive has more conversations than are listed; ask it page by page."});
    if (found->complete)
      return place(std::move(reading));
    reading->tag_listed = all.back().tag;
    list(std::move(reading));
  });
}

void Inbox::place(ReadingPtr reading) {
  std::ranges::sort(reading->all, std::greater(), &storage::NewestOfTag::newest);
  if (reading->query.max > 0)
    reading->rest = part_of(reading->all, reading->query);
  else if (reading->all.size() <= kCountedMax)
    reading->rest = reading->all;
  next(std::move(reading));
}

void Inbox::next(ReadingPtr reading) {
  auto& rest = reading->rest;
  if (rest.empty() || reading->full())
    return finish(std::move(reading));
  const bool backwards = reading->query.from_the_oldest;
  const storage::NewestOfTag conversation = backwards ? rest.back() : rest.front();
  rest = backwards ? rest.first(rest.size() - 1) : rest.subspan(1);
  reading->current.emplace(reading->own_bare());
  // What has come since the list was made would have a place of its own in it.
  reading->entries = {.log = reading->log(),
                      .before = EntryId(conversation.newest.value + 1),
                      .tag = conversation.tag,
                      .flags_all = server::kEntryHistory,
                      .newest_first = true,
                      .limit = kFirstEntries,
                      .bytes_max = kPageBytesMax};
  read_entries(std::move(reading));
}

void Inbox::read_entries(ReadingPtr reading) {
  server::Homes& homes = reading->homes();
  const storage::LogQuery query = reading->entries;
  homes.read(query, [this, reading = std::move(reading)](Result<storage::LogPage> found) mutable {
    if (!found)
      return fail(std::move(reading), StanzaCondition::kInternalServerError);
    Conversation& conversation = *reading->current;
    for (storage::Entry& entry : found->entries) {
      reading->entries.before = entry.id;
      conversation.add(std::move(entry));
    }
    if (!found->complete && !conversation.settled()) {
      reading->entries.limit =
          std::min(reading->entries.limit * kMoreEntries, kLookedAtMax - conversation.looked_at());
      return read_entries(std::move(reading));
    }
    if (!reading->take())
      return finish(std::move(reading));
    next(std::move(reading));
  });
}

void Inbox::finish(ReadingPtr reading) {
  Session* const session = reading->account->find_session(reading->serial);
  if (session == nullptr)
    return;
  const InboxQuery& query = reading->query;
  std::vector<Conversation>& page = reading->page;
  if (query.from_the_oldest)
    std::ranges::reverse(page);
  InboxSummary summary{.total = reading->all.size()};
  if (reading->counted == reading->all.size())
    summary.unread = reading->unread;
  if (!query.unread_only)
    summary.count = reading->all.size();
  else if (summary.unread)
    summary.count = summary.unread->conversations;
  if (!page.empty()) {
    summary.first = page.front().newest();
    summary.last = page.back().newest();
    if (!query.unread_only)
      summary.index = static_cast<std::uint64_t>(
          std::ranges::lower_bound(reading->all, summary.first, std::greater(),
                                   &storage::NewestOfTag::newest) -
          reading->all.begin());
  }
  std::string xml;
  for (const Conversation& conversation : page) {
    xml.clear();
    write_conversation(xml, conversation, reading->request.id(), reading->own_bare(),
                       session->jid().str());
    session->send(xml);
  }
  reading->request.result([&](xml::Writer& writer) { write_inbox_fin(writer, summary); });
  queues_.done(*reading->account, reading->serial);
}

} // namespace rookery::modules::mam

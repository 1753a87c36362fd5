#include "modules/mam/inbox_query.h"

#include <algorithm>
#include <functional>

#include "modules/mam/page.h"
#include "xmpp/namespaces.h"
#include "xmpp/result_set.h"

namespace rookery::modules::mam {
namespace {

using xmpp::StanzaCondition;
using xmpp::StanzaError;

/// Of an attribute (XML Schema's boolean).
std::expected<bool, StanzaError> read_boolean(const xml::Element& element, std::string_view name,
                                              bool standard) {
  const auto text = element.attribute(name);
  if (!text)
    return standard;
  if (*text == "true" || *text == "1")
    return true;
  if (*text == "false" || *text == "0")
    return false;
  return std::unexpected(
      StanzaError(StanzaCondition::kBadRequest, "An attribute is neither true nor false."));
}

std::expected<EntryId, StanzaError> read_place(const std::optional<std::string>& id,
                                               EntryId standard) {
  if (!id || id->empty())
    return standard; // `<before/>` is the last page; an empty `<after/>` is taken for the first one
  const auto entry = parse_id(*id);
  if (!entry)
    return std::unexpected(StanzaError(StanzaCondition::kItemNotFound));
  return *entry;
}

} // namespace

std::expected<InboxQuery, StanzaError> read_inbox_query(const xml::Element& inbox,
                                                        const PageLimits& limits) {
  InboxQuery query;
  const auto unread_only = read_boolean(inbox, "unread-only", query.unread_only);
  if (!unread_only)
    return std::unexpected(unread_only.error());
  const auto messages = read_boolean(inbox, "messages", query.messages);
  if (!messages)
    return std::unexpected(messages.error());
  const auto page = xmpp::read_result_set(inbox.child("set", xmpp::kNsRsm));
  if (!page)
    return std::unexpected(page.error());
  if (page->index)
    return std::unexpected(StanzaError(StanzaCondition::kFeatureNotImplemented,
                                       "Pages by index are not offered, ask by id."));
  const auto older = read_place(page->after, kAfterAll);
  if (!older)
    return std::unexpected(older.error());
  const auto newer = read_place(page->before, kBeforeAll);
  if (!newer)
    return std::unexpected(newer.error());
  query.unread_only = *unread_only;
  query.messages = *messages;
  query.older = *older;
  query.newer = *newer;
  query.from_the_oldest = page->backwards();
  query.max = std::min(page->max.value_or(limits.max), limits.max);
  return query;
}

std::span<const storage::NewestOfTag> part_of(std::span<const storage::NewestOfTag> conversations,
                                              const InboxQuery& query) {
  using Newest = storage::NewestOfTag;
  const auto newer =
      std::ranges::lower_bound(conversations, query.newer, std::greater(), &Newest::newest);
  const auto older =
      std::ranges::upper_bound(conversations, query.older, std::greater(), &Newest::newest);
  return older < newer ? std::span(older, newer) : std::span<const Newest>();
}

void write_conversation(std::string& out, const Conversation& conversation,
                        std::string_view queryid, std::string_view own_bare, std::string_view to) {
  xml::Writer writer(out);
  writer.open("message").attribute("from", own_bare).attribute("to", to);
  writer.open("entry", xmpp::kNsInbox)
      .attribute("unread", conversation.unread())
      .attribute("jid", conversation.jid())
      .attribute("id", conversation.newest().value)
      .close();
  if (const storage::Entry* const message = conversation.message())
    write_result_element(writer, *message, queryid);
  writer.close_all();
}

void write_inbox_fin(xml::Writer& writer, const InboxSummary& summary) {
  writer.open("fin", xmpp::kNsInbox).attribute("total", summary.total);
  if (summary.unread)
    writer.attribute("unread", summary.unread->conversations)
        .attribute("all-unread", summary.unread->messages);
  write_page_set(writer, summary.first, summary.last, summary.index, summary.count);
  writer.close();
}

} // namespace rookery::modules::mam

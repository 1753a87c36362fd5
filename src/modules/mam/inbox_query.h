// What a device asks of its inbox (XEP-0430 §3.1), and how it is answered. Pure functions.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "modules/mam/archive_query.h"
#include "modules/mam/conversation.h"
#include "storage/store.h"
#include "xml/document.h"
#include "xml/writer.h"
#include "xmpp/stanza_error.h"

namespace rookery::modules::mam {

/// Conversations are in the order of their newest entries, the newest first. The id of one is that
/// of its newest entry, which is also its place in the order: a page can be placed at an id that
/// none has any more, because something came meanwhile.
struct InboxQuery {
  bool unread_only = false;
  bool messages = true;         // with the latest one of each
  EntryId older = kAfterAll;    // than this is what is asked for (XEP-0059 `after`)
  EntryId newer = kBeforeAll;   // `before`
  bool from_the_oldest = false; // the page is at the end of the order
  std::uint32_t max = 0;        // conversations in the page; 0: only the counts (XEP-0059 §2.7)
};

/// The `<inbox/>` of a get. Errors: bad-request for values that are none, item-not-found for ids no
/// archive of ours has ever had, feature-not-implemented for pages by index.
[[nodiscard]] std::expected<InboxQuery, xmpp::StanzaError>
read_inbox_query(const xml::Element& inbox, const PageLimits& limits);

/// Of conversations in their order, the part that the query's place leaves.
[[nodiscard]] std::span<const storage::NewestOfTag>
part_of(std::span<const storage::NewestOfTag> conversations, const InboxQuery& query);

/// `<message><entry/>[<result/>]</message>` to the device `to`, canonical form, appended to `out`.
/// `queryid`: of the request.
void write_conversation(std::string& out, const Conversation& conversation,
                        std::string_view queryid, std::string_view own_bare, std::string_view to);

struct InboxSummary {
  EntryId first = kBeforeAll; // of the page; kBeforeAll where it is empty
  EntryId last = kBeforeAll;
  std::optional<std::uint64_t> index = {}; // of the first in the whole result
  std::optional<std::uint64_t> count = {}; // of the whole result
  std::uint64_t total = 0;                 // conversations of the inbox
  /// What is known where all of it was looked at: conversations with unread messages, and those.
  struct Unread {
    std::uint64_t conversations = 0, messages = 0;
  };
  std::optional<Unread> unread = {};
};
void write_inbox_fin(xml::Writer& writer, const InboxSummary& summary);

} // namespace rookery::modules::mam

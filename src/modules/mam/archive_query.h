// What a device asks of its archive (XEP-0313 §4), checked and made into bounds. Pure functions.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "xml/document.h"
#include "xml/writer.h"
#include "xmpp/jid.h"
#include "xmpp/stanza_error.h"

namespace rookery::modules::mam {

struct PageLimits {
  std::uint32_t standard = 50; // where the request names no size
  std::uint32_t max = 250;     // of what it may name
};

struct ArchiveQuery {
  std::string queryid;           // "": none was given
  std::optional<xmpp::Jid> with; // only messages exchanged with this address
  EntryId after = kBeforeAll;    // both exclusive: what start, end, before-id, after-id and the
  EntryId before = kAfterAll;    // page's place (XEP-0059) come to together
  std::vector<EntryId> anchors;  // must be in the archive, else item-not-found
  std::optional<std::vector<EntryId>> ids; // only these, ascending, each once; must be in it too
  std::uint32_t max = 0;                   // of messages in the page
  bool newest_first = false; // the page is at the end of the range, not at its beginning
  bool flipped = false;      // the page is sent newest first (§4.3.4)
  bool count_only = false;   // XEP-0059 §2.7
  bool placed = false;       // the page is relative to another one, so no count is known

  /// No entry can be in the range.
  [[nodiscard]] bool empty() const {
    return before.value <= after.value || before.value - after.value == 1;
  }
};

/// The `<query/>` of a set. Errors: bad-request and jid-malformed for values that are none,
/// item-not-found for ids no archive of ours has ever had, feature-not-implemented for fields not
/// known (§4.1.6), nodes, and pages by index.
[[nodiscard]] std::expected<ArchiveQuery, xmpp::StanzaError> read_query(const xml::Element& query,
                                                                        const PageLimits& limits);

/// The form that says what read_query() takes (§4.1.6).
void write_query_form(xml::Writer& writer);

/// Whether a message with these addresses is one the query asks for, in the archive of `own_bare`
/// (§4.1.1).
[[nodiscard]] bool matches(const ArchiveQuery& query, std::string_view own_bare,
                           const xmpp::Jid& from, const xmpp::Jid& to);
/// The tag all matching entries have, where they have one. Others may have it too.
[[nodiscard]] std::optional<std::uint64_t> tag_of(const ArchiveQuery& query,
                                                  std::string_view own_bare);

/// An id as the archive writes it: decimal, as in `<stanza-id/>`. nullopt for any other text.
[[nodiscard]] std::optional<EntryId> parse_id(std::string_view text);
[[nodiscard]] std::string format_id(EntryId id);
[[nodiscard]] WallTime time_of(EntryId id);

} // namespace rookery::modules::mam

// Result set management (XEP-0059): asking for a page and describing the one given.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "xml/document.h"
#include "xml/writer.h"
#include "xmpp/stanza_error.h"

namespace rookery::xmpp {

/// Longest item id accepted in `after` and `before`, in bytes; longer ones are refused
/// (item-not-found): no id of ours is that long.
inline constexpr std::size_t kRsmIdBytesMax = 1024;

struct ResultSetQuery {
  std::optional<std::uint32_t> max = {}; // 0: only the count is wanted (§2.7). Not bounded here:
                                         // the caller has its own page limit
  std::optional<std::string> after = {}; // page after this item (§2.2)
  std::optional<std::string> before =
      {}; // page before this item (§2.3); "" is the last page (§2.5)
  std::optional<std::uint32_t> index = {}; // page by position (§2.6)

  [[nodiscard]] bool backwards() const { return before.has_value(); }
};

/// `set`: the `<set/>` element, or no element: an empty query. Refuses with bad-request what is no
/// number where one must be ("-1", "", "1e9"); a number too great for 32 bits is the greatest one.
[[nodiscard]] std::expected<ResultSetQuery, StanzaError> read_result_set(const xml::Element& set);

/// The page that was given.
struct ResultSetPage {
  std::string_view first = {}; // ids of its first and last item; both "" where the page is empty
  std::string_view last = {};
  std::optional<std::uint64_t> first_index = {}; // position of the first item in the whole
  std::optional<std::uint64_t> count = {};       // size of the whole
};
/// `<set xmlns='http://jabber.org/protocol/rsm'>…</set>`
void write_result_set(xml::Writer& writer, const ResultSetPage& page);

} // namespace rookery::xmpp

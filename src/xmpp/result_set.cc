#include "xmpp/result_set.h"

#include <charconv>
#include <limits>

#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

template <class T> using Read = std::expected<std::optional<T>, StanzaError>;

Read<std::uint32_t> read_number(const xml::Element& set, std::string_view name) {
  const xml::Element child = set.child(name, kNsRsm);
  if (!child)
    return std::nullopt;
  const std::string text = child.text();
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // from_chars consumes all digits before it finds the number too great.
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return std::unexpected(
        StanzaError(StanzaCondition::kBadRequest, "<" + std::string(name) + "/> is no number."));
  return error == std::errc::result_out_of_range ? std::numeric_limits<std::uint32_t>::max()
                                                 : value;
}

Read<std::string> read_id(const xml::Element& set, std::string_view name) {
  const xml::Element child = set.child(name, kNsRsm);
  if (!child)
    return std::nullopt;
  std::string id = child.text();
  if (id.size() > kRsmIdBytesMax)
    return std::unexpected(StanzaError(StanzaCondition::kItemNotFound));
  return id;
}

} // namespace

std::expected<ResultSetQuery, StanzaError> read_result_set(const xml::Element& set) {
  auto max = read_number(set, "max");
  if (!max)
    return std::unexpected(std::move(max.error()));
  auto index = read_number(set, "index");
  if (!index)
    return std::unexpected(std::move(index.error()));
  auto after = read_id(set, "after");
  if (!after)
    return std::unexpected(std::move(after.error()));
  auto before = read_id(set, "before");
  if (!before)
    return std::unexpected(std::move(before.error()));
  return ResultSetQuery{
      .max = *max, .after = std::move(*after), .before = std::move(*before), .index = *index};
}

void write_result_set(xml::Writer& writer, const ResultSetPage& page) {
  writer.open("set", kNsRsm);
  if (!page.first.empty()) {
    writer.open("first");
    if (page.first_index)
      writer.attribute("index", *page.first_index);
    writer.text(page.first).close();
    writer.leaf("last", page.last);
  }
  if (page.count)
    writer.leaf("count", std::to_string(*page.count));
  writer.close();
}

} // namespace rookery::xmpp

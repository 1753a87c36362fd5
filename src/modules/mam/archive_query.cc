#include "modules/mam/archive_query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "xmpp/data_form.h"
#include "xmpp/namespaces.h"
#include "xmpp/result_set.h"

namespace rookery::modules::mam {
namespace {

using xmpp::DataForm;
using xmpp::FieldType;
using xmpp::StanzaCondition;
using xmpp::StanzaError;
using Outcome = std::expected<void, StanzaError>;

constexpr std::array<std::string_view, 8> kFields{
    "FORM_TYPE", "with", "start", "end", "before-id", "after-id", "ids", "include-groupchat"};

void narrow_after(ArchiveQuery& query, EntryId after) {
  query.after = std::max(query.after, after);
}
void narrow_before(ArchiveQuery& query, EntryId before) {
  query.before = std::min(query.before, before);
}

std::expected<EntryId, StanzaError> read_id(std::string_view text) {
  const auto id = parse_id(text);
  if (!id)
    return std::unexpected(StanzaError(StanzaCondition::kItemNotFound));
  return *id;
}

// §4.1.2: both ends belong to the range. Ids are microseconds since 1970; what lies before that
// year is before all entries.
Outcome read_times(ArchiveQuery& query, const DataForm& form) {
  const auto start = form.time("start");
  if (!start)
    return std::unexpected(start.error());
  const auto end = form.time("end");
  if (!end)
    return std::unexpected(end.error());
  if (*start) {
    const std::int64_t micros = (*start)->time_since_epoch().count();
    if (micros > 0)
      narrow_after(query, EntryId(static_cast<std::uint64_t>(micros) - 1));
  }
  if (*end) {
    const std::int64_t micros = (*end)->time_since_epoch().count();
    narrow_before(query, EntryId(micros < 0 ? 0 : static_cast<std::uint64_t>(micros) + 1));
  }
  return {};
}

Outcome read_ids(ArchiveQuery& query, const DataForm& form) {
  for (const std::string_view var : {"before-id", "after-id"}) {
    const auto text = form.text(var);
    if (!text)
      return std::unexpected(text.error());
    if (!*text)
      continue;
    const auto id = read_id(**text);
    if (!id)
      return std::unexpected(id.error());
    query.anchors.push_back(*id);
    if (var == "before-id")
      narrow_before(query, *id);
    else
      narrow_after(query, *id);
  }
  const auto texts = form.texts("ids");
  if (texts.empty())
    return {};
  query.ids.emplace();
  for (const std::string_view text : texts) {
    const auto id = read_id(text);
    if (!id)
      return std::unexpected(id.error());
    query.ids->push_back(*id);
  }
  std::ranges::sort(*query.ids);
  const auto twice = std::ranges::unique(*query.ids);
  query.ids->erase(twice.begin(), twice.end());
  return {};
}

Outcome read_form(ArchiveQuery& query, const xml::Element& x) {
  const auto form = DataForm::read(x);
  if (!form)
    return std::unexpected(form.error());
  if (form->type() != xmpp::FormType::kSubmit || form->form_type() != xmpp::kNsMam2)
    return std::unexpected(
        StanzaError(StanzaCondition::kBadRequest, "The form is not one that filters an archive."));
  for (const xmpp::FormField& field : form->fields())
    if (!field.var.empty() && std::ranges::find(kFields, field.var) == kFields.end())
      return std::unexpected(StanzaError(StanzaCondition::kFeatureNotImplemented,
                                         "The form has a field that is not known here."));
  auto with = form->jid("with");
  if (!with)
    return std::unexpected(with.error());
  query.with = std::move(*with);
  // Messages of rooms are not part of an account's archive, so there is nothing to leave out.
  if (const auto groupchat = form->boolean("include-groupchat"); !groupchat)
    return std::unexpected(groupchat.error());
  if (auto times = read_times(query, *form); !times)
    return times;
  return read_ids(query, *form);
}

Outcome read_page(ArchiveQuery& query, const xml::Element& set, const PageLimits& limits) {
  const auto page = xmpp::read_result_set(set);
  if (!page)
    return std::unexpected(page.error());
  if (page->index)
    return std::unexpected(StanzaError(StanzaCondition::kFeatureNotImplemented,
                                       "Pages by index are not offered, ask by id."));
  query.count_only = page->max == 0U;
  query.max = std::min(page->max.value_or(limits.standard), limits.max);
  query.newest_first = page->backwards();
  for (const auto* anchor : {&page->before, &page->after}) {
    if (!*anchor || (*anchor)->empty())
      continue; // `<before/>` is the last page; an empty `<after/>` is taken for the first one
    const auto id = read_id(**anchor);
    if (!id)
      return std::unexpected(id.error());
    query.anchors.push_back(*id);
    query.placed = true;
    if (anchor == &page->before)
      narrow_before(query, *id);
    else
      narrow_after(query, *id);
  }
  return {};
}

} // namespace

std::expected<ArchiveQuery, StanzaError> read_query(const xml::Element& element,
                                                    const PageLimits& limits) {
  ArchiveQuery query;
  query.queryid = element.attribute_or_empty("queryid");
  query.flipped = bool(element.child("flip-page", xmpp::kNsMam2));
  if (element.attribute("node"))
    return std::unexpected(
        StanzaError(StanzaCondition::kFeatureNotImplemented, "This archive has no nodes."));
  if (const xml::Element x = element.child("x", xmpp::kNsDataForms))
    if (const auto read = read_form(query, x); !read)
      return std::unexpected(read.error());
  if (const auto read = read_page(query, element.child("set", xmpp::kNsRsm), limits); !read)
    return std::unexpected(read.error());
  return query;
}

void write_query_form(xml::Writer& writer) {
  DataForm form(xmpp::FormType::kForm, xmpp::kNsMam2);
  const auto add = [&form](std::string var, FieldType type) {
    form.add(xmpp::FormField{.var = std::move(var), .type = type});
  };
  add("with", FieldType::kJidSingle);
  add("start", FieldType::kTextSingle);
  add("end", FieldType::kTextSingle);
  add("before-id", FieldType::kTextSingle);
  add("after-id", FieldType::kTextSingle);
  form.add(xmpp::FormField{.var = "ids", .type = FieldType::kListMulti, .open = true});
  add("include-groupchat", FieldType::kBoolean);
  form.write(writer);
}

bool matches(const ArchiveQuery& query, std::string_view own_bare, const xmpp::Jid& from,
             const xmpp::Jid& to) {
  if (!query.with)
    return true;
  const xmpp::Jid& with = *query.with;
  if (with.is_full())
    return from == with || to == with;
  // Every message has the account itself on one side: asked for it, only notes to oneself count.
  if (with.str() == own_bare)
    return from.bare_str() == own_bare && to.bare_str() == own_bare;
  return from.bare_str() == with.str() || to.bare_str() == with.str();
}

std::optional<std::uint64_t> tag_of(const ArchiveQuery& query, std::string_view own_bare) {
  // One of the account's own devices may have written to anybody.
  if (!query.with || (query.with->is_full() && query.with->bare_str() == own_bare))
    return std::nullopt;
  return xmpp::tag_of(query.with->bare_str());
}

std::optional<EntryId> parse_id(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end || text.front() == '0')
    return std::nullopt;
  return EntryId(value);
}

std::string format_id(EntryId id) { return std::to_string(id.value); }

WallTime time_of(EntryId id) { return WallTime(Microseconds(static_cast<std::int64_t>(id.value))); }

} // namespace rookery::modules::mam

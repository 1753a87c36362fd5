// Passing a stanza on: its start tag is rebuilt from the bytes received, what is inside is copied
// where it can be.
#include <algorithm>

#include "base/assert.h"
#include "xml/writer.h"
#include "xmpp/stanza.h"

namespace rookery::xmpp {
namespace {

constexpr std::string_view kXmlnsClient = " xmlns='jabber:client'";

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool ends_name(char c) { return is_space(c) || c == '=' || c == '/' || c == '>'; }

/// Walks the attributes of a start tag that is known to be well-formed.
class StartTag {
public:
  struct Attribute {
    std::string_view name; // as written, with its prefix
    std::string_view raw;  // name, '=', quotes and all
  };

  explicit StartTag(std::string_view element) : rest_(element) {
    ROOKERY_ASSERT(rest_.starts_with('<'));
    rest_.remove_prefix(1);
    name_ = take_name();
  }

  [[nodiscard]] std::string_view name() const { return name_; }

  /// The next attribute, until there is none.
  bool next(Attribute& attribute) {
    while (!rest_.empty() && is_space(rest_.front()))
      rest_.remove_prefix(1);
    ROOKERY_ASSERT(!rest_.empty());
    if (rest_.front() == '>' || rest_.front() == '/')
      return false;
    const std::string_view from_here = rest_;
    attribute.name = take_name();
    while (!rest_.empty() && rest_.front() != '\'' && rest_.front() != '"')
      rest_.remove_prefix(1);
    const std::size_t end = rest_.empty() ? rest_.npos : rest_.find(rest_.front(), 1);
    ROOKERY_ASSERT(end != rest_.npos);
    rest_.remove_prefix(end + 1);
    attribute.raw = from_here.substr(0, from_here.size() - rest_.size());
    return true;
  }

private:
  std::string_view take_name() {
    const auto end = std::ranges::find_if(rest_, ends_name);
    const std::string_view name(rest_.begin(), end);
    rest_.remove_prefix(name.size());
    return name;
  }

  std::string_view name_;
  std::string_view rest_;
};

bool declares(StartTag tag, std::string_view prefix) {
  for (StartTag::Attribute attribute; tag.next(attribute);)
    if (attribute.name.starts_with("xmlns:") && attribute.name.substr(6) == prefix)
      return true;
  return false;
}

bool is_kept(const StartTag& tag, std::string_view name) {
  if (name == "xmlns")
    return false; // jabber:client, or of no account for what is written anew
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos)
    return true;
  const std::string_view prefix = name.substr(0, colon);
  return prefix == "xml" || prefix == "xmlns" || declares(tag, prefix);
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty())
    return;
  out.append(1, ' ').append(name).append("='");
  xml::append_escaped(out, value);
  out += '\'';
}

/// Up to, and without, the '>' or "/>".
void append_start_tag(std::string& out, const xml::Element& element, const StanzaRewrite& rewrite) {
  out.append(1, '<').append(element.name());
  if (rewrite.with_xmlns)
    out += kXmlnsClient;
  if (rewrite.from)
    append_attribute(out, "from", *rewrite.from);
  if (rewrite.to)
    append_attribute(out, "to", *rewrite.to);
  const StartTag tag(element.raw());
  StartTag walk = tag;
  for (StartTag::Attribute attribute; walk.next(attribute);) {
    if (rewrite.from && attribute.name == "from")
      continue;
    if (rewrite.to && attribute.name == "to")
      continue;
    if (is_kept(tag, attribute.name))
      out.append(1, ' ').append(attribute.raw);
  }
}

/// Whether the bytes inside mean the same wherever the default namespace is jabber:client.
bool can_copy_inside(const xml::Element& element) {
  const xml::Document& document = element.document();
  const bool is_root = document.root().raw().data() == element.raw().data();
  return is_root && !document.depends_on_stream() && element.ns() == kNsClient &&
         StartTag(element.raw()).name() == element.name();
}

void copy_inside(std::string& out, const xml::Element& element, const StanzaRewrite& rewrite) {
  std::string_view rest = element.raw_inner();
  if (rewrite.drop != nullptr) {
    for (const xml::Element child : element.children()) {
      if (!rewrite.drop(child, rewrite.drop_context))
        continue;
      const auto before = static_cast<std::size_t>(child.raw().data() - rest.data());
      out += rest.substr(0, before);
      rest.remove_prefix(before + child.raw().size());
    }
  }
  out += rest;
}

void rewrite_inside(std::string& out, const xml::Element& element, const StanzaRewrite& rewrite) {
  xml::Writer writer(out, kNsClient);
  for (const xml::Element child : element.children())
    if (rewrite.drop == nullptr || !rewrite.drop(child, rewrite.drop_context))
      writer.element(child);
}

} // namespace

void write_stanza(std::string& out, const xml::Element& element, const StanzaRewrite& rewrite) {
  append_start_tag(out, element, rewrite);
  out += '>';
  const std::size_t inside = out.size();
  if (can_copy_inside(element))
    copy_inside(out, element, rewrite);
  else
    rewrite_inside(out, element, rewrite);
  out += rewrite.append;
  if (out.size() == inside) {
    out.back() = '/';
    out += '>';
  } else {
    out.append("</").append(element.name()).append(1, '>');
  }
}

void append_with_xmlns(std::string& out, std::string_view stanza) {
  const std::size_t name_end = stanza.find_first_of(" \t\r\n/>");
  ROOKERY_ASSERT(stanza.starts_with('<') && name_end != std::string_view::npos);
  out.append(stanza.substr(0, name_end)).append(kXmlnsClient).append(stanza.substr(name_end));
}

} // namespace rookery::xmpp

#include "xml/writer.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"
#include "xml/chars.h"
#include "xml/names.h"
#include "xml/scan.h"

namespace rookery::xml {
namespace {

// "" where `c` may stand as it is, or must be left out.
std::string_view escape_in_text(char c) {
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '\r':
    return "&#13;"; // would read as a line feed
  default:
    return {};
  }
}

std::string_view escape_anywhere(char c) {
  switch (c) {
  case '"':
    return "&quot;";
  case '\'':
    return "&apos;";
  case '\t':
    return "&#9;"; // would read as a blank in an attribute
  case '\n':
    return "&#10;";
  default:
    return escape_in_text(c);
  }
}

// To behind the one character, or the run beyond ASCII, at `p` that may stand as it is; `p` itself
// where none may.
template <class Escape> const char* skip_kept(const char* p, const char* end, Escape escape) {
  if (static_cast<unsigned char>(*p) < 0x80)
    return escape(*p).empty() && is_char(static_cast<unsigned char>(*p)) ? p + 1 : p;
  if (const char* const common = skip_common_utf8(p, end); common != p)
    return common;
  std::uint32_t c = 0;
  const int length = decode_utf8(p, end, c);
  return length > 0 ? p + length : p;
}

template <class Skip, class Escape>
void append(std::string& out, std::string_view text, Skip skip, Escape escape) {
  const char* p = text.data();
  const char* const end = p + text.size();
  const char* pending = p; // not yet appended from here on
  while ((p = skip(p, end)) != end) {
    const char* const kept = skip_kept(p, end, escape);
    if (kept != p) {
      p = kept;
      continue;
    }
    out.append(pending, p).append(escape(*p));
    pending = ++p;
  }
  out.append(pending, end);
}

// One growth for all, where append() would check each time.
template <class... Parts> void append_parts(std::string& out, const Parts&... parts) {
  const std::size_t before = out.size();
  const std::size_t after = before + (std::string_view(parts).size() + ...);
  // The size handed to the lambda is not asked: libstdc++ 12 may say the capacity instead.
  out.resize_and_overwrite(after, [&](char* to, std::size_t) {
    to += before;
    ((to = std::ranges::copy(std::string_view(parts), to).out), ...);
    return after;
  });
}

} // namespace

void append_escaped(std::string& out, std::string_view text) {
  append(out, text, skip_plain_value, escape_anywhere);
}

void append_escaped_text(std::string& out, std::string_view text) {
  append(out, text, skip_plain_text, escape_in_text);
}

Writer::Writer(std::string& out, std::string_view default_ns) : out_(out), outer_ns_(default_ns) {}

const Writer::Open& Writer::innermost() const {
  ROOKERY_ASSERT(depth_ != 0);
  return depth_ <= kInlineDepth ? inline_[depth_ - 1] : deeper_.back();
}

bool Writer::in_force(std::string_view ns) const {
  if (depth_ == 0 || innermost().ns == kOuterNs)
    return ns == outer_ns_;
  const Open& open = innermost();
  if (open.ns == kUnknownNs)
    return false;
  return ns == std::string_view(out_).substr(open.ns, open.ns_length);
}

void Writer::end_start_tag() {
  if (in_start_tag_)
    out_.push_back('>');
  in_start_tag_ = false;
}

Writer& Writer::open(std::string_view name) {
  push("", name);
  return *this;
}

Writer::Open& Writer::push(std::string_view prefix, std::string_view name) {
  Open next{0, static_cast<std::uint32_t>(prefix.size() + name.size()), kOuterNs, 0};
  if (depth_ != 0) {
    next.ns = innermost().ns;
    next.ns_length = innermost().ns_length;
  }
  append_parts(out_, in_start_tag_ ? "><" : "<", prefix, name);
  next.name = static_cast<std::uint32_t>(out_.size()) - next.name_length;
  in_start_tag_ = true;
  if (depth_++ >= kInlineDepth)
    return deeper_.emplace_back(next);
  return inline_[depth_ - 1] = next;
}

Writer& Writer::open(std::string_view name, std::string_view ns) {
  const bool inherited = in_force(ns);
  // The one that may not be declared as a default, and needs no declaration (Namespaces in XML §3):
  // a parser would end the stream of whoever is sent it.
  const bool reserved = !inherited && ns == kXmlNs;
  Open& opened = push(reserved ? "xml:" : "", name);
  if (inherited || reserved)
    return *this;
  out_.append(" xmlns='");
  const std::size_t begin = out_.size();
  append_escaped(out_, ns);
  const std::size_t length = out_.size() - begin;
  const bool as_it_reads = std::string_view(out_).substr(begin) == ns;
  opened.ns = as_it_reads ? static_cast<std::uint32_t>(begin) : kUnknownNs;
  opened.ns_length = static_cast<std::uint32_t>(length);
  out_.push_back('\'');
  return *this;
}

Writer& Writer::attribute(std::string_view name, std::string_view value) {
  ROOKERY_ASSERT(in_start_tag_);
  append_parts(out_, " ", name, "='");
  append_escaped(out_, value);
  out_.push_back('\'');
  return *this;
}

Writer& Writer::attribute(std::string_view name, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return attribute(name, std::string_view(digits, end));
}

Writer& Writer::attribute_if(std::string_view name, std::string_view value) {
  return value.empty() ? *this : attribute(name, value);
}

Writer& Writer::text(std::string_view text) {
  if (text.empty())
    return *this;
  end_start_tag();
  append_escaped_text(out_, text);
  return *this;
}

Writer& Writer::leaf(std::string_view name, std::string_view text) {
  return open(name).text(text).close();
}

Writer& Writer::raw(std::string_view xml) {
  if (xml.empty())
    return *this;
  end_start_tag();
  out_.append(xml);
  return *this;
}

Writer& Writer::close() {
  const Open last = innermost();
  if (in_start_tag_) {
    out_.append("/>");
    in_start_tag_ = false;
  } else {
    out_.append("</").append(out_, last.name, last.name_length).push_back('>');
  }
  if (depth_-- > kInlineDepth)
    deeper_.pop_back();
  return *this;
}

void Writer::close_all() {
  while (depth_ != 0)
    close();
}

// An attribute in a namespace gets a prefix of its own, declared beside it.
void Writer::copy_attributes(const Element& element) {
  for (std::size_t i = 0; i < element.attribute_count(); ++i) {
    const auto [name, ns, value] = element.attribute_at(i);
    std::string prefix;
    if (ns == kXmlNs) {
      prefix = "xml";
    } else if (!ns.empty()) {
      prefix = "a" + std::to_string(i);
      attribute("xmlns:" + prefix, ns);
    }
    if (prefix.empty())
      attribute(name, value);
    else
      attribute(prefix.append(":").append(name), value);
  }
}

// As deep a recursion as the element, which Caps::depth_max bounds.
Writer& Writer::element(const Element& element) {
  if (!element)
    return *this;
  open(element.name(), element.ns());
  copy_attributes(element);
  element.each_content([this](std::string_view piece) { text(piece); },
                       [this](const Element& child) { this->element(child); });
  return close();
}

} // namespace rookery::xml

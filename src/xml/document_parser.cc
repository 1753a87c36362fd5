#include "xml/document_parser.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "xml/chars.h"
#include "xml/names.h"
#include "xml/references.h"
#include "xml/scan.h"

namespace rookery::xml {
namespace {

constexpr std::string_view kCdataOpen = "<![CDATA[";
constexpr std::string_view kCdataClose = "]]>";
constexpr std::size_t kTextBytesMax = 1U << 30; // offsets have 32 bits, decoded text included
constexpr std::uint32_t kNotCopied = ~0U;

std::uint64_t head_of(std::string_view prefix) {
  std::uint64_t head = 0;
  std::memcpy(&head, prefix.data(), std::min(prefix.size(), sizeof head));
  return head;
}

bool starts_name(const char* p, const char* end) {
  if (p == end || *p == ':')
    return false;
  if (static_cast<unsigned char>(*p) < 0x80)
    return has_class(*p, kNameStart);
  std::uint32_t c = 0;
  return decode_utf8(p, end, c) > 0 && is_name_start(c);
}

} // namespace

Document::Parser::Parser(Document& document, std::string_view text, const RootNamespaces* stream,
                         std::string_view default_ns)
    : document_(document), stream_(stream), base_(text.data()), p_(text.data()),
      end_(text.data() + text.size()) {
  ROOKERY_ASSERT(text.empty() || text.data() >= document.buffer_.data() + document.buffer_.size() ||
                 text.data() + text.size() <= document.buffer_.data());
  document_.buffer_.assign(text);
  document_.nodes_.clear();
  document_.attributes_.clear();
  document_.bindings_.clear();
  document_.open_.clear();
  document_.depends_on_stream_ = false;
  document_.stream_uris_.assign(stream == nullptr ? 0 : stream->declared.size(), {0, kNotCopied});
  default_ns_ = copied(default_ns);
}

Document::Span Document::Parser::copied(std::string_view text) {
  const Span span{static_cast<std::uint32_t>(document_.buffer_.size()),
                  static_cast<std::uint32_t>(text.size())};
  document_.buffer_.append(text);
  return span;
}

bool Document::Parser::run() {
  if (rest().size() > kTextBytesMax || !rest().starts_with('<') || !start_tag())
    return false;
  auto& open = document_.open_;
  if (p_ == end_)
    return true; // an empty element, or a stream's root
  while (!open.empty()) {
    if (p_ == end_)
      return false;
    bool good = false;
    if (*p_ != '<' || rest().starts_with("<!"))
      good = text();
    else
      good = rest().starts_with("</") ? end_tag() : start_tag();
    if (!good)
      return false;
  }
  return p_ == end_;
}

Document::Node& Document::Parser::add_node() {
  auto& nodes = document_.nodes_;
  const auto index = static_cast<std::uint32_t>(nodes.size());
  if (!document_.open_.empty()) {
    Open& parent = document_.open_.back();
    nodes[parent.node].has_content = true;
    if (parent.last_child != 0)
      nodes[parent.last_child].next_sibling = index;
    parent.last_child = index;
  }
  return nodes.emplace_back();
}

void Document::Parser::skip_spaces() {
  while (p_ != end_ && is_space(*p_))
    ++p_;
}

// A QName (Namespaces in XML §4): one colon at most, and a name on each side of it.
bool Document::Parser::read_name(Name& name) {
  const char* p = p_;
  name = {p, nullptr, nullptr};
  while (p != end_ && has_class(*p, kNcNameByte))
    ++p;
  if (p == name.begin)
    return false;
  if (p != end_ && *p == ':') {
    name.colon = p++;
    while (p != end_ && has_class(*p, kNcNameByte))
      ++p;
    if (!starts_name(name.colon + 1, p) || (p != end_ && *p == ':'))
      return false;
  }
  name.end = p_ = p;
  return true;
}

bool Document::Parser::read_value(Span& value) {
  if (p_ == end_ || (*p_ != '"' && *p_ != '\''))
    return false;
  const char quote = *p_++;
  const char* const begin = p_;
  p_ = find_value_special(p_, end_, quote);
  if (p_ == end_)
    return false;
  if (*p_ == quote) {
    value = span(begin, p_++);
    return true;
  }
  p_ = std::find(p_, end_, quote);
  if (p_ == end_)
    return false;
  value.offset = static_cast<std::uint32_t>(document_.buffer_.size());
  if (!append_decoded_value(document_.buffer_, {begin, p_++}))
    return false;
  value.length = static_cast<std::uint32_t>(document_.buffer_.size()) - value.offset;
  return true;
}

// The constraints of Namespaces in XML §3 on reserved names, and of §5 on undeclaring.
bool Document::Parser::declare(std::string_view prefix, Span uri) {
  const std::string_view name = document_.view(uri);
  if (prefix == "xml")
    return name == kXmlNs;
  if (prefix == "xmlns" || name == kXmlNs || name == kXmlnsNs)
    return false;
  if (prefix.empty()) {
    default_ns_ = uri;
    default_from_stream_ = false;
    return true;
  }
  if (name.empty() || document_.bindings_.size() >= kDeclarationsMax)
    return false;
  document_.bindings_.push_back(
      {head_of(prefix), span(prefix.data(), prefix.data() + prefix.size()), uri});
  return true;
}

bool Document::Parser::resolve(std::string_view prefix, Span& uri) {
  const std::uint64_t head = head_of(prefix);
  const auto& bindings = document_.bindings_;
  for (auto at = bindings.rbegin(); at != bindings.rend(); ++at) {
    if (at->head != head || document_.view(at->prefix) != prefix)
      continue;
    uri = at->uri;
    return true;
  }
  if (prefix == "xml") {
    if (xml_ns_.length == 0)
      xml_ns_ = copied(kXmlNs);
    uri = xml_ns_;
    return true;
  }
  if (stream_ == nullptr)
    return false;
  for (std::size_t i = 0; i < stream_->declared.size(); ++i) {
    if (stream_->declared[i].prefix != prefix)
      continue;
    Span& copy = document_.stream_uris_[i];
    if (copy.length == kNotCopied)
      copy = copied(stream_->declared[i].uri);
    uri = copy;
    document_.depends_on_stream_ = true;
    return true;
  }
  return false;
}

bool Document::Parser::is_same(Span a, Span b) const {
  const char* const bytes = document_.buffer_.data();
  return a.length == b.length && same_bytes(bytes + a.offset, bytes + b.offset, a.length);
}

// The attributes of a tag to its end. Leaves the prefix of a prefixed one where its namespace
// belongs.
bool Document::Parser::attributes(std::uint32_t& prefixed, bool& empty) {
  for (;;) {
    skip_spaces();
    if (p_ == end_)
      return false;
    empty = *p_ == '/';
    if (empty)
      ++p_;
    if (p_ != end_ && *p_ == '>') {
      ++p_;
      return true;
    }
    Name name;
    Span value;
    if (empty || !read_name(name))
      return false;
    skip_spaces();
    if (p_ == end_ || *p_++ != '=')
      return false;
    skip_spaces();
    if (!read_value(value))
      return false;

    const std::string_view local(name.local(), name.end);
    const bool is_default = name.colon == nullptr && local == "xmlns";
    if (is_default || (name.colon != nullptr && name.prefix() == "xmlns")) {
      if (!is_default && local.empty())
        return false;
      if (!declare(is_default ? std::string_view() : local, value))
        return false;
      continue;
    }
    Span prefix;
    if (name.colon != nullptr) {
      prefix = span(name.begin, name.colon);
      ++prefixed;
    }
    document_.attributes_.push_back({span(name.local(), name.end), prefix, value});
  }
}

bool Document::Parser::resolve_attributes(std::uint32_t first) {
  auto& all = document_.attributes_;
  for (std::size_t i = first; i < all.size(); ++i) {
    if (all[i].ns.length == 0)
      continue;
    if (!resolve(document_.view(all[i].ns), all[i].ns))
      return false;
    for (std::size_t other = first; other < i; ++other) {
      if (is_same(all[other].name, all[i].name) && is_same(all[other].ns, all[i].ns))
        return false;
    }
  }
  return true;
}

bool Document::Parser::element_ns(const Name& name, Span& uri) {
  if (name.colon != nullptr)
    return resolve(name.prefix(), uri);
  uri = default_ns_;
  if (!default_from_stream_)
    return true;
  if (document_.open_.empty())
    stanza_in_stream_ns_ = true;
  else if (!stanza_in_stream_ns_)
    document_.depends_on_stream_ = true;
  return true;
}

bool Document::Parser::start_tag() {
  const auto first_attribute = static_cast<std::uint32_t>(document_.attributes_.size());
  const auto index = static_cast<std::uint32_t>(document_.nodes_.size());
  Node& node = add_node();
  node.begin = offset(p_++);
  Open open{.node = index,
            .last_child = 0,
            .name_length = 0,
            .bindings = static_cast<std::uint32_t>(document_.bindings_.size()),
            .default_ns = default_ns_,
            .default_from_stream = default_from_stream_};
  Name name;
  std::uint32_t prefixed = 0;
  bool empty = false;
  if (!read_name(name) || !attributes(prefixed, empty) || !element_ns(name, node.ns))
    return false;
  if (prefixed != 0 && !resolve_attributes(first_attribute))
    return false;

  open.name_length = static_cast<std::uint32_t>(name.end - name.begin);
  node.name = span(name.local(), name.end);
  node.end = node.inner_begin = node.inner_end = offset(p_);
  node.first_attribute = first_attribute;
  node.attribute_count = static_cast<std::uint32_t>(document_.attributes_.size()) - first_attribute;
  if (empty)
    restore(open);
  else
    document_.open_.push_back(open);
  return true;
}

// What was in force outside of an element is again.
void Document::Parser::restore(const Open& open) {
  document_.bindings_.resize(open.bindings);
  default_ns_ = open.default_ns;
  default_from_stream_ = open.default_from_stream;
}

bool Document::Parser::end_tag() {
  const Open& open = document_.open_.back();
  Node& node = document_.nodes_[open.node];
  node.inner_end = offset(p_);
  p_ += 2;
  const std::string_view name(base_ + node.begin + 1, open.name_length);
  if (!rest().starts_with(name))
    return false;
  p_ += name.size();
  skip_spaces();
  if (p_ == end_ || *p_ != '>')
    return false;
  node.end = offset(++p_);
  restore(open);
  document_.open_.pop_back();
  return true;
}

// Text, references and CDATA sections up to the next tag are one node.
bool Document::Parser::text() {
  Span whole;
  bool in_place = true; // `whole` is bytes of the text as received
  while (p_ != end_) {
    const bool is_cdata = rest().starts_with(kCdataOpen);
    if (!is_cdata && *p_ == '<')
      break;
    const Piece piece = is_cdata ? cdata() : plain_text();
    if (piece.kind == Piece::kBroken || !add_piece(whole, in_place, piece))
      return false;
  }
  if (rest().starts_with("<!"))
    return false;
  if (whole.length == 0)
    return true;
  Node& node = add_node();
  node.name = whole;
  node.is_text = true;
  return true;
}

Document::Parser::Piece Document::Parser::plain_text() {
  const char* const begin = p_;
  p_ = find_text_special(p_, end_);
  if (p_ == end_ || *p_ == '<')
    return {Piece::kAsWritten, {begin, p_}};
  p_ = std::find(p_, end_, '<');
  return {Piece::kEncoded, {begin, p_}};
}

Document::Parser::Piece Document::Parser::cdata() {
  p_ += kCdataOpen.size();
  const std::size_t length = rest().find(kCdataClose);
  if (length == std::string_view::npos)
    return {Piece::kBroken, {}};
  const std::string_view inner = rest().substr(0, length);
  p_ += length + kCdataClose.size();
  return {inner.contains('\r') ? Piece::kCdata : Piece::kAsWritten, inner};
}

bool Document::Parser::add_piece(Span& whole, bool& in_place, const Piece& piece) {
  if (piece.bytes.empty())
    return true;
  if (in_place && whole.length == 0 && piece.kind == Piece::kAsWritten) {
    whole = span(piece.bytes.data(), piece.bytes.data() + piece.bytes.size());
    return true;
  }
  if (in_place)
    whole = copied({base_ + whole.offset, whole.length});
  in_place = false;
  std::string& out = document_.buffer_;
  if (piece.kind == Piece::kAsWritten)
    out.append(piece.bytes);
  else if (piece.kind == Piece::kCdata)
    append_decoded_cdata(out, piece.bytes);
  else if (!append_decoded_text(out, piece.bytes))
    return false;
  whole.length = static_cast<std::uint32_t>(out.size()) - whole.offset;
  return true;
}

} // namespace rookery::xml

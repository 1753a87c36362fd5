#include "xml/document.h"

#include "xml/document_parser.h"
#include "xml/names.h"

namespace rookery::xml {
namespace {

constexpr std::size_t kKeptBytesMax = 64 * 1024;

} // namespace

Element Element::first_element_from(std::uint32_t index) const {
  while (index != 0 && document_->nodes_[index].is_text)
    index = document_->nodes_[index].next_sibling;
  return index == 0 ? Element() : Element(document_, index);
}

Element Element::first_child() const {
  if (document_ == nullptr || !document_->nodes_[index_].has_content)
    return {};
  return first_element_from(index_ + 1);
}

Element Element::next() const {
  if (document_ == nullptr)
    return {};
  return first_element_from(document_->nodes_[index_].next_sibling);
}

Element Element::child(std::string_view name, std::string_view ns) const {
  Element at = first_child();
  while (at && !at.is(name, ns))
    at = at.next();
  return at;
}

Element Element::child_ns(std::string_view ns) const {
  Element at = first_child();
  while (at && at.ns() != ns)
    at = at.next();
  return at;
}

std::size_t Element::attribute_count() const {
  return document_ == nullptr ? 0 : document_->nodes_[index_].attribute_count;
}

Element::Attribute Element::attribute_at(std::size_t i) const {
  const auto& found = document_->attributes_[document_->nodes_[index_].first_attribute + i];
  return {document_->view(found.name), document_->view(found.ns), document_->view(found.value)};
}

std::optional<std::string_view> Element::attribute(std::string_view name) const {
  for (std::size_t i = 0; i < attribute_count(); ++i) {
    const Attribute found = attribute_at(i);
    if (found.ns.empty() && found.name == name)
      return found.value;
  }
  return std::nullopt;
}

std::string_view Element::attribute_or_empty(std::string_view name) const {
  return attribute(name).value_or(std::string_view());
}

std::optional<std::string_view> Element::lang() const {
  for (std::size_t i = 0; i < attribute_count(); ++i) {
    const Attribute found = attribute_at(i);
    if (found.name == "lang" && found.ns == kXmlNs)
      return found.value;
  }
  return std::nullopt;
}

std::string Element::text() const {
  std::string out;
  each_content([&out](std::string_view piece) { out.append(piece); }, [](Element) {});
  return out;
}

std::optional<std::string_view> Element::text_view() const {
  std::string_view text;
  int pieces = 0;
  const auto take = [&](std::string_view piece) {
    text = piece;
    ++pieces;
  };
  each_content(take, [](Element) {});
  if (pieces > 1)
    return std::nullopt;
  return text;
}

std::string_view Element::raw() const {
  if (document_ == nullptr)
    return {};
  const Document::Node& node = document_->nodes_[index_];
  return document_->view({node.begin, node.end - node.begin});
}

std::string_view Element::raw_inner() const {
  if (document_ == nullptr)
    return {};
  const Document::Node& node = document_->nodes_[index_];
  return document_->view({node.inner_begin, node.inner_end - node.inner_begin});
}

Document::Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

bool Document::parse(std::string_view text, const RootNamespaces* root) {
  const bool good = Parser(*this, text, root, root == nullptr ? "" : root->default_ns).run();
  if (!good)
    clear();
  return good;
}

bool Document::parse_trusted(std::string_view text, std::string_view default_ns) {
  const bool good = Parser(*this, text, nullptr, default_ns).run();
  if (!good)
    clear();
  return good;
}

void Document::clear() {
  if (memory_bytes() > kKeptBytesMax) {
    *this = Document();
    std::string().swap(buffer_); // assigning a short string would keep the long one's memory
  }
  buffer_.clear();
  nodes_.clear();
  attributes_.clear();
  depends_on_stream_ = false;
}

std::size_t Document::memory_bytes() const {
  return sizeof(*this) + buffer_.capacity() + nodes_.capacity() * sizeof(Node) +
         attributes_.capacity() * sizeof(Attribute) + bindings_.capacity() * sizeof(Binding) +
         open_.capacity() * sizeof(Open) + stream_uris_.capacity() * sizeof(Span);
}

} // namespace rookery::xml

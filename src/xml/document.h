// A parsed element with its text: what routing and modules look at. Offsets, not pointers: it can
// be moved, pooled, and sent to another thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "xml/framer.h"

namespace rookery::xml {

class Document;
class ElementRange;

/// A cursor to one element of a Document: 16 bytes, copied freely, valid while the Document lives
/// and is not changed. A default-made one is "no element": every query on it answers nothing, so
/// that lookups can be chained.
class Element {
public:
  Element() = default;
  explicit operator bool() const { return document_ != nullptr; }

  [[nodiscard]] std::string_view name() const; // local name
  [[nodiscard]] std::string_view ns() const;   // namespace URI
  [[nodiscard]] bool is(std::string_view name, std::string_view ns) const;

  /// An attribute without namespace; entities resolved, white space normalised (XML §3.3.3).
  [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;
  /// The same, or "" where there is none.
  [[nodiscard]] std::string_view attribute_or_empty(std::string_view name) const;
  /// xml:lang of this very element, if any.
  [[nodiscard]] std::optional<std::string_view> lang() const;

  /// All its own character data (not its children's), entities resolved and CDATA unwrapped. No
  /// copy where it is one piece.
  [[nodiscard]] std::string text() const;
  /// The same without a copy, where it is one piece; nullopt where child elements split it.
  [[nodiscard]] std::optional<std::string_view> text_view() const;

  [[nodiscard]] Element first_child() const; // first child element
  [[nodiscard]] Element next() const;        // next sibling element
  [[nodiscard]] Element child(std::string_view name, std::string_view ns) const;
  /// First child in `ns`, whatever its name.
  [[nodiscard]] Element child_ns(std::string_view ns) const;
  [[nodiscard]] ElementRange children() const;

  /// The bytes as received, from '<' to the last '>': may rely on namespaces declared outside of
  /// it.
  [[nodiscard]] std::string_view raw() const;
  /// The bytes between start and end tag ("" for an empty element).
  [[nodiscard]] std::string_view raw_inner() const;

  struct Attribute {
    std::string_view name, ns, value; // ns: "" for nearly all
  };
  /// All attributes in their order, without the namespace declarations.
  [[nodiscard]] std::size_t attribute_count() const;
  [[nodiscard]] Attribute attribute_at(std::size_t i) const;
  /// Calls on_text(std::string_view) and on_element(Element) for what it contains, in order.
  template <class OnText, class OnElement>
  void each_content(OnText&& on_text, OnElement&& on_element) const;

  [[nodiscard]] const Document& document() const { return *document_; }

private:
  friend class Document;
  Element(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
  [[nodiscard]] Element first_element_from(std::uint32_t index) const;

  const Document* document_ = nullptr;
  std::uint32_t index_ = 0;
};

/// One stanza (or stream header) and its index. Owns its text. Used by one thread at a time.
/// parse() reuses what earlier uses allocated, so a pooled Document allocates nothing in the steady
/// state.
class Document {
public:
  Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  /// Namespace declarations in force at one place, the stream root's not counted; more are refused.
  static constexpr std::size_t kDeclarationsMax = 128;

  /// `text` must be one element that a Framer has passed with the same `root` (null: none), or the
  /// start tag of a stream's root; and no part of this very Document. What breaks only Namespaces
  /// in XML is found here: false then, and the document is empty. Whatever `text` holds, nothing
  /// beyond it is read.
  [[nodiscard]] bool parse(std::string_view text, const RootNamespaces* root);
  /// For text this program wrote itself (from the store, from another thread): default namespace
  /// `default_ns`.
  [[nodiscard]] bool parse_trusted(std::string_view text, std::string_view default_ns);

  [[nodiscard]] Element root() const { return nodes_.empty() ? Element() : Element(this, 0); }
  /// True where the element or a descendant uses a prefix, or a descendant a default namespace,
  /// declared on the stream's root, other than the stanza's own default namespace: its bytes cannot
  /// be copied to another stream, write it with Writer::element().
  [[nodiscard]] bool depends_on_stream() const { return depends_on_stream_; }
  /// Empties it, and gives memory back where a large stanza made it hold much.
  void clear();
  [[nodiscard]] std::size_t memory_bytes() const;

private:
  friend class Element;
  class Parser;

  struct Span {
    std::uint32_t offset = 0, length = 0; // in buffer_
  };
  struct Attribute {
    Span name, ns, value;
  };
  struct Node { // in document order: the first child, if any, is the next one
    Span name;  // of a text node: its text
    Span ns;
    std::uint32_t begin, end;             // of the whole element in the text
    std::uint32_t inner_begin, inner_end; // between its tags
    std::uint32_t first_attribute, attribute_count;
    std::uint32_t next_sibling; // 0: none
    bool is_text, has_content;
  };
  struct Binding {
    std::uint64_t head; // the first bytes of the prefix, so that most others differ at a glance
    Span prefix, uri;
  };
  struct Open;

  [[nodiscard]] std::string_view view(Span span) const {
    return {buffer_.data() + span.offset, span.length};
  }

  std::string buffer_; // the text, and behind it what reads otherwise than it is written
  std::vector<Node> nodes_;
  std::vector<Attribute> attributes_;
  std::vector<Binding> bindings_; // of the parser, kept for the next parse()
  std::vector<Open> open_;        // likewise
  std::vector<Span> stream_uris_; // likewise
  bool depends_on_stream_ = false;
};

class ElementRange {
public:
  class iterator {
  public:
    explicit iterator(Element at) : at_(at) {}
    Element operator*() const { return at_; }
    iterator& operator++() {
      at_ = at_.next();
      return *this;
    }
    bool operator!=(const iterator& other) const { return bool(at_) != bool(other.at_); }

  private:
    Element at_;
  };
  explicit ElementRange(Element first) : first_(first) {}
  [[nodiscard]] iterator begin() const { return iterator(first_); }
  [[nodiscard]] iterator end() const { return iterator(Element{}); }

private:
  Element first_;
};

inline std::string_view Element::name() const {
  return document_ == nullptr ? std::string_view()
                              : document_->view(document_->nodes_[index_].name);
}
inline std::string_view Element::ns() const {
  return document_ == nullptr ? std::string_view() : document_->view(document_->nodes_[index_].ns);
}
inline bool Element::is(std::string_view name, std::string_view ns) const {
  return document_ != nullptr && this->name() == name && this->ns() == ns;
}
inline ElementRange Element::children() const { return ElementRange(first_child()); }

template <class OnText, class OnElement>
void Element::each_content(OnText&& on_text, OnElement&& on_element) const {
  if (document_ == nullptr || !document_->nodes_[index_].has_content)
    return;
  for (std::uint32_t at = index_ + 1; at != 0; at = document_->nodes_[at].next_sibling) {
    const Document::Node& node = document_->nodes_[at];
    if (node.is_text)
      on_text(document_->view(node.name));
    else
      on_element(Element(document_, at));
  }
}

} // namespace rookery::xml

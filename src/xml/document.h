// A parsed element with its text: what routing and modules look at. Offsets, not pointers: it can be moved, pooled, and sent to another thread.
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

/// A cursor to one element of a Document: 16 bytes, copied freely, valid while the Document lives and is not changed.
/// A default-made one is "no element": every query on it answers nothing, so that lookups can be chained.
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

  /// All its own character data (not its children's), entities resolved and CDATA unwrapped. No copy where it is one piece.
  [[nodiscard]] std::string text() const;
  /// The same without a copy, where it is one piece; nullopt where child elements split it.
  [[nodiscard]] std::optional<std::string_view> text_view() const;

  [[nodiscard]] Element first_child() const; // first child element
  [[nodiscard]] Element next() const;        // next sibling element
  [[nodiscard]] Element child(std::string_view name, std::string_view ns) const;
  /// First child in `ns`, whatever its name.
  [[nodiscard]] Element child_ns(std::string_view ns) const;
  [[nodiscard]] ElementRange children() const;

  /// The bytes as received, from '<' to the last '>': may rely on namespaces declared outside of it.
  [[nodiscard]] std::string_view raw() const;
  /// The bytes between start and end tag ("" for an empty element).
  [[nodiscard]] std::string_view raw_inner() const;

  [[nodiscard]] const Document& document() const { return *document_; }

 private:
  friend class Document;
  friend class Writer;
  const Document* document_ = nullptr;
  std::uint32_t index_ = 0;
};

/// One stanza (or stream header) and its index. Owns its text. Used by one thread at a time.
/// parse() reuses what earlier uses allocated, so a pooled Document allocates nothing in the steady state.
class Document {
 public:
  /// `text` must be one element that a Framer has passed with the same `root` (null: none). What breaks only
  /// Namespaces in XML may be found here: false then, and the document is empty.
  [[nodiscard]] bool parse(std::string_view text, const RootNamespaces* root);
  /// For text this program wrote itself (from the store, from another thread): default namespace `default_ns`.
  [[nodiscard]] bool parse_trusted(std::string_view text, std::string_view default_ns);

  [[nodiscard]] Element root() const;
  /// True where a descendant uses a prefix or default namespace declared on the stream's root other than the
  /// stanza's own default namespace: its bytes cannot be copied to another stream, write it with Writer::element().
  [[nodiscard]] bool depends_on_stream() const;
  void clear();
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  friend class Element;
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

} // namespace rookery::xml

// Builds a Document's index in one pass over text that a Framer has passed. Internal to xml.
#pragma once

#include <string_view>

#include "xml/document.h"

namespace rookery::xml {

struct Document::Open {
  std::uint32_t node, last_child; // last_child: 0 for none
  std::uint32_t name_length;      // of the name as written
  // What was in force outside of it:
  std::uint32_t bindings;
  Span default_ns;
  bool default_from_stream;
};

class Document::Parser {
public:
  Parser(Document& document, std::string_view text, const RootNamespaces* stream,
         std::string_view default_ns);
  bool run();

private:
  struct Name {
    const char* begin;
    const char* colon; // null: none
    const char* end;
    [[nodiscard]] std::string_view prefix() const { return {begin, colon}; }
    [[nodiscard]] const char* local() const { return colon == nullptr ? begin : colon + 1; }
  };

  struct Piece { // of text
    enum Kind { kBroken, kAsWritten, kEncoded, kCdata } kind;
    std::string_view bytes;
  };

  inline bool start_tag();
  inline bool end_tag();
  inline bool text();
  inline bool attributes(std::uint32_t& prefixed, bool& empty);
  inline bool read_name(Name& name);
  inline bool read_value(Span& value);
  bool declare(std::string_view prefix, Span uri);
  bool resolve(std::string_view prefix, Span& uri);
  bool resolve_attributes(std::uint32_t first);
  [[nodiscard]] inline bool is_same(Span a, Span b) const;
  inline bool element_ns(const Name& name, Span& uri);
  inline Piece plain_text();
  Piece cdata();
  bool add_piece(Span& whole, bool& in_place, const Piece& piece);
  inline Node& add_node();
  inline void restore(const Open& open);

  inline void skip_spaces();
  [[nodiscard]] std::string_view rest() const { return {p_, end_}; }
  [[nodiscard]] std::uint32_t offset(const char* p) const {
    return static_cast<std::uint32_t>(p - base_);
  }
  [[nodiscard]] Span span(const char* begin, const char* end) const {
    return {offset(begin), static_cast<std::uint32_t>(end - begin)};
  }
  inline Span copied(std::string_view text);

  Document& document_;
  const RootNamespaces* const stream_;
  const char* const base_;
  const char* p_;
  const char* const end_;
  Span default_ns_;                 // in force
  bool default_from_stream_ = true; // it is the one outside the stanza
  bool stanza_in_stream_ns_ = false;
  Span xml_ns_; // empty until it is used
};

} // namespace rookery::xml

// Builds XML into a string it borrows. Every value goes through escaping; a name or a namespace is
// the program's own word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "xml/document.h"

namespace rookery::xml {

// What XML cannot carry (control characters, bad UTF-8) is left out by all of these.

/// Appends `text` so that it reads the same as text and inside either kind of quotes.
void append_escaped(std::string& out, std::string_view text);
/// The same for text between tags only: quotes and white space stay as they are.
void append_escaped_text(std::string& out, std::string_view text);

/// Usage:  Writer w(out);  w.open("iq").attribute("type", "result").open("query",
/// ns).text("hi").close().close(); Writes in the default namespace of the place it is put into,
/// until open() names another. One thread, short-lived.
class Writer {
public:
  /// `default_ns`: the namespace in force where the text will stand ("jabber:client" inside a
  /// client stanza).
  explicit Writer(std::string& out, std::string_view default_ns = "jabber:client");

  /// An element in the namespace of its parent.
  Writer& open(std::string_view name);
  /// An element in `ns`; xmlns is written only where it differs from the parent's.
  Writer& open(std::string_view name, std::string_view ns);
  /// Only between open() and the first content of that element.
  Writer& attribute(std::string_view name, std::string_view value);
  Writer& attribute(std::string_view name, std::uint64_t value);
  /// Nothing is written where `value` is empty.
  Writer& attribute_if(std::string_view name, std::string_view value);
  Writer& text(std::string_view text);
  /// `<name>text</name>` in the parent's namespace.
  Writer& leaf(std::string_view name, std::string_view text);
  /// A copy of `element` that means the same here, whatever prefixes and default namespaces it
  /// relied on.
  Writer& element(const Element& element);
  /// Bytes that are XML already and rely on nothing but the namespace in force here.
  Writer& raw(std::string_view xml);
  /// Closes the innermost open element.
  Writer& close();
  /// Closes all that is open.
  void close_all();

private:
  struct Open {
    std::uint32_t name, name_length; // in out_
    std::uint32_t ns, ns_length;     // likewise, see ns_in_force()
  };
  static constexpr std::size_t kInlineDepth = 12;
  static constexpr std::uint32_t kOuterNs = ~0U;   // Open::ns: the one given to the constructor
  static constexpr std::uint32_t kUnknownNs = ~1U; // written otherwise than it reads, equals none

  [[nodiscard]] bool in_force(std::string_view ns) const;
  [[nodiscard]] const Open& innermost() const;
  Open& push(std::string_view prefix, std::string_view name);
  void end_start_tag();
  void copy_attributes(const Element& element);

  std::string& out_;
  std::string_view outer_ns_;
  bool in_start_tag_ = false;
  std::size_t depth_ = 0;
  Open inline_[kInlineDepth]; // the first of those open; not initialised
  std::vector<Open> deeper_;
};

} // namespace rookery::xml

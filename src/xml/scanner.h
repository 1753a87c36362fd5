// The well-formedness of one element, proven byte by byte and able to stop anywhere: the inner part
// of Framer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "xml/framer.h"

namespace rookery::xml {

enum class ScanStep : std::uint8_t { kMore, kDone, kFailed };

/// What a Scanner must remember of an element it could not finish.
struct ScanState {
  struct Name {
    std::uint32_t offset, length; // in the element's bytes
  };
  /// What the next byte is part of.
  enum class At : std::uint8_t {
    kTagName,
    kTagGap,   // behind a name or a value: white space or the tag's end
    kTagSpace, // behind that white space
    kAttributeName,
    kEquals,
    kQuote,
    kValue,
    kSlash, // the '>' of "/>"
    kText,
    kMarkup, // behind '<'
    kCdata,
    kEndName,
    kEndSpace,
  };
  At at = At::kTagName;
  char quote = 0;
  bool in_reference = false; // inside the digits of a character reference
  bool hexadecimal = false;
  bool has_digit = false;
  std::uint32_t reference = 0; // its value so far
  std::uint32_t position = 1;  // of the next byte; the first is always '<'
  std::uint32_t token = 1;     // where the name being read began
  std::uint32_t elements = 0;
  std::uint32_t depth = 0;      // open elements
  std::uint32_t attributes = 0; // of the tag being read
  std::uint64_t seen = 0;       // a Bloom filter over their names
};

/// One use: over `bytes`, from the element's '<' on, until it ends, the bytes run out or a breach
/// is found. Looks at each byte once, also across saves, but for a bounded number at the cut.
class Scanner {
public:
  using Name = ScanState::Name;
  using Step = ScanStep;
  /// Bounds of Caps::depth_max and Caps::attributes_max: what is kept per open element and
  /// attribute is on the stack.
  static constexpr std::size_t kNamesMax = 1024;

  Scanner(std::string_view bytes, const Caps& caps);
  /// `names`: as save() gave them.
  Scanner(std::string_view bytes, const Caps& caps, const ScanState& state,
          const std::vector<Name>& names);
  void save(ScanState& state, std::vector<Name>& names) const;

  /// To the end of the whole element.
  Step element();
  /// To the end of the element's start tag.
  Step start_tag();
  /// To the end of the end tag of `name`, which is no element of these bytes.
  Step end_tag(std::string_view name);
  /// To the end of an XML declaration.
  Step declaration();
  Step refuse(FrameError error) { return fail(error); }

  /// Why it failed; bytes that stop too early count as a failure to whoever will have no more.
  [[nodiscard]] FrameError error() const {
    return error_ == FrameError::kNone ? FrameError::kNotWellFormed : error_;
  }
  /// How many bytes have been used.
  [[nodiscard]] std::size_t used() const { return state_.position; }
  [[nodiscard]] std::string_view element_name() const { return view(open_[0]); }
  [[nodiscard]] bool self_closed() const { return state_.depth == 0; }
  /// Of the last start tag.
  [[nodiscard]] std::size_t attribute_count() const { return state_.attributes; }
  [[nodiscard]] std::string_view attribute_name(std::size_t i) const {
    return view(attributes_[i]);
  }

private:
  using At = ScanState::At;
  std::string_view view(Name name) const { return {base_ + name.offset, name.length}; }
  Step fail(FrameError error = FrameError::kNotWellFormed);
  Step pause(const char* p, At at);
  Step bad_byte(const char* p, At at);

  Step content();
  Step open_cdata(const char*& p);
  inline Step close(const char*& p, std::string_view name);
  inline bool skip_name(const char*& p);
  bool skip_unusual_name(const char*& p);
  bool skip_utf8(const char*& p);
  Step reference(const char*& p, At at);
  Step named_reference(const char*& p, At at);
  inline bool add_element(const char* p);
  inline bool add_attribute(const char* p);
  [[nodiscard]] bool is_repeated(Name attribute) const;

  const char* base_;
  const char* end_;
  const Caps& caps_;
  FrameError error_ = FrameError::kNone;
  ScanState state_;
  Name open_[kNamesMax];
  Name attributes_[kNamesMax];
};

} // namespace rookery::xml

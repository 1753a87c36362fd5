#include "xml/scanner.h"

#include <algorithm>

#include "xml/chars.h"
#include "xml/references.h"
#include "xml/scan.h"

namespace rookery::xml {
namespace {

// Whether the '>' at `p` closes "]]>". What stands before it in the same element cannot mislead:
// markup and references end in '>' or ';', and "<![CDATA[" in '['.
bool ends_cdata(const char* p) { return p[-1] == ']' && p[-2] == ']'; }

const char* skip_spaces(const char* p, const char* end) {
  while (p != end && is_space(*p))
    ++p;
  return p;
}

} // namespace

Scanner::Scanner(std::string_view bytes, const Caps& caps)
    : base_(bytes.data()), end_(bytes.data() + bytes.size()), caps_(caps) {}

Scanner::Scanner(std::string_view bytes, const Caps& caps, const ScanState& state,
                 const std::vector<Name>& names)
    : base_(bytes.data()), end_(bytes.data() + bytes.size()), caps_(caps), state_(state) {
  const auto attributes = names.begin() + state.depth;
  std::copy(names.begin(), attributes, open_);
  std::copy(attributes, names.end(), attributes_);
}

void Scanner::save(ScanState& state, std::vector<Name>& names) const {
  state = state_;
  names.assign(open_, open_ + state_.depth);
  if (state_.at < At::kText)
    names.insert(names.end(), attributes_, attributes_ + state_.attributes);
}

Scanner::Step Scanner::fail(FrameError error) {
  error_ = error;
  return Step::kFailed;
}

Scanner::Step Scanner::pause(const char* p, At at) {
  state_.at = at;
  state_.position = static_cast<std::uint32_t>(p - base_);
  return Step::kMore;
}

// No byte, the start of a character, or one that cannot stand here.
Scanner::Step Scanner::bad_byte(const char* p, At at) {
  const bool in_name = at == At::kTagName || at == At::kAttributeName;
  if (in_name && static_cast<std::size_t>(p - base_) - state_.token > caps_.name_bytes_max)
    return fail(FrameError::kTooComplex);
  std::uint32_t c = 0;
  const bool cut =
      p == end_ || (static_cast<unsigned char>(*p) >= 0x80 && decode_utf8(p, end_, c) == 0);
  return cut ? pause(p, at) : fail();
}

// To the ASCII byte behind the name begun at state_.token; false where there is none, or no name.
inline bool Scanner::skip_name(const char*& p) {
  const char* const start = base_ + state_.token;
  const char* const name_end = skip_ascii_name(p, end_);
  const bool usual = p == start && name_end != start && name_end != end_ &&
                     static_cast<unsigned char>(*name_end) < 0x80 && has_class(*start, kNameStart);
  if (!usual)
    return skip_unusual_name(p);
  p = name_end;
  return true;
}

bool Scanner::skip_unusual_name(const char*& p) {
  const char* const start = base_ + state_.token;
  if (p == start && p != end_ && has_class(*p, kNameStart))
    ++p;
  for (;;) {
    if (p != start)
      p = skip_ascii_name(p, end_);
    if (p == end_)
      return false;
    if (static_cast<unsigned char>(*p) < 0x80)
      return p != start;
    std::uint32_t c = 0;
    const int length = decode_utf8(p, end_, c);
    if (length <= 0 || !(p == start ? is_name_start(c) : is_name_rest(c)))
      return false;
    p += length;
  }
}

// Over the characters beyond ASCII at `p`; false where not even the first is whole and allowed.
bool Scanner::skip_utf8(const char*& p) {
  const char* const start = p;
  std::uint32_t c = 0;
  for (;;) {
    p = skip_common_utf8(p, end_);
    if (p == end_ || static_cast<unsigned char>(*p) < 0x80)
      break;
    const int length = decode_utf8(p, end_, c);
    if (length <= 0)
      break;
    p += length;
  }
  return p != start;
}

// From '&', or in the digits of a character reference, to the byte behind ';'.
Scanner::Step Scanner::reference(const char*& p, At at) {
  if (!state_.in_reference) {
    if (end_ - p >= 2 && p[1] != '#')
      return named_reference(p, at);
    if (end_ - p < 3)
      return pause(p, at);
    state_.hexadecimal = p[2] == 'x';
    p += state_.hexadecimal ? 3 : 2;
    state_.in_reference = true;
    state_.has_digit = false;
    state_.reference = 0;
  }
  for (; p != end_ && *p != ';'; ++p) {
    const auto digit = digit_value(*p, state_.hexadecimal);
    if (digit < 0)
      return fail();
    state_.has_digit = true;
    state_.reference = next_reference_value(state_.reference, digit, state_.hexadecimal);
  }
  if (p == end_)
    return pause(p, at);
  if (!state_.has_digit || !is_char(state_.reference))
    return fail();
  state_.in_reference = false;
  ++p;
  return Step::kDone;
}

Scanner::Step Scanner::named_reference(const char*& p, At at) {
  const std::string_view rest(p, static_cast<std::size_t>(end_ - p));
  for (const Entity& entity : kEntities) {
    if (rest.starts_with(entity.reference)) {
      p += entity.reference.size();
      return Step::kDone;
    }
    if (entity.reference.starts_with(rest))
      return pause(p, at);
  }
  const bool is_name = static_cast<unsigned char>(p[1]) >= 0x80 || has_class(p[1], kNameStart);
  return fail(is_name ? FrameError::kRestricted : FrameError::kNotWellFormed);
}

inline bool Scanner::add_element(const char* p) {
  const auto length = static_cast<std::uint32_t>(p - base_) - state_.token;
  if (length > caps_.name_bytes_max || state_.elements >= caps_.elements_max ||
      state_.depth >= caps_.depth_max) {
    fail(FrameError::kTooComplex);
    return false;
  }
  open_[state_.depth++] = {state_.token, length};
  ++state_.elements;
  state_.attributes = 0;
  state_.seen = 0;
  return true;
}

inline bool Scanner::add_attribute(const char* p) {
  const Name name{state_.token, static_cast<std::uint32_t>(p - base_) - state_.token};
  if (name.length > caps_.name_bytes_max || state_.attributes >= caps_.attributes_max) {
    fail(FrameError::kTooComplex);
    return false;
  }
  const unsigned hash = static_cast<unsigned char>(base_[name.offset]) * 5U +
                        static_cast<unsigned char>(p[-1]) * 11U + name.length;
  const std::uint64_t bit = std::uint64_t{1} << (hash & 63);
  if ((state_.seen & bit) != 0 && is_repeated(name)) {
    fail();
    return false;
  }
  state_.seen |= bit;
  attributes_[state_.attributes++] = name;
  return true;
}

bool Scanner::is_repeated(Name attribute) const {
  return std::any_of(attributes_, attributes_ + state_.attributes,
                     [&](Name other) { return view(other) == view(attribute); });
}

// Longer than a screen, and with jumps: it is one automaton, and is entered wherever the bytes were
// cut.
Scanner::Step Scanner::start_tag() {
  const char* p = base_ + state_.position;
  switch (state_.at) {
  case At::kTagGap:
    goto gap;
  case At::kTagSpace:
    goto space;
  case At::kAttributeName:
    goto attribute_name;
  case At::kEquals:
    goto equals;
  case At::kQuote:
    goto quote;
  case At::kValue:
    goto value;
  case At::kSlash:
    goto slash;
  default:
    break;
  }
  if (!skip_name(p))
    return bad_byte(p, At::kTagName);
  if (!add_element(p))
    return Step::kFailed;
gap:
  if (p == end_)
    return pause(p, At::kTagGap);
  if (!is_space(*p))
    goto tag_end;
  ++p;
space:
  p = skip_spaces(p, end_);
  if (p == end_)
    return pause(p, At::kTagSpace);
  if (*p == '>' || *p == '/')
    goto tag_end;
  state_.token = static_cast<std::uint32_t>(p - base_);
attribute_name:
  if (!skip_name(p))
    return bad_byte(p, At::kAttributeName);
  if (!add_attribute(p))
    return Step::kFailed;
equals:
  p = skip_spaces(p, end_);
  if (p == end_)
    return pause(p, At::kEquals);
  if (*p != '=')
    return fail();
  ++p;
quote:
  p = skip_spaces(p, end_);
  if (p == end_)
    return pause(p, At::kQuote);
  if (*p != '"' && *p != '\'')
    return fail();
  state_.quote = *p++;
value:
  if (!state_.in_reference)
    p = skip_plain_value(p, end_);
  if (p == end_)
    return pause(p, At::kValue);
  if (state_.in_reference || *p == '&') {
    if (const Step step = reference(p, At::kValue); step != Step::kDone)
      return step;
    goto value;
  }
  if (*p == state_.quote) {
    ++p;
    goto gap;
  }
  if (*p == '"' || *p == '\'' || *p == '>' || is_space(*p)) {
    ++p;
    goto value;
  }
  if (skip_utf8(p))
    goto value;
  return bad_byte(p, At::kValue);
tag_end:
  if (*p == '/') {
    ++p;
  slash:
    if (p == end_)
      return pause(p, At::kSlash);
    --state_.depth;
  }
  if (*p != '>')
    return fail();
  state_.position = static_cast<std::uint32_t>(p + 1 - base_);
  return Step::kDone;
}

Scanner::Step Scanner::element() {
  if (state_.at < At::kText) {
    if (const Step step = start_tag(); step != Step::kDone)
      return step;
    if (state_.depth == 0)
      return Step::kDone;
    state_.at = At::kText;
  }
  return content();
}

// Like start_tag().
Scanner::Step Scanner::content() {
  const char* p = base_ + state_.position;
  Step step;
  switch (state_.at) {
  case At::kMarkup:
    goto markup;
  case At::kCdata:
    goto cdata;
  case At::kEndName:
  case At::kEndSpace:
    goto end_name;
  default:
    break;
  }
text:
  if (!state_.in_reference)
    p = skip_plain_text(p, end_);
  if (p == end_)
    return pause(p, At::kText);
  if (state_.in_reference || *p == '&') {
    if (step = reference(p, At::kText); step != Step::kDone)
      return step;
    goto text;
  }
  if (*p != '<') {
    if (is_space(*p) || (*p == '>' && !ends_cdata(p)))
      ++p;
    else if (!skip_utf8(p))
      return bad_byte(p, At::kText);
    goto text;
  }
  ++p;
markup:
  if (p == end_)
    return pause(p, At::kMarkup);
  if (*p == '/') {
    state_.token = static_cast<std::uint32_t>(++p - base_);
    state_.at = At::kEndName;
    goto end_name;
  }
  if (*p == '!' || *p == '?') {
    if (step = open_cdata(p); step != Step::kDone)
      return step;
    goto cdata;
  }
  state_.position = state_.token = static_cast<std::uint32_t>(p - base_);
  state_.at = At::kTagName;
  if (step = start_tag(); step != Step::kDone)
    return step;
  if (state_.depth == 0)
    return Step::kDone;
  p = base_ + state_.position;
  goto text;
end_name:
  if (step = close(p, view(open_[state_.depth - 1])); step != Step::kDone)
    return step;
  if (--state_.depth == 0) {
    state_.position = static_cast<std::uint32_t>(p - base_);
    return Step::kDone;
  }
  goto text;
cdata:
  p = skip_plain_text(p, end_);
  if (p == end_)
    return pause(p, At::kCdata);
  if (*p == '>' && ends_cdata(p)) {
    ++p;
    goto text;
  }
  if (is_space(*p) || *p == '<' || *p == '>' || *p == '&')
    ++p;
  else if (!skip_utf8(p))
    return bad_byte(p, At::kCdata);
  goto cdata;
}

Scanner::Step Scanner::open_cdata(const char*& p) {
  constexpr std::string_view kOpen = "![CDATA[";
  const std::string_view rest(p, static_cast<std::size_t>(end_ - p));
  if (rest.starts_with(kOpen)) {
    p += kOpen.size();
    return Step::kDone;
  }
  if (kOpen.starts_with(rest))
    return pause(p, At::kMarkup);
  const bool looks_like_cdata = rest.starts_with("![");
  return fail(looks_like_cdata ? FrameError::kNotWellFormed : FrameError::kRestricted);
}

// From inside the name of an end tag to the byte behind its '>'.
inline Scanner::Step Scanner::close(const char*& p, std::string_view name) {
  if (state_.at == At::kEndName) {
    name.remove_prefix(static_cast<std::size_t>(p - base_) - state_.token);
    const std::size_t length = std::min(name.size(), static_cast<std::size_t>(end_ - p));
    if (!same_bytes(p, name.data(), length))
      return fail();
    p += length;
    if (length < name.size())
      return pause(p, At::kEndName);
  }
  p = skip_spaces(p, end_);
  if (p == end_)
    return pause(p, At::kEndSpace);
  if (*p != '>')
    return fail();
  ++p;
  return Step::kDone;
}

Scanner::Step Scanner::end_tag(std::string_view name) {
  if (state_.at == At::kTagName) {
    state_.at = At::kEndName;
    state_.token = state_.position = 2;
  }
  const char* p = base_ + state_.position;
  const Step step = close(p, name);
  state_.position = static_cast<std::uint32_t>(p - base_);
  return step;
}

} // namespace rookery::xml

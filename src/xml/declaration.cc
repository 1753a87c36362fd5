// Scanner::declaration(): XMLDecl, of which XMPP knows one version and one encoding.
#include "xml/chars.h"
#include "xml/scanner.h"

namespace rookery::xml {
namespace {

bool skip_spaces(std::string_view& text) {
  const std::size_t before = text.size();
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  return text.size() != before;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size())
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i])
      return false;
  }
  return true;
}

// `name = "value"` after white space. False, with `text` as it was, where something else stands
// there.
bool take(std::string_view& text, std::string_view name, std::string_view& value) {
  std::string_view rest = text;
  if (!skip_spaces(rest) || !rest.starts_with(name))
    return false;
  rest.remove_prefix(name.size());
  skip_spaces(rest);
  if (!rest.starts_with('='))
    return false;
  rest.remove_prefix(1);
  skip_spaces(rest);
  if (rest.empty() || (rest.front() != '"' && rest.front() != '\''))
    return false;
  const std::size_t length = rest.find(rest.front(), 1);
  if (length == std::string_view::npos)
    return false;
  value = rest.substr(1, length - 1);
  text = rest.substr(length + 1);
  return true;
}

// What stands between "<?xml" and "?>".
FrameError check(std::string_view text) {
  std::string_view value;
  if (!take(text, "version", value) || value != "1.0")
    return FrameError::kNotWellFormed;
  const bool other_encoding = take(text, "encoding", value) && !equal_ignoring_case(value, "utf-8");
  if (take(text, "standalone", value) && value != "yes" && value != "no")
    return FrameError::kNotWellFormed;
  skip_spaces(text);
  if (!text.empty())
    return FrameError::kNotWellFormed;
  return other_encoding ? FrameError::kUnsupportedEncoding : FrameError::kNone;
}

} // namespace

Scanner::Step Scanner::declaration() {
  constexpr std::string_view kStart = "<?xml";
  constexpr std::string_view kEnd = "?>";
  const std::string_view bytes(base_, static_cast<std::size_t>(end_ - base_));
  if (!bytes.starts_with(kStart.substr(0, bytes.size())))
    return fail(FrameError::kRestricted);
  if (bytes.size() <= kStart.size())
    return Step::kMore;
  if (!is_space(bytes[kStart.size()]))
    return fail(FrameError::kRestricted);

  const std::size_t close = bytes.find('>', state_.position);
  if (close == std::string_view::npos) {
    state_.position = static_cast<std::uint32_t>(bytes.size());
    return Step::kMore;
  }
  std::string_view inner = bytes.substr(kStart.size(), close + 1 - kStart.size());
  if (!inner.ends_with(kEnd))
    return fail();
  inner.remove_suffix(kEnd.size());
  if (const FrameError error = check(inner); error != FrameError::kNone)
    return fail(error);
  state_.position = static_cast<std::uint32_t>(close + 1);
  return Step::kDone;
}

} // namespace rookery::xml

#include "xml/references.h"

#include "xml/chars.h"
#include "xml/scan.h"

namespace rookery::xml {
namespace {

// From '&' to behind ';'.
bool append_reference(std::string& out, const char*& p, const char* end) {
  const std::string_view rest(p, static_cast<std::size_t>(end - p));
  for (const Entity& entity : kEntities) {
    if (!rest.starts_with(entity.reference))
      continue;
    out.push_back(entity.character);
    p += entity.reference.size();
    return true;
  }
  if (!rest.starts_with("&#"))
    return false;
  const bool hexadecimal = rest.starts_with("&#x");
  std::uint32_t value = 0;
  for (p += hexadecimal ? 3 : 2; p != end && *p != ';'; ++p) {
    const int digit = digit_value(*p, hexadecimal);
    if (digit < 0)
      return false;
    value = next_reference_value(value, digit, hexadecimal);
  }
  if (p == end || !is_char(value))
    return false;
  ++p;
  append_utf8(out, value);
  return true;
}

void append_line_end(std::string& out, char as, const char*& p, const char* end) {
  const bool crlf = *p == '\r' && end - p > 1 && p[1] == '\n';
  p += crlf ? 2 : 1;
  out.push_back(as);
}

} // namespace

bool append_decoded_text(std::string& out, std::string_view raw) {
  const char* p = raw.data();
  const char* const end = p + raw.size();
  while (p != end) {
    const char* const special = find_text_special(p, end);
    out.append(p, special);
    p = special;
    if (p == end)
      return true;
    if (*p == '\r')
      append_line_end(out, '\n', p, end);
    else if (!append_reference(out, p, end))
      return false;
  }
  return true;
}

void append_decoded_cdata(std::string& out, std::string_view raw) {
  const char* p = raw.data();
  const char* const end = p + raw.size();
  while (p != end) {
    const std::size_t found = std::string_view(p, static_cast<std::size_t>(end - p)).find('\r');
    if (found == std::string_view::npos) {
      out.append(p, end);
      return;
    }
    out.append(p, found);
    p += found;
    append_line_end(out, '\n', p, end);
  }
}

bool append_decoded_value(std::string& out, std::string_view raw) {
  const char* p = raw.data();
  const char* const end = p + raw.size();
  while (p != end) {
    const char* const special = find_value_special(p, end, '&');
    out.append(p, special);
    p = special;
    if (p == end)
      return true;
    if (*p != '&')
      append_line_end(out, ' ', p, end);
    else if (!append_reference(out, p, end))
      return false;
  }
  return true;
}

} // namespace rookery::xml

#include "server/testing/pattern.h"

#include <vector>

namespace rookery::server::testing {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool value_matches(std::string_view wanted, std::string_view value) {
  return wanted == "*" || wanted == value;
}

bool attributes_match(const xml::Element& pattern, const xml::Element& element) {
  for (std::size_t i = 0; i < pattern.attribute_count(); ++i) {
    const xml::Element::Attribute wanted = pattern.attribute_at(i);
    bool found = false;
    for (std::size_t j = 0; j < element.attribute_count() && !found; ++j) {
      const xml::Element::Attribute have = element.attribute_at(j);
      found = have.name == wanted.name && have.ns == wanted.ns &&
              value_matches(wanted.value, have.value);
    }
    if (!found)
      return false;
  }
  return true;
}

// Each child of the pattern takes the first that fits and is not taken yet.
bool children_match(const xml::Element& pattern, const xml::Element& element) {
  std::vector<std::string_view> taken;
  for (const xml::Element wanted : pattern.children()) {
    bool found = false;
    for (const xml::Element child : element.children()) {
      bool free = true;
      for (const std::string_view other : taken)
        free = free && other.data() != child.raw().data();
      if (!free || !matches(wanted, child))
        continue;
      taken.push_back(child.raw());
      found = true;
      break;
    }
    if (!found)
      return false;
  }
  return true;
}

} // namespace

bool matches(const xml::Element& pattern, const xml::Element& element) {
  if (!element.is(pattern.name(), pattern.ns()) || !attributes_match(pattern, element))
    return false;
  const std::string text = pattern.text();
  const std::string_view wanted = trimmed(text);
  if (!wanted.empty() && !value_matches(wanted, trimmed(element.text())))
    return false;
  return children_match(pattern, element);
}

} // namespace rookery::server::testing

#include "server/testing/test_options.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"

namespace rookery::server::testing {
namespace {

const Option* find(const ModuleInfo& info, std::string_view name) {
  const auto at = std::ranges::find(info.options, name, &Option::name);
  return at == info.options.end() ? nullptr : &*at;
}

// What stands between the quotes, for each pair of them; escapes are not needed here.
std::vector<std::string> quoted(std::string_view text) {
  std::vector<std::string> found;
  for (;;) {
    const std::size_t begin = text.find('"');
    if (begin == std::string_view::npos)
      return found;
    const std::size_t end = text.find('"', begin + 1);
    ROOKERY_ASSERT(end != std::string_view::npos);
    found.emplace_back(text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
}

} // namespace

TestOptions::TestOptions(const ModuleInfo& info, OptionTexts texts)
    : info_(info), texts_(std::move(texts)) {
  for (const auto& [name, text] : texts_)
    ROOKERY_ASSERT(find(info_, name) != nullptr);
}

std::string_view TestOptions::value(std::string_view name) const {
  const Option* option = find(info_, name);
  ROOKERY_ASSERT(option != nullptr);
  const auto at = texts_.find(name);
  return at != texts_.end() ? std::string_view(at->second) : option->standard;
}

bool TestOptions::boolean(std::string_view name) const {
  const std::string_view text = value(name);
  ROOKERY_ASSERT(text == "true" || text == "false");
  return text == "true";
}

std::int64_t TestOptions::integer(std::string_view name) const {
  const std::string_view text = value(name);
  const Option& option = *find(info_, name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  ROOKERY_ASSERT(error == std::errc{} && end == text.data() + text.size());
  ROOKERY_ASSERT(option.min <= number && number <= option.max);
  return number;
}

std::string TestOptions::text(std::string_view name) const { return std::string(value(name)); }

std::vector<std::string> TestOptions::texts(std::string_view name) const {
  const std::string_view text = value(name);
  ROOKERY_ASSERT(text.starts_with('[') && text.ends_with(']'));
  return quoted(text);
}

Error TestOptions::mistake(std::string_view name, std::string_view what, std::string advice) const {
  ROOKERY_ASSERT(find(info_, name) != nullptr);
  return {"'" + std::string(name) + "' " + std::string(what), {}, std::move(advice)};
}

} // namespace rookery::server::testing

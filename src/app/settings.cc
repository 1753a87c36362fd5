#include "app/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"

namespace rookery::app {
namespace {

using Type = server::Option::Type;

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> items;
  std::size_t at = 0;
  while ((at = text.find('"', at)) != std::string_view::npos) {
    const std::size_t end = text.find('"', at + 1);
    ROOKERY_ASSERT(end != std::string_view::npos);
    items.emplace_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return items;
}

bool has_type(const SettingValue& value, Type type) {
  switch (type) {
  case Type::kBool:
    return std::holds_alternative<bool>(value);
  case Type::kInteger:
  case Type::kSeconds:
    return std::holds_alternative<std::int64_t>(value);
  case Type::kText:
    return std::holds_alternative<std::string>(value);
  case Type::kTexts:
    return std::holds_alternative<std::vector<std::string>>(value);
  }
  return false;
}

} // namespace

SettingValue default_value(const server::Option& option) {
  switch (option.type) {
  case Type::kBool:
    return option.standard == "true";
  case Type::kInteger:
  case Type::kSeconds:
    return static_cast<std::int64_t>(std::stoll(std::string(option.standard)));
  case Type::kText:
    return std::string(option.standard);
  case Type::kTexts:
    return parse_list(option.standard);
  }
  return false;
}

std::string describe(const server::Option& option) {
  switch (option.type) {
  case Type::kBool:
    return "true or false";
  case Type::kInteger:
  case Type::kSeconds: {
    const std::string_view unit = option.type == Type::kSeconds ? "seconds" : option.unit;
    return fmt::format("a whole number from {} to {}{}{}", option.min, option.max,
                       unit.empty() ? "" : ", ", unit);
  }
  case Type::kText:
    return "a text in quotes";
  case Type::kTexts:
    return "a list of texts, like [\"a\", \"b\"]";
  }
  return {};
}

Settings::Settings(std::string name, std::span<const server::Option> declared)
    : name_(std::move(name)), declared_(declared) {
  for (const server::Option& option : declared)
    values_.emplace(std::string(option.name), default_value(option));
}

const server::Option* Settings::find(std::string_view name) const {
  const auto at = std::ranges::find(declared_, name, &server::Option::name);
  return at == declared_.end() ? nullptr : &*at;
}

Status Settings::set(std::string_view name, SettingValue value, const std::string& where) {
  const server::Option* option = find(name);
  ROOKERY_ASSERT(option != nullptr);
  const bool number = option->type == Type::kInteger || option->type == Type::kSeconds;
  if (!has_type(value, option->type) || (number && (std::get<std::int64_t>(value) < option->min ||
                                                    std::get<std::int64_t>(value) > option->max)))
    return fail(fmt::format("the value of '{}' does not fit", name), where,
                "it has to be " + describe(*option));
  values_.find(name)->second = std::move(value);
  places_[std::string(name)] = where;
  return {};
}

Error Settings::mistake(std::string_view name, std::string_view what, std::string advice) const {
  return {fmt::format("'{}{}{}' {}", name_, name_.empty() ? "" : ".", name, what), where(name),
          std::move(advice)};
}

std::string Settings::where(std::string_view name) const {
  const auto at = places_.find(name);
  return at == places_.end() ? std::string{} : at->second;
}

const SettingValue& Settings::value(std::string_view name) const {
  const auto at = values_.find(name);
  ROOKERY_ASSERT(at != values_.end());
  return at->second;
}

bool Settings::boolean(std::string_view name) const { return std::get<bool>(value(name)); }
std::int64_t Settings::integer(std::string_view name) const {
  return std::get<std::int64_t>(value(name));
}
std::string Settings::text(std::string_view name) const {
  return std::get<std::string>(value(name));
}
std::vector<std::string> Settings::texts(std::string_view name) const {
  return std::get<std::vector<std::string>>(value(name));
}

} // namespace rookery::app

// Values of options, wherever they come from: defaults and bounds are declared, what a file says is
// checked against them.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "server/module.h"

namespace rookery::app {

using SettingValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

/// One table of the configuration.
class Settings final : public server::Options {
public:
  /// All at their defaults. `name` is the table's, "" for the top of the file; `declared` outlives
  /// it.
  Settings(std::string name, std::span<const server::Option> declared);

  /// Refuses a value of the wrong type or out of bounds; `where` goes into the error.
  [[nodiscard]] Status set(std::string_view name, SettingValue value, const std::string& where);
  /// Where the value was set; "" where it is the default.
  [[nodiscard]] std::string where(std::string_view name) const;
  [[nodiscard]] const server::Option* find(std::string_view name) const;
  [[nodiscard]] std::span<const server::Option> declared() const { return declared_; }

  [[nodiscard]] bool boolean(std::string_view name) const override;
  [[nodiscard]] std::int64_t integer(std::string_view name) const override;
  [[nodiscard]] std::string text(std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const override;
  [[nodiscard]] Error mistake(std::string_view name, std::string_view what,
                              std::string advice) const override;

private:
  [[nodiscard]] const SettingValue& value(std::string_view name) const;

  std::string name_;
  std::span<const server::Option> declared_;
  std::map<std::string, SettingValue, std::less<>> values_;
  std::map<std::string, std::string, std::less<>> places_;
};

/// A default as it is declared ("600", "true", "text", "[\"a\", \"b\"]") to a value.
[[nodiscard]] SettingValue default_value(const server::Option& option);
/// "a whole number from 1 to 10, seconds"
[[nodiscard]] std::string describe(const server::Option& option);

} // namespace rookery::app

// The values of a module's options in a test: the defaults its ModuleInfo declares, but for those
// the test sets.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/module.h"

namespace rookery::server::testing {

/// By option, as Option::standard has it: `true`, `64`, `text`, `["a", "b"]`.
using OptionTexts = std::map<std::string, std::string, std::less<>>;

/// Asking for an option that is not declared, or declaring a default that is none, is a bug: an
/// assertion.
class TestOptions final : public Options {
public:
  TestOptions(const ModuleInfo& info, OptionTexts texts);

  [[nodiscard]] bool boolean(std::string_view name) const override;
  [[nodiscard]] std::int64_t integer(std::string_view name) const override;
  [[nodiscard]] std::string text(std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const override;
  [[nodiscard]] Error mistake(std::string_view name, std::string_view what,
                              std::string advice) const override;

private:
  [[nodiscard]] std::string_view value(std::string_view name) const;

  const ModuleInfo& info_;
  OptionTexts texts_;
};

} // namespace rookery::server::testing

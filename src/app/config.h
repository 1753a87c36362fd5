// The configuration file: one TOML file, every key known, with a default, a unit and bounds
// (docs/operate.md).
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "app/settings.h"
#include "base/result.h"
#include "server/limits.h"
#include "server/server.h"

namespace rookery::app {

/// A table of the file that belongs to the program itself.
struct Section {
  std::string_view name; // "" the top of the file
  std::string_view about;
  std::span<const server::Option> options;
};
[[nodiscard]] std::span<const Section> core_sections();

class Config {
public:
  /// Everything at its default.
  Config();
  /// What a server without a configuration file runs on: the defaults are for this machine only, so
  /// anyone on it may make an account.
  [[nodiscard]] static Config for_this_machine();

  /// Errors name file, line and key, and say what would be right. All of them are found, not only
  /// the first.
  [[nodiscard]] static std::expected<Config, std::vector<Error>>
  load(const std::filesystem::path& file);
  [[nodiscard]] static std::expected<Config, std::vector<Error>> parse(std::string_view text,
                                                                       const std::string& file);

  [[nodiscard]] const Settings& section(std::string_view name) const;
  [[nodiscard]] const Settings& module(std::string_view name) const;
  [[nodiscard]] bool module_enabled(std::string_view name) const;
  /// What the server is built with, but for its secret.
  [[nodiscard]] server::ServerOptions server_options() const;

private:
  std::map<std::string, Settings, std::less<>> sections_;
  std::map<std::string, Settings, std::less<>> modules_;
  std::vector<std::string> disabled_;
};

/// "127.0.0.1:5222" or "[::1]:5222".
struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};
[[nodiscard]] std::optional<ListenAddress> parse_listen_address(std::string_view text);

} // namespace rookery::app

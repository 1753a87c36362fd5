#include "app/config.h"

#include <fmt/format.h>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "app/modules.h"
#include "base/assert.h"
#include "net/http_server.h"
#include "net/ip_address.h"
#include "xmpp/jid.h"

namespace rookery::app {
namespace {

std::optional<SettingValue> value_of(const toml::node& node) {
  if (const auto* boolean = node.as_boolean())
    return SettingValue(boolean->get());
  if (const auto* integer = node.as_integer())
    return SettingValue(static_cast<std::int64_t>(integer->get()));
  if (const auto* text = node.as_string())
    return SettingValue(text->get());
  const auto* array = node.as_array();
  if (array == nullptr)
    return std::nullopt;
  std::vector<std::string> items;
  for (const toml::node& item : *array) {
    if (!item.is_string())
      return std::nullopt;
    items.push_back(item.as_string()->get());
  }
  return SettingValue(std::move(items));
}

/// Goes through the file's tables and puts what fits into settings.
class Reader {
public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  std::vector<Error> errors;

  [[nodiscard]] std::string where(const toml::node& node) const {
    return fmt::format("{}, line {}", file_, node.source().begin.line);
  }

  void read(const toml::table& table, std::string_view name, Settings& settings,
            std::initializer_list<std::string_view> other = {}) {
    for (const auto& [key, node] : table) {
      const std::string_view option = key.str();
      if (std::ranges::find(other, option) != other.end())
        continue;
      const std::string full =
          name.empty() ? std::string(option) : fmt::format("{}.{}", name, option);
      if (settings.find(option) == nullptr) {
        if (name.empty() && node.is_table())
          continue; // looked at by the caller
        unknown(full, node, settings);
        continue;
      }
      const auto value = value_of(node);
      const server::Option& declared = *settings.find(option);
      const Status status = value ? settings.set(option, *value, where(node))
                                  : fail(fmt::format("the value of '{}' does not fit", full),
                                         where(node), "it has to be " + describe(declared));
      if (!status)
        errors.push_back(status.error());
    }
  }

  void unknown(const std::string& key, const toml::node& node, const Settings& settings) {
    std::string known;
    for (const server::Option& option : settings.declared())
      known += (known.empty() ? "" : ", ") + std::string(option.name);
    errors.push_back({fmt::format("the key '{}' is not known", key), where(node),
                      known.empty() ? "there is nothing to set here" : "known here: " + known});
  }

private:
  std::string file_;
};

/// A host with or without a port (XEP-0198 §3).
bool is_location(std::string_view text) {
  const bool has_port = text.rfind(':') != std::string_view::npos && text.back() != ']';
  const auto address =
      parse_listen_address(has_port ? std::string(text) : std::string(text) + ":1");
  return address && address->port != 0 && xmpp::Jid::parse(address->address).has_value();
}

/// What a value of the right type may still be wrong about: words, addresses, networks, domains.
class MeaningChecker {
public:
  MeaningChecker(const Config& config, std::string file, std::vector<Error>& errors)
      : config_(config), file_(std::move(file)), errors_(errors) {}

  void check() {
    one_of("store", "durability", {"power", "process"});
    one_of("log", "level", {"debug", "info", "warning", "error"});
    one_of("history", "keep", {"all", "undelivered"});
    if (const std::string at = config_.section("limits").text("resume_at");
        !at.empty() && !is_location(at))
      add("limits", "resume_at", "'limits.resume_at' has \"" + at + "\", which is no host",
          "write it like \"node1.example.org:5222\"");
    for (const server::Option& option : config_.section("listen").declared())
      each("listen", option.name, "no address with a port",
           "write it like \"0.0.0.0:5222\" or \"[::]:5222\"",
           [](const std::string& text) { return parse_listen_address(text).has_value(); });
    for (const std::string_view name : {"trusted_proxies", "metrics_from"})
      each("http", name, "no network", "write it like \"10.0.0.0/8\"",
           [](const std::string& text) { return net::IpNetwork::parse(text).has_value(); });
    each("", "domains", "no domain", "write it like \"example.org\"", [](const std::string& text) {
      const auto jid = xmpp::Jid::parse(text);
      return jid && !jid->has_local() && !jid->is_full();
    });
    if (config_.section("").texts("domains").empty())
      add("", "domains", "'domains' is empty",
          "name at least one, like domains = [\"example.org\"]");
    const Settings& tls = config_.section("tls");
    if (tls.texts("certificates").size() != tls.texts("keys").size())
      add("tls", tls.where("keys").empty() ? "certificates" : "keys",
          "'tls.certificates' and 'tls.keys' have not the same length",
          "name one key file for each certificate file");
  }

private:
  void add(std::string_view section, std::string_view name, std::string what, std::string advice) {
    const std::string where = config_.section(section).where(name);
    errors_.push_back({std::move(what), where.empty() ? file_ : where, std::move(advice)});
  }

  void one_of(std::string_view section, std::string_view name,
              std::initializer_list<std::string_view> words) {
    const std::string value = config_.section(section).text(name);
    if (std::ranges::find(words, value) != words.end())
      return;
    std::string list;
    for (const std::string_view word : words)
      list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", word);
    add(section, name, fmt::format("'{}.{}' cannot be \"{}\"", section, name, value),
        "it has to be one of " + list);
  }

  void each(std::string_view section, std::string_view name, std::string_view not_a,
            std::string_view advice, auto fits) {
    const std::string key =
        section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
    for (const std::string& text : config_.section(section).texts(name))
      if (!fits(text))
        add(section, name, fmt::format("'{}' has \"{}\", which is {}", key, text, not_a),
            std::string(advice));
  }

  const Config& config_;
  std::string file_;
  std::vector<Error>& errors_;
};

} // namespace

Config::Config() {
  for (const Section& section : core_sections())
    sections_.emplace(std::string(section.name),
                      Settings(std::string(section.name), section.options));
  for (const server::ModuleDescriptor* module : all_modules())
    modules_.emplace(std::string(module->info.name),
                     Settings("modules." + std::string(module->info.name), module->info.options));
}

Config Config::for_this_machine() {
  Config config;
  const auto registration = config.modules_.find("registration");
  if (registration != config.modules_.end()) {
    const Status set = registration->second.set("open_on_loopback", true, "");
    ROOKERY_ASSERT(set.has_value());
  }
  return config;
}

std::expected<Config, std::vector<Error>> Config::load(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in)
    return std::unexpected(std::vector{Error{"the configuration file cannot be read", file.string(),
                                             "check that it exists and who may read it"}});
  std::ostringstream text;
  text << in.rdbuf();
  return parse(text.str(), file.string());
}

std::expected<Config, std::vector<Error>> Config::parse(std::string_view text,
                                                        const std::string& file) {
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return std::unexpected(std::vector{Error{
        std::string(error.description()),
        fmt::format("{}, line {}", file, error.source().begin.line), "the file has to be TOML"}});
  }
  Config config;
  Reader reader(file);
  const toml::table& root = parsed.table();
  reader.read(root, "", config.sections_.find("")->second, {"modules"});
  for (const auto& [key, node] : root) {
    if (!node.is_table())
      continue;
    const std::string_view name = key.str();
    if (name == "modules") {
      for (const auto& [module, options] : *node.as_table()) {
        const auto at = config.modules_.find(module.str());
        if (at == config.modules_.end() || !options.is_table()) {
          reader.errors.push_back({fmt::format("there is no module '{}'", module.str()),
                                   reader.where(options),
                                   "see docs/reference.md for those there are"});
          continue;
        }
        if (const auto* enabled = options.as_table()->get("enabled")) {
          const auto value = enabled->value<bool>();
          if (!enabled->is_boolean())
            reader.errors.push_back(
                {fmt::format("the value of 'modules.{}.enabled' does not fit", module.str()),
                 reader.where(*enabled), "it has to be true or false"});
          else if (value == false)
            config.disabled_.emplace_back(module.str());
        }
        reader.read(*options.as_table(), fmt::format("modules.{}", module.str()), at->second,
                    {"enabled"});
      }
      continue;
    }
    const auto at = config.sections_.find(name);
    if (at == config.sections_.end())
      reader.errors.push_back({fmt::format("there is no table [{}]", name), reader.where(node),
                               "see docs/operate.md for those there are"});
    else
      reader.read(*node.as_table(), name, at->second);
  }
  if (reader.errors.empty())
    MeaningChecker(config, file, reader.errors).check();
  if (!reader.errors.empty())
    return std::unexpected(std::move(reader.errors));
  return config;
}

const Settings& Config::section(std::string_view name) const {
  const auto at = sections_.find(name);
  ROOKERY_ASSERT(at != sections_.end());
  return at->second;
}

const Settings& Config::module(std::string_view name) const {
  const auto at = modules_.find(name);
  ROOKERY_ASSERT(at != modules_.end());
  return at->second;
}

bool Config::module_enabled(std::string_view name) const {
  return std::ranges::find(disabled_, name) == disabled_.end();
}

namespace {

/// "http.public_url", or what follows from the doors there are: the page that everyone reaches by
/// TLS, or else the one on this machine.
std::string web_url(const Config& config, const std::string& domain) {
  if (std::string told = config.section("http").text("public_url"); !told.empty())
    return told;
  const Settings& listen = config.section("listen");
  for (const std::string& text : listen.texts("https")) {
    const auto at = parse_listen_address(text);
    const auto ip = at ? net::IpAddress::parse(at->address) : std::nullopt;
    if (ip && !ip->is_loopback())
      return at->port == 443 ? "https://" + domain : fmt::format("https://{}:{}", domain, at->port);
  }
  for (const std::string& text : listen.texts("http"))
    if (const auto at = parse_listen_address(text))
      return fmt::format("http://localhost:{}", at->port);
  return {};
}

} // namespace

server::ServerOptions Config::server_options() const {
  server::ServerOptions options;
  options.domains.clear();
  for (const std::string& domain : section("").texts("domains"))
    options.domains.emplace_back(xmpp::Jid::parse(domain)->domain());
  options.threads = static_cast<unsigned>(section("").integer("threads"));
  options.history = section("history").text("keep") == "all" ? server::HistoryKept::kAll
                                                             : server::HistoryKept::kUndelivered;
  options.tls_required = section("tls").boolean("required");
  options.plain_allowed = section("auth").boolean("plain");
  options.keep_addresses = section("auth").boolean("keep_addresses");
  options.clear_on_loopback = section("auth").boolean("plain_on_loopback");
  options.resume_location = section("limits").text("resume_at");
  options.web_url = web_url(*this, options.domains.front());
  server::Limits& limits = options.limits;
  const Settings& set = section("limits");
  const auto kilobytes = [&](std::string_view name) {
    return static_cast<std::size_t>(set.integer(name)) * 1024;
  };
  limits.auth_deadline = Seconds(section("auth").integer("deadline"));
  limits.caps.stanza_bytes_max = kilobytes("stanza_kilobytes");
  limits.output_bytes_max = kilobytes("output_kilobytes");
  limits.rate_bytes_per_second = kilobytes("rate_kilobytes");
  limits.rate_burst_bytes = kilobytes("burst_kilobytes");
  limits.sessions_per_account_max = static_cast<std::uint32_t>(set.integer("devices"));
  limits.device_records_max = static_cast<std::uint32_t>(set.integer("remembered_devices"));
  limits.device_memory = Seconds(set.integer("device_memory"));
  limits.ping_after = Seconds(set.integer("ping_after"));
  limits.ping_timeout = Seconds(set.integer("ping_timeout"));
  limits.resume_default = Seconds(set.integer("resume"));
  limits.resume_max = Seconds(set.integer("resume_max"));
  limits.unacked_stanzas_max = static_cast<std::uint32_t>(set.integer("unacked_stanzas"));
  limits.unacked_bytes_max = kilobytes("unacked_kilobytes");
  limits.unauthenticated_per_address_max =
      static_cast<std::uint32_t>(set.integer("unauthenticated_per_address"));
  return options;
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return std::nullopt;
  std::string_view address = text.substr(0, colon);
  if (address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  else if (address.find(':') != std::string_view::npos)
    return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty() ||
      port > 65535 || address.empty())
    return std::nullopt;
  return ListenAddress{std::string(address), static_cast<std::uint16_t>(port)};
}

} // namespace rookery::app

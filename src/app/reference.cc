#include "app/reference.h"

#include <fmt/format.h>

#include "app/config.h"
#include "app/modules.h"
#include "server/core_info.h"

namespace rookery::app {
namespace {

void write_options(std::string& out, std::span<const server::Option> options) {
  out += "| key | default | may be | what it is |\n| --- | --- | --- | --- |\n";
  for (const server::Option& option : options) {
    const bool text = option.type == server::Option::Type::kText;
    fmt::format_to(std::back_inserter(out), "| `{}` | `{}{}{}` | {} | {} |\n", option.name,
                   text ? "\"" : "", option.standard, text ? "\"" : "", describe(option),
                   option.about);
  }
  out += "\n";
}

void write_export(std::string& out) {
  out += "# Export\n\nWhat records of modules become in the file of `rookery user export` "
         "(XEP-0227).\n\n| module | records | in the file |\n| --- | --- | --- |\n";
  for (const server::ModuleDescriptor* module : all_modules()) {
    for (const server::Portable& part : module->info.portable)
      fmt::format_to(std::back_inserter(out), "| {} | `{}` | `<{} xmlns='{}'/>` |\n",
                     module->info.name, part.keyspace.name, part.element, part.ns);
    for (const server::Stays& stays : module->info.stays)
      fmt::format_to(std::back_inserter(out), "| {} | `{}` | not in it: {} |\n", module->info.name,
                     stays.keyspace.name, stays.why);
  }
  out += "\n";
}

void write_xeps(std::string& out, const server::ModuleInfo& info) {
  for (const server::Xep& xep : info.xeps)
    fmt::format_to(std::back_inserter(out),
                   "| [XEP-{:04}](https://xmpp.org/extensions/xep-{:04}.html) | {} | {} | {} |\n",
                   xep.number, xep.number, xep.version, info.name, xep.note);
}

} // namespace

std::string write_reference() {
  std::string out = "<!-- Written by `rookery reference`; ./test compares it with the program. "
                    "-->\n# Configuration\n\n"
                    "One TOML file, given with `--config`. Every key has a default; a key that is "
                    "not here, or a value that does not fit, is refused with its line.\n\n";
  for (const Section& section : core_sections()) {
    if (section.name.empty())
      out += "## At the top of the file\n\n";
    else
      fmt::format_to(std::back_inserter(out), "## `[{}]`\n\n{}\n\n", section.name, section.about);
    write_options(out, section.options);
  }
  out += "## Modules\n\nEach has a table `[modules.NAME]`; `enabled = false` leaves it out.\n\n";
  for (const server::ModuleDescriptor* module : all_modules()) {
    fmt::format_to(std::back_inserter(out), "### `[modules.{}]`\n\n{}\n\n", module->info.name,
                   module->info.about);
    if (!module->info.options.empty())
      write_options(out, module->info.options);
  }
  write_export(out);
  out += "# Protocol\n\n| XEP | version | module | note |\n| --- | --- | --- | --- |\n";
  write_xeps(out, server::core_info());
  for (const server::ModuleDescriptor* module : all_modules())
    write_xeps(out, module->info);
  return out;
}

} // namespace rookery::app

#include "app/reference.h"

#include <fmt/format.h>

#include "app/config.h"
#include "app/modules.h"
#include "server/core_info.h"
#include "xml/writer.h"

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

void write_xeps(xml::Writer& writer, const server::ModuleInfo& info) {
  for (const server::Xep& xep : info.xeps) {
    writer.raw("\n").open("implements").open("xmpp:SupportedXep");
    writer.open("xmpp:xep")
        .attribute("rdf:resource",
                   fmt::format("https://xmpp.org/extensions/xep-{:04}.html", xep.number))
        .close();
    writer.leaf("xmpp:version", xep.version);
    if (!xep.note.empty())
      writer.open("xmpp:note").attribute("xml:lang", "en").text(xep.note).close();
    writer.close().close();
  }
}

constexpr std::string_view kDoap = "http://usefulinc.com/ns/doap#";
constexpr int kRfcs[] = {5802, 6120, 6121, 7395, 7590, 7622, 7677, 9266};

} // namespace

std::string write_doap() {
  std::string out =
      "<?xml version='1.0' encoding='UTF-8'?>\n"
      "<!-- Written by `rookery reference`, with the flag for DOAP; ./test compares it with the "
      "program. -->\n";
  xml::Writer writer(out, kDoap);
  writer.open("rdf:RDF")
      .attribute("xmlns:rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")
      .attribute("xmlns:xmpp", "https://linkmauve.fr/ns/xmpp-doap#")
      .attribute("xmlns", kDoap);
  writer.raw("\n").open("Project").leaf("name", "Rookery");
  writer.open("shortdesc")
      .attribute("xml:lang", "en")
      .text("An instant messenger that its users own: chat server, web client and administration "
            "in one program")
      .close();
  writer.open("license")
      .attribute("rdf:resource", "https://spdx.org/licenses/Apache-2.0.html")
      .close();
  writer.leaf("programming-language", "C++").leaf("programming-language", "TypeScript");
  writer.leaf("os", "Linux");
  for (const std::string_view kind : {"server", "client"})
    writer.open("category")
        .attribute("rdf:resource",
                   fmt::format("https://linkmauve.fr/ns/xmpp-doap#category-{}", kind))
        .close();
  for (const int rfc : kRfcs)
    writer.raw("\n")
        .open("implements")
        .attribute("rdf:resource", fmt::format("https://www.rfc-editor.org/info/rfc{}", rfc))
        .close();
  write_xeps(writer, server::core_info());
  for (const server::ModuleDescriptor* module : all_modules())
    write_xeps(writer, module->info);
  writer.raw("\n");
  writer.close_all();
  return out + "\n";
}

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

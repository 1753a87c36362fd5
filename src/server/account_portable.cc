#include "server/account_portable.h"

#include <algorithm>

#include "base/encoding.h"
#include "server/homes.h"
#include "server/record_text.h"
#include "xmpp/datetime.h"
#include "xmpp/portable_reader.h"
#include "xmpp/scram_keys.h"

namespace rookery::server {
namespace {

constexpr std::string_view kScramPrefix = "SCRAM-";

void write_keys(const storage::Record& record, xml::Writer& writer) {
  const auto keys = xmpp::ScramKeys::parse(record.value);
  if (!keys)
    return;
  writer.open("scram-credentials", xmpp::kNsPortableScram)
      .attribute("mechanism", std::string(kScramPrefix) + std::string(hash_name(keys->hash)));
  writer.leaf("iter-count", std::to_string(keys->iterations))
      .leaf("salt", base64_encode(keys->salt))
      .leaf("server-key", base64_encode(keys->server_key))
      .leaf("stored-key", base64_encode(keys->stored_key))
      .close();
}

void read_keys(const xml::Element& element, AccountDraft& draft) {
  const std::string mechanism(element.attribute_or_empty("mechanism"));
  const auto hash = mechanism.starts_with(kScramPrefix)
                        ? xmpp::parse_hash_name(mechanism.substr(kScramPrefix.size()))
                        : std::nullopt;
  if (!hash)
    return draft.note("credentials for the mechanism '" + mechanism + "', which is not offered");
  const auto text = [&](std::string_view name) {
    return element.child(name, xmpp::kNsPortableScram).text();
  };
  // As a record it is checked for everything at once: base64, the lengths of keys, the count.
  std::string line = "1 ";
  line += hash_name(*hash);
  for (const std::string_view name : {"iter-count", "salt", "stored-key", "server-key"})
    line += " " + text(name);
  if (!xmpp::ScramKeys::parse(line))
    return draft.note("credentials for '" + mechanism +
                      "' that are damaged, or iterate fewer than " +
                      std::to_string(xmpp::kScramIterationsMin) + " times");
  draft.put(kAuthRecords, hash_name(*hash), std::move(line));
}

constexpr Portable kCore[] = {{.element = "scram-credentials",
                               .ns = xmpp::kNsPortableScram,
                               .keyspace = kAuthRecords,
                               .shape = Portable::Shape::kEach,
                               .write = &write_keys,
                               .read = &read_keys}};

} // namespace

void write_account_state(xml::Writer& writer, const AccountRecord& record,
                         const std::vector<storage::Record>& aliases) {
  writer.open("account", kNsAccount).attribute("created", xmpp::format_time(record.created));
  if (record.disabled)
    writer.attribute("disabled", "true");
  for (const storage::Record& alias : aliases)
    writer.leaf("alias", alias.key);
  writer.close();
}

void read_account_state(const xml::Element& element, AccountRecord& record,
                        std::vector<std::string>& aliases) {
  if (const auto created = xmpp::parse_time(element.attribute_or_empty("created")))
    record.created = *created;
  record.disabled = element.attribute_or_empty("disabled") == "true";
  aliases.clear();
  for (const xml::Element child : element.children())
    if (child.is("alias", kNsAccount))
      aliases.push_back(child.text());
}

std::vector<storage::Keyspace> unsaid_keyspaces(const ModuleInfo& module) {
  std::vector<storage::Keyspace> unsaid(module.hot.begin(), module.hot.end());
  unsaid.insert(unsaid.end(), module.cold.begin(), module.cold.end());
  std::erase_if(unsaid, [&](const storage::Keyspace& keyspace) {
    const auto is_it = [&](const auto& said) { return said.keyspace.name == keyspace.name; };
    return std::ranges::any_of(module.portable, is_it) || std::ranges::any_of(module.stays, is_it);
  });
  return unsaid;
}

std::vector<const Portable*> all_portables(std::span<const ModuleInfo* const> modules) {
  std::vector<const Portable*> all;
  for (const Portable& part : kCore)
    all.push_back(&part);
  std::vector<const ModuleInfo*> by_name(modules.begin(), modules.end());
  std::ranges::sort(by_name, {}, &ModuleInfo::name);
  for (const ModuleInfo* module : by_name)
    for (const Portable& part : module->portable)
      all.push_back(&part);
  return all;
}

} // namespace rookery::server

// What of an account belongs to no module: its passwords' keys and its state, as parts of the
// portable format.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/accounts.h"
#include "server/module.h"
#include "server/portable.h"

namespace rookery::server {

/// `<account created=… disabled='true'><alias>…</alias></account>`: the one element that is ours.
/// Another server passes over it.
inline constexpr std::string_view kNsAccount = "urn:rookery:account:0";

/// `aliases`: the records in the keyspace "alias".
void write_account_state(xml::Writer& writer, const AccountRecord& record,
                         const std::vector<storage::Record>& aliases);
/// What it says goes into `record`, and what it says of aliases, unchecked, into `aliases`.
void read_account_state(const xml::Element& element, AccountRecord& record,
                        std::vector<std::string>& aliases);

/// Keyspaces of a module that it neither exports nor says to stay here.
[[nodiscard]] std::vector<storage::Keyspace> unsaid_keyspaces(const ModuleInfo& module);

/// All parts: the core's and those of `modules`, in the order in which they are exported.
[[nodiscard]] std::vector<const Portable*>
all_portables(std::span<const ModuleInfo* const> modules);

} // namespace rookery::server

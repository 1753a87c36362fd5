// XEP-0280: every device of an account sees both directions of its conversations.
#pragma once

#include <string>
#include <string_view>

#include "server/module.h"
#include "server/packet.h"
#include "xmpp/messages.h"

namespace rookery::modules::carbons {

const server::ModuleDescriptor& descriptor();

/// A message on its way past one device of an account.
struct Passing {
  const server::Packet& packet;
  xmpp::Direction direction;
  std::string_view own_bare;   // the account's address
  std::string_view own_device; // the full address of the device that might get a copy
};
/// Whether that device is to get a copy, and the word for why (XEP-0280 §6.1 and the rules of
/// messages.h). A note to oneself counts as received only: each device sees it once, and the one
/// that wrote it not at all.
[[nodiscard]] xmpp::CarbonVerdict should_copy(const Passing& passing);

/// The copy (§7, §8), appended to `out`. `history`: the message's id in the account's history,
/// kBeforeAll where it is not part of it; put into the copied message (XEP-0313 §3.3).
void write_copy(std::string& out, const Passing& passing, EntryId history);

} // namespace rookery::modules::carbons

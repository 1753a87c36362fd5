// The block list in a file of the portable format (XEP-0227): as XEP-0191 writes it, and read from
// the privacy lists (XEP-0016) that other servers keep theirs in.
#pragma once

#include <string_view>

#include "server/portable.h"

namespace rookery::modules::blocking {

/// By blocked address; the value is empty.
inline constexpr storage::Keyspace kBlockedRecords{"blocking"};
inline constexpr std::string_view kNsPrivacy = "jabber:iq:privacy";

void write_blocked(const storage::Record& record, xml::Writer& writer);
void write_nothing(const storage::Record& record, xml::Writer& writer);
void read_blocked(const xml::Element& blocklist, server::AccountDraft& draft);
/// Of the default list, what shuts an address out altogether. Everything else is noted.
void read_privacy_lists(const xml::Element& query, server::AccountDraft& draft);

} // namespace rookery::modules::blocking

#include "modules/blocking/block_list_portable.h"

#include <string>

#include "modules/blocking/block_list.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::blocking {
namespace {

void block(std::string_view address, server::AccountDraft& draft) {
  const auto jid = xmpp::Jid::parse(address);
  if (!jid)
    return draft.note("a blocked address that is none: '" + std::string(address) + "'");
  draft.put(kBlockedRecords, jid->str(), "");
}

} // namespace

void write_blocked(const storage::Record& record, xml::Writer& writer) {
  writer.open("item").attribute("jid", record.key).close();
}

void write_nothing(const storage::Record&, xml::Writer&) {}

void read_blocked(const xml::Element& blocklist, server::AccountDraft& draft) {
  for (const xml::Element item : blocklist.children())
    if (item.is("item", xmpp::kNsBlocking))
      block(item.attribute_or_empty("jid"), draft);
}

void read_privacy_lists(const xml::Element& query, server::AccountDraft& draft) {
  const std::string standard(query.child("default", kNsPrivacy).attribute_or_empty("name"));
  for (const xml::Element list : query.children()) {
    if (!list.is("list", kNsPrivacy))
      continue;
    const std::string name(list.attribute_or_empty("name"));
    if (name != standard) {
      draft.note("the privacy list '" + name + "', which is not the default");
      continue;
    }
    for (const xml::Element item : list.children()) {
      const bool all = !item.first_child();
      if (item.attribute("type") == "jid" && item.attribute("action") == "deny" && all)
        block(item.attribute_or_empty("value"), draft);
      else if (item.attribute("action") != "allow" || item.attribute("type"))
        draft.note("a rule of the privacy list '" + name + "' that is more than a blocked address");
    }
  }
}

} // namespace rookery::modules::blocking

// The addresses an account has blocked, and which others they cover (XEP-0191 §5). Pure.
#pragma once

#include <expected>
#include <set>
#include <string_view>
#include <vector>

#include "xml/document.h"
#include "xmpp/jid.h"
#include "xmpp/stanza_error.h"

namespace rookery::modules::blocking {

/// Addresses one account may block; more are refused with resource-constraint.
inline constexpr std::size_t kBlockedMax = 10'000;

class BlockList {
public:
  void add(xmpp::Jid jid) { jids_.insert(std::move(jid)); }
  void remove(const xmpp::Jid& jid) { jids_.erase(jid); }
  void clear() { jids_.clear(); }

  [[nodiscard]] bool empty() const { return jids_.empty(); }
  [[nodiscard]] bool contains(const xmpp::Jid& jid) const { return jids_.contains(jid); }
  [[nodiscard]] const std::set<xmpp::Jid, std::less<>>& jids() const { return jids_; }
  /// §5: the address itself, its bare form or its domain is listed. A bare address covers all its
  /// resources, a domain all its users; a full one nothing but itself.
  [[nodiscard]] bool blocks(const xmpp::Jid& jid) const;

private:
  std::set<xmpp::Jid, std::less<>> jids_;
};

/// The `<item/>`s of a `<block/>` or `<unblock/>`, each once, in their order. jid-malformed where
/// one has no address.
[[nodiscard]] std::expected<std::vector<xmpp::Jid>, xmpp::StanzaError>
read_items(const xml::Element& request);

/// The addresses out of `watchers` (bare or full ones, who see an account's presence) that the
/// lists `before` and `after` treat differently: blocked by exactly one of them. Where a full
/// address is listed, whose bare one is a watcher, that full address is given.
[[nodiscard]] std::vector<xmpp::Jid> changed_for(const std::vector<xmpp::Jid>& watchers,
                                                 const BlockList& before, const BlockList& after);

} // namespace rookery::modules::blocking

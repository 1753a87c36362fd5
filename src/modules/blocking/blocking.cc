#include "modules/blocking/blocking.h"

#include <algorithm>
#include <string>
#include <vector>

#include "modules/blocking/block_list.h"
#include "modules/blocking/block_list_portable.h"
#include "server/account.h"
#include "server/binder.h"
#include "server/homes.h"
#include "server/session.h"
#include "xml/writer.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::blocking {
namespace {

using server::Account;
using server::IqRequest;
using server::Packet;
using server::Session;
using server::Target;
using server::Verdict;
using xmpp::Jid;
using xmpp::StanzaCondition;
using xmpp::StanzaKind;
using xmpp::StanzaType;

constexpr server::Xep kXeps[] = {{.number = 191, .version = "1.3"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsBlocking, Target::kServer}};
constexpr storage::Keyspace kHot[] = {kBlockedRecords};
constexpr server::Portable kPortable[] = {{.element = "blocklist",
                                           .ns = xmpp::kNsBlocking,
                                           .keyspace = kBlockedRecords,
                                           .shape = server::Portable::Shape::kAll,
                                           .write = &write_blocked,
                                           .read = &read_blocked},
                                          {.element = "query",
                                           .ns = kNsPrivacy,
                                           .keyspace = kBlockedRecords,
                                           .shape = server::Portable::Shape::kAll,
                                           .write = &write_nothing,
                                           .read = &read_privacy_lists}};
constexpr server::ModuleInfo kInfo{.name = "blocking",
                                   .about =
                                       "a user can shut out whom he does not want to hear from",
                                   .xeps = kXeps,
                                   .features = kFeatures,
                                   .hot = kHot,
                                   .cold = {},
                                   .options = {},
                                   .portable = kPortable};

constexpr std::string_view kInterested = "interested"; // of a session's saved state

void write_items(xml::Writer& writer, std::string_view name, const auto& jids) {
  writer.open(name, xmpp::kNsBlocking);
  for (const Jid& jid : jids)
    writer.open("item").attribute("jid", jid.str()).close();
  writer.close();
}

/// The state of a list is always the durable one: it changes when its commit has come through.
class Blocking final : public server::Module {
public:
  void bind(server::Binder& on) override {
    list_ = on.account_slot<BlockList>();
    interested_ = on.session_slot<bool>();
    on.account_loaded<&Blocking::loaded>(*this);
    on.iq_get<&Blocking::get>(*this, Target::kAccount, "blocklist", xmpp::kNsBlocking);
    on.iq_set<&Blocking::block>(*this, Target::kAccount, "block", xmpp::kNsBlocking);
    on.iq_set<&Blocking::unblock>(*this, Target::kAccount, "unblock", xmpp::kNsBlocking);
    on.inbound<&Blocking::inbound>(*this, server::Phase::kScreen);
    on.outbound<&Blocking::outbound>(*this, server::Phase::kScreen);
    on.hidden<&Blocking::hidden>(*this);
    on.session_state<&Blocking::save, &Blocking::restore>(*this, "blocking");
  }

private:
  void loaded(Account& account, std::size_t, const std::vector<storage::Record>& records) {
    if (records.empty())
      return; // no slot: an account that blocks nobody costs nothing
    BlockList& list = list_.get(account);
    for (const storage::Record& record : records)
      list.add(Jid::from_trusted(record.key));
  }

  // --- what passes ---

  /// A user's own devices are never cut off from each other (§5).
  [[nodiscard]] bool blocks(const Account& account, const Jid& other) const {
    const BlockList* const list = list_.find(account);
    return list != nullptr && list->blocks(other) && other.bare_str() != account.jid().str();
  }

  // §3.3: to one who is blocked, the user is not there. Presence is not answered at all. An error
  // for a message, which the XEP asks for with a SHOULD, would tell him that he is blocked: a user
  // who is offline gives none here, nor does an address that nobody has (RFC 6121 §8.5.1). So he
  // gets what he would get from nobody.
  Verdict inbound(Account& account, Packet& packet) {
    if (!blocks(account, packet.from))
      return Verdict::pass();
    return packet.is(StanzaKind::kPresence) ? Verdict::drop("blocked") : Verdict::hide("blocked");
  }

  Verdict outbound(Session& session, Packet& packet) {
    if (!blocks(session.account(), packet.to))
      return Verdict::pass();
    xmpp::StanzaError error(StanzaCondition::kNotAcceptable, "you have blocked this address");
    error.type = xmpp::ErrorType::kCancel;
    error.application = "<blocked xmlns='" + std::string(xmpp::kNsBlockingErrors) + "'/>";
    return Verdict::reject("blocked", std::move(error));
  }

  bool hidden(Account& account, const Jid& contact) { return blocks(account, contact); }

  // --- the list ---

  void get(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    if (Session* session = request.session()) {
      bool& interested = interested_.get(*session);
      if (!std::exchange(interested, true))
        session->homes().session_changed(*session);
    }
    const BlockList* const list = list_.find(*request.account());
    request.result([&](xml::Writer& writer) {
      write_items(writer, "blocklist", list == nullptr ? BlockList().jids() : list->jids());
    });
  }

  void block(IqRequest request) {
    auto items = checked_items(request);
    if (!items)
      return request.error(items.error());
    if (items->empty())
      return request.error({StanzaCondition::kBadRequest, "an address to block is missing"});
    const BlockList* const list = list_.find(*request.account());
    if ((list == nullptr ? 0 : list->jids().size()) + items->size() > kBlockedMax)
      return request.error({StanzaCondition::kResourceConstraint, "too many blocked addresses"});
    storage::Batch batch;
    for (const Jid& jid : *items)
      batch.put(request.account()->owner(), kBlockedRecords, jid.str(), "");
    commit(
        std::move(request), std::move(batch),
        [items = *items](BlockList& blocked) {
          for (const Jid& jid : items)
            blocked.add(jid);
        },
        "block", *items);
  }

  void unblock(IqRequest request) {
    auto items = checked_items(request);
    if (!items)
      return request.error(items.error());
    const Owner owner = request.account()->owner();
    storage::Batch batch;
    if (items->empty())
      batch.remove_all(owner, kBlockedRecords);
    for (const Jid& jid : *items)
      batch.remove(owner, kBlockedRecords, jid.str());
    commit(
        std::move(request), std::move(batch),
        [items = *items](BlockList& blocked) {
          if (items.empty())
            blocked.clear();
          for (const Jid& jid : items)
            blocked.remove(jid);
        },
        "unblock", *items);
  }

  static std::expected<std::vector<Jid>, xmpp::StanzaError>
  checked_items(const IqRequest& request) {
    if (!request.from_owner())
      return std::unexpected(xmpp::StanzaError(StanzaCondition::kServiceUnavailable));
    return read_items(request.payload());
  }

  template <class Change>
  void commit(IqRequest request, storage::Batch batch, Change change, std::string_view push,
              std::vector<Jid> items) {
    server::Homes& homes = request.homes();
    homes.commit(std::move(batch), [this, request = std::move(request), change = std::move(change),
                                    push, items = std::move(items)](Status status) mutable {
      if (!status)
        return request.error(StanzaCondition::kInternalServerError);
      Account& account = *request.account();
      BlockList after = list_.get(account);
      change(after);
      change_list(account, std::move(after));
      request.result();
      push_to_interested(account, push, items);
    });
  }

  // §3.3, §3.4: those who may see the user's presence see him go, or how he is now.
  void change_list(Account& account, BlockList after) {
    BlockList& list = list_.get(account);
    std::vector<server::Contact> contacts;
    for (const auto& hook : account.homes().hooks().contacts)
      hook.call(account, {}, contacts);
    std::vector<Jid> watchers;
    for (server::Contact& contact : contacts)
      if (contact.sees_presence && contact.jid.bare_str() != account.jid().str())
        watchers.push_back(std::move(contact.jid));
    const std::vector<Jid> changed = changed_for(watchers, list, after);
    // Going must be told while the list still lets it pass, coming back when it does so again.
    for (const Jid& watcher : changed)
      if (after.blocks(watcher))
        show(account, watcher, false);
    list = std::move(after);
    for (const Jid& watcher : changed)
      if (!list.blocks(watcher))
        show(account, watcher, true);
    if (list.empty())
      list_.clear(account);
  }

  static void show(Account& account, const Jid& watcher, bool visible) {
    for (const auto& session : account.sessions()) {
      if (!session->visible())
        continue;
      std::string gone;
      if (!visible) {
        xml::Writer writer(gone);
        writer.open("presence").attribute("type", "unavailable").close();
      }
      server::PacketPtr packet = visible ? session->last_presence() : server::make_packet(gone);
      if (!packet)
        continue;
      packet->from = session->jid().jid();
      packet->to = watcher;
      account.homes().route(std::move(packet));
    }
  }

  void push_to_interested(Account& account, std::string_view name, const std::vector<Jid>& items) {
    for (const auto& session : account.sessions()) {
      const bool* const interested = interested_.find(*session);
      if (interested == nullptr || !*interested)
        continue;
      std::string push;
      xml::Writer writer(push);
      writer.open("iq")
          .attribute("to", session->jid().str())
          .attribute("type", "set")
          .attribute("id", account.homes().random().token(9));
      write_items(writer, name, items);
      writer.close_all();
      session->send(push);
    }
  }

  std::string save(Session& session) {
    const bool* const interested = interested_.find(session);
    return interested != nullptr && *interested ? std::string(kInterested) : std::string();
  }
  void restore(Session& session, std::string_view saved) {
    interested_.get(session) = saved == kInterested;
  }

  server::Slot<Account, BlockList> list_;
  server::Slot<Session, bool> interested_;
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options&) {
  return std::make_unique<Blocking>();
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{.info = kInfo, .create = &create};
  return kDescriptor;
}

} // namespace rookery::modules::blocking

// The module: what it keeps per account and per session, and its handlers. Each part has a file of
// its own.
//
// A change of a roster takes effect in memory at once and is then committed; what tells of it (the
// answer, pushes, stanzas to the contact and to devices) waits until it is durable. Presence that
// comes for an account meanwhile waits as well, so that a contact's presence never arrives before
// the approval it was sent after.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "modules/roster/directed.h"
#include "modules/roster/roster_cache.h"
#include "modules/roster/roster_limits.h"
#include "modules/roster/roster_set.h"
#include "server/binder.h"
#include "server/homes.h"
#include "xmpp/subscription.h"

namespace rookery::modules::roster {

inline constexpr storage::Keyspace kRosterRecords{"roster"};      // by bare JID: RosterItem
inline constexpr storage::Keyspace kVersionRecords{"roster-ver"}; // "version": RosterVersion
inline constexpr std::string_view kVersionKey = "version";
inline constexpr std::size_t kEpochBytes = 6; // of a version

class RosterModule final : public server::Module {
public:
  RosterModule(server::Homes& homes, const RosterLimits& limits) : homes_(homes), limits_(limits) {}
  void bind(server::Binder& on) override;

private:
  struct AccountState {
    RosterCache cache;
    std::uint32_t commits = 0;              // on their way to the disk
    std::vector<server::PacketPtr> waiting; // presence that came meanwhile
  };
  struct SessionState {
    bool interested = false;  // has asked for the roster (RFC 6121 §2.2)
    bool had_offline = false; // was given the offline messages since it became available
    bool restored = false;    // the server was restarted, and the device has not been back since
    bool probes = false; // while invisible: contacts are asked for their presence (XEP-0186 §3.1)
    DirectedPresence directed; // invisible: since it is
  };
  /// What the devices that asked for the roster are told of one change; "" nothing.
  struct Push {
    std::uint64_t number = 0;
    std::string query;
  };

  // roster_module.cc
  void load(server::Account& account, std::size_t hot, const std::vector<storage::Record>& records);
  void features(xml::Writer& writer, const server::ClientStream& stream);
  void contacts(server::Account& account, std::string_view bare, std::vector<server::Contact>& out);
  void farewell(server::Account& account, std::vector<std::string>& out);
  std::string save(server::Session& session);
  void restore(server::Session& session, std::string_view text);
  [[nodiscard]] RosterItem item_of(const server::Account& account, std::string_view contact) const;
  /// Puts the item in memory and in `batch`; `shown`: the user can see that it has changed.
  Push keep(server::Account& account, storage::Batch& batch, std::string_view contact,
            RosterItem item, bool shown);
  Push drop(server::Account& account, storage::Batch& batch, std::string_view contact);
  using Then = std::move_only_function<void(server::Account&, const Status&)>;
  /// A change of the roster begins: what is returned is to be called with the outcome of the batch
  /// that has it, and calls `then`.
  std::move_only_function<void(const Status&)> change(server::Account& account, Then then);
  /// `then` runs when the batch is durable. `sender`: it is what the presence of this device, being
  /// processed, has changed.
  void commit(server::Account& account, storage::Batch batch, server::Session* sender, Then then);
  [[nodiscard]] static Push push_of(const RosterCache& cache, std::uint64_t number,
                                    std::string_view contact, const RosterItem& item);
  void push(server::Account& account, const Push& push);
  void push(server::Session& session, const Push& push);

  // queries.cc: RFC 6121 §2
  void get(server::IqRequest request);
  void set(server::IqRequest request);
  void update(server::IqRequest request, RosterSet set);
  void remove(server::IqRequest request, const RosterSet& set);

  // subscriptions.cc: RFC 6121 §3
  void subscription_out(server::Session& session, server::PacketPtr packet);
  void subscription_in(server::Account& account, server::PacketPtr packet);
  [[nodiscard]] bool has_room(const server::Account& account, const RosterItem& now,
                              const RosterItem& next) const;
  void subscription_presence(server::Account& account, const xmpp::BareJid& contact,
                             xmpp::SubscriptionOutcome::Presence presence);
  void give_subscription(server::Account& account, const server::Packet& packet);
  void give_requests(server::Session& session);
  void ask_again(server::Account& account);
  server::Hooks::Told befriend(server::Account& account, const xmpp::BareJid& contact,
                               server::Friendship how, storage::Batch& batch);
  void newcomer(storage::Batch& batch, Owner owner, const xmpp::BareJid& contact);

  // presence.cc: RFC 6121 §4
  bool presence_out(server::Session& session, server::PacketPtr& packet);
  bool presence_in(server::Account& account, server::PacketPtr& packet);
  void available(server::Session& session, server::PacketPtr packet);
  void unavailable(server::Session& session, server::PacketPtr packet);
  bool directed(server::Session& session, const server::Packet& packet);
  void closed(server::Session& session, server::SessionEnd end);
  void resumed(server::Session& session);
  /// Whether messages that were kept are to be given to it at this priority.
  bool offline_messages_due(server::Session& session, std::int8_t priority);
  /// Tells those who can see it.
  void say_gone(server::Session& session);
  void probe_contacts(server::Session& session);
  void answer_probe(server::Account& account, const server::Packet& probe);
  void undeliverable(server::Account& account, const server::Packet& error);
  void send_to_own(server::Session& from, server::Packet& packet, bool itself);
  void send_own_to(server::Session& session);
  /// Contacts in a state for which `wanted` holds.
  [[nodiscard]] std::vector<xmpp::Jid> contacts_where(const server::Account& account,
                                                      bool (*wanted)(xmpp::Subscription)) const;
  /// The same, without those the user has hidden from: what the server asks them on its own would
  /// tell them that it is online.
  [[nodiscard]] std::vector<xmpp::Jid> contacts_to_ask(server::Account& account,
                                                       bool (*wanted)(xmpp::Subscription)) const;
  /// Whom the end of its availability concerns; forgets whom it sent directed presence to.
  std::vector<xmpp::Jid> take_audience(server::Session& session);

  // invisible.cc: XEP-0186
  void go_invisible(server::IqRequest request);
  void go_visible(server::IqRequest request);
  void available_unseen(server::Session& session, std::int8_t priority);
  server::Verdict to_device(server::Account& account, server::Packet& packet);

  server::Homes& homes_;
  RosterLimits limits_;
  server::Slot<server::Account, AccountState> accounts_;
  server::Slot<server::Session, SessionState> sessions_;
};

} // namespace rookery::modules::roster

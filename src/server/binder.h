// The tables of handlers, and how a module gets into them. Filled at start on each thread, frozen
// before the first stanza.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/command_request.h"
#include "server/delegate.h"
#include "server/invitation.h"
#include "server/iq_request.h"
#include "server/module.h"
#include "server/packet.h"
#include "server/slots.h"
#include "xml/writer.h"

namespace rookery::server {

class Account;
class ClientStream;
class Session;

/// Order between modules at the same point: by phase, then by the modules' names.
enum class Phase : std::uint8_t { kScreen, kRewrite, kAnswer, kObserve };

/// What a screening handler says of a stanza; `reason` is the word for the log and the metric.
struct Verdict {
  enum class Action : std::uint8_t { kPass, kDrop, kReject, kHide } action = Action::kPass;
  std::string_view reason = {};
  std::optional<xmpp::StanzaError> error = {}; // kReject: what the sender is told

  static Verdict pass() { return {}; }
  static Verdict drop(std::string_view reason) { return {Action::kDrop, reason, {}}; }
  /// Inbound: it meets what it would meet where there is no such account (RFC 6121 §8.5.1), by the
  /// same rules, so that the sender cannot tell the two apart.
  static Verdict hide(std::string_view reason) { return {Action::kHide, reason, {}}; }
  static Verdict reject(std::string_view reason, xmpp::StanzaError error) {
    return {Action::kReject, reason, std::move(error)};
  }
};

/// A message that concerns an account's devices beyond the one it was sent to or by.
struct MessageEvent {
  const Packet& packet;
  bool sent = false; // by this account; else received
  const Session* device =
      nullptr; // sent: the device it came from; received: the one it was addressed to, if any
  EntryId history =
      kBeforeAll; // its id in the account's history; kBeforeAll where it is not part of it
};

/// Whom an account has to do with, as the module that knows it says.
struct Contact {
  xmpp::Jid jid;
  bool in_roster = false;
  bool sees_presence = false; // has a subscription to it, or was sent it (directed presence)
};

/// How two become contacts by an invitation (Binder::befriend).
enum class Friendship : std::uint8_t {
  kMutual, // both see each other's presence; the other side is put into the same batch
  kAsked,  // the contact has asked to see the account's presence: that is granted, and asked back
};

/// Why a session ends.
enum class SessionEnd : std::uint8_t { kClosed, kTimedOut, kReplaced, kRemoved, kShutdown };

/// What a client asks for inside <bind/> of Bind 2 (XEP-0386).
struct BindFeatureRequest {
  std::string_view name;
  xml::Element element;
};

/// An invitation that was shown on a stream, and was good (XEP-0445 §4).
struct Invited {
  InvitationKey key;
  std::string name; // the only localpart that it makes an account of; "" any
};

/// A registration or the like before login: answered by one of `result`, `error` and `wrong_guess`,
/// once, now or later, on the stream's thread.
struct EarlyRequest {
  PacketPtr packet;
  std::string domain; // the stream's
  std::string peer_address;
  bool secure = false; // TLS, or from loopback
  bool loopback = false;
  std::function<void(std::string_view payload)> result;
  std::function<void(const xmpp::StanzaError&)> error;
  /// As `error`, and it counts and waits as a wrong password of this address and stream does.
  std::function<void(const xmpp::StanzaError&)> wrong_guess;
  /// What a request on this stream was let in by: it is in `invitation` of those that follow.
  /// Before the answer.
  std::function<void(const Invited&)> invite;
  std::optional<Invited> invitation = {};
  [[nodiscard]] xml::Element payload() const { return packet->element().first_child(); }
};

struct Hooks {
  template <class Signature> struct Ordered {
    Phase phase;
    std::string_view module;
    Delegate<Signature> call;
  };
  template <class Signature> using List = std::vector<Ordered<Signature>>;

  struct IqKey {
    std::string name, ns;
    friend bool operator==(const IqKey&, const IqKey&) = default;
  };
  struct IqKeyView {
    std::string_view name, ns;
  };
  struct IqKeyHash {
    using is_transparent = void;
    std::size_t operator()(const IqKeyView& key) const {
      return std::hash<std::string_view>{}(key.ns) * 31 + std::hash<std::string_view>{}(key.name);
    }
    std::size_t operator()(const IqKey& key) const { return (*this)(IqKeyView{key.name, key.ns}); }
  };
  struct IqKeyEqual {
    using is_transparent = void;
    template <class A, class B> bool operator()(const A& a, const B& b) const {
      return a.name == b.name && a.ns == b.ns;
    }
  };
  template <class T> using ByElement = std::unordered_map<IqKey, T, IqKeyHash, IqKeyEqual>;

  struct IqHandler {
    Target target;
    std::string_view module;
    Delegate<void(IqRequest)> call;
  };
  ByElement<std::vector<IqHandler>> iq_get, iq_set;
  ByElement<Delegate<void(EarlyRequest)>> iq_before_auth;
  ByElement<Delegate<void(Session&, xml::Element)>> nonza;
  List<void(Session&, const BindFeatureRequest&)> bind_feature;
  std::vector<std::pair<std::string, std::size_t>>
      bind_feature_ns; // namespace, index in bind_feature

  std::optional<Delegate<void(Account&, std::move_only_function<void(std::string)>)>> bound;

  /// Run with the outcome of the batch: tells the devices.
  using Told = std::move_only_function<void(const Status&)>;
  std::optional<Delegate<Told(Account&, const xmpp::BareJid&, Friendship, storage::Batch&)>>
      befriend;
  std::optional<Delegate<void(storage::Batch&, Owner, const xmpp::BareJid&)>> newcomer;

  struct Command {
    std::string_view node, name;
    Delegate<void(CommandRequest)> call;
  };
  std::vector<Command> commands;

  List<Verdict(Session&, Packet&)> outbound;
  List<Verdict(Account&, Packet&)> inbound;
  List<bool(Session&, PacketPtr&)> presence_out;
  List<bool(Account&, PacketPtr&)> presence_in;
  List<bool(Session&, const MessageEvent&, std::string&)> copy;
  List<bool(Account&, const xmpp::Jid&, bool)> keep;
  List<bool(Account&, const xmpp::Jid&)> hidden;
  List<void(Account&, std::string_view, std::vector<Contact>&)> contacts;
  List<bool(Session&, std::string_view, const Packet*, EntryId)> hold;
  List<void(Account&, std::vector<std::string>&)> farewell;
  List<void(Session&)> session_bound, session_resumed, session_detached, session_hides;
  List<void(Session&, SessionEnd)> session_closed;
  List<void(Account&, std::size_t, const std::vector<storage::Record>&)> account_loaded;
  List<void(xml::Writer&, const ClientStream&)> stream_features;
  List<void(xml::Writer&, const std::string&)> server_info;
  struct SessionState {
    std::string_view key;
    Delegate<std::string(Session&)> save;
    Delegate<void(Session&, std::string_view)> restore;
  };
  std::vector<SessionState> session_state;

  std::uint16_t session_slots = 0, account_slots = 0;
  std::vector<storage::Keyspace> hot;       // of all modules
  std::vector<std::string_view> hot_module; // whose each of them is
  std::vector<const ModuleInfo*> modules;

  /// Sorts by phase and name; called once after all modules have bound.
  void freeze();
};

/// Given to Module::bind(). All handlers run on the module's own thread.
class Binder {
public:
  Binder(Hooks& hooks, const ModuleInfo& info) : hooks_(hooks), info_(info) {}

  /// void M::f(IqRequest). One module may answer an element for the server and another for
  /// accounts; two for the same is a bug.
  template <auto F, class M>
  void iq_get(M& m, Target target, std::string_view name, std::string_view ns) {
    add_iq(hooks_.iq_get, {target, info_.name, Delegate<void(IqRequest)>::of<F>(m)}, name, ns);
  }
  template <auto F, class M>
  void iq_set(M& m, Target target, std::string_view name, std::string_view ns) {
    add_iq(hooks_.iq_set, {target, info_.name, Delegate<void(IqRequest)>::of<F>(m)}, name, ns);
  }
  /// void M::f(EarlyRequest): an IQ on a stream that has not authenticated.
  template <auto F, class M> void iq_before_auth(M& m, std::string_view name, std::string_view ns) {
    hooks_.iq_before_auth.emplace(Hooks::IqKey{std::string(name), std::string(ns)},
                                  Delegate<void(EarlyRequest)>::of<F>(m));
  }
  /// void M::f(Session&, xml::Element): a stream-level element of a bound session that is no stanza
  /// (`<active/>`).
  template <auto F, class M> void nonza(M& m, std::string_view name, std::string_view ns) {
    hooks_.nonza.emplace(Hooks::IqKey{std::string(name), std::string(ns)},
                         Delegate<void(Session&, xml::Element)>::of<F>(m));
  }
  /// void M::f(Session&, const BindFeatureRequest&): an element of namespace `ns` inside <bind/> of
  /// Bind 2; `ns` is announced.
  template <auto F, class M> void bind_feature(M& m, std::string_view ns) {
    hooks_.bind_feature_ns.emplace_back(std::string(ns), hooks_.bind_feature.size());
    add(hooks_.bind_feature, Phase::kAnswer,
        Delegate<void(Session&, const BindFeatureRequest&)>::of<F>(m));
  }

  /// void M::f(Account&, std::move_only_function<void(std::string)> then): `then` gets what is to
  /// be said in <bound/> of Bind 2, as XML; it is asked again where the account's log has grown
  /// meanwhile. One module only.
  template <auto F, class M> void bound(M& m) {
    hooks_.bound =
        Delegate<void(Account&, std::move_only_function<void(std::string)>)>::template of<F>(m);
  }

  /// Hooks::Told M::f(Account&, const BareJid& contact, Friendship, storage::Batch&): the account
  /// and the contact have found each other by an invitation. Puts that into the batch, which the
  /// caller commits, in this turn and on this thread, and then calls what was returned. Null, and
  /// nothing is put: there is no room for a contact, or (kAsked) it sees the account already. One
  /// module only, which has newcomer() as well.
  template <auto F, class M> void befriend(M& m) {
    hooks_.befriend = Delegate<Hooks::Told(Account&, const xmpp::BareJid&, Friendship,
                                           storage::Batch&)>::template of<F>(m);
  }
  /// void M::f(storage::Batch&, Owner, const BareJid& contact): the batch makes an account, whose
  /// records are new; the contact sees its presence, and it the contact's (Friendship::kMutual).
  template <auto F, class M> void newcomer(M& m) {
    hooks_.newcomer =
        Delegate<void(storage::Batch&, Owner, const xmpp::BareJid&)>::template of<F>(m);
  }
  /// void M::f(CommandRequest): an ad-hoc command of the server (XEP-0050), for users of the
  /// server. `name`: for people, in English.
  template <auto F, class M> void command(M& m, std::string_view node, std::string_view name) {
    hooks_.commands.push_back({node, name, Delegate<void(CommandRequest)>::template of<F>(m)});
  }

  /// Verdict M::f(Session&, Packet&): every stanza of a client that leaves for another entity, on
  /// the sender's home, before it is logged.
  template <auto F, class M> void outbound(M& m, Phase phase) {
    add(hooks_.outbound, phase, Delegate<Verdict(Session&, Packet&)>::of<F>(m));
  }
  /// Verdict M::f(Account&, Packet&): every stanza for an account, on the receiver's home, before
  /// it is logged or delivered.
  template <auto F, class M> void inbound(M& m, Phase phase) {
    add(hooks_.inbound, phase, Delegate<Verdict(Account&, Packet&)>::of<F>(m));
  }
  /// bool M::f(Session&, PacketPtr&): presence a client sent; true: done with (the packet may have
  /// been taken).
  template <auto F, class M> void presence_out(M& m) {
    add(hooks_.presence_out, Phase::kAnswer, Delegate<bool(Session&, PacketPtr&)>::of<F>(m));
  }
  /// bool M::f(Account&, PacketPtr&): presence for an account's bare JID; true: done with.
  template <auto F, class M> void presence_in(M& m) {
    add(hooks_.presence_in, Phase::kAnswer, Delegate<bool(Account&, PacketPtr&)>::of<F>(m));
  }
  /// bool M::f(Session& device, const MessageEvent&, std::string& out): true where `device`, which
  /// the message was not for, is to get the stanza appended to `out` (canonical form) all the same.
  template <auto F, class M> void copy(M& m) {
    add(hooks_.copy, Phase::kAnswer,
        Delegate<bool(Session&, const MessageEvent&, std::string&)>::of<F>(m));
  }
  /// bool M::f(Account&, const Jid& contact, bool sent): may a message with this contact be kept in
  /// the account's history? All must agree.
  template <auto F, class M> void keep(M& m) {
    add(hooks_.keep, Phase::kScreen, Delegate<bool(Account&, const xmpp::Jid&, bool)>::of<F>(m));
  }
  /// bool M::f(Account&, const Jid& contact): true where the contact is not to see the account's
  /// presence, whatever it has subscribed to. Asked on the way out, of available and unavailable
  /// presence.
  template <auto F, class M> void hidden(M& m) {
    add(hooks_.hidden, Phase::kScreen, Delegate<bool(Account&, const xmpp::Jid&)>::of<F>(m));
  }
  /// void M::f(Account&, std::string_view bare, std::vector<Contact>& out): adds what the module
  /// knows of the contact with this bare address, or of all where it is "". Several modules may add
  /// the same address.
  template <auto F, class M> void contacts(M& m) {
    add(hooks_.contacts, Phase::kAnswer,
        Delegate<void(Account&, std::string_view, std::vector<Contact>&)>::of<F>(m));
  }
  /// void M::f(Account&, std::vector<std::string>& out): the account is being deleted; adds the
  /// stanzas (canonical form, addressed) that tell others of it. They are routed once the deletion
  /// is durable. The account has no sessions where it was not loaded.
  template <auto F, class M> void farewell(M& m) {
    add(hooks_.farewell, Phase::kObserve,
        Delegate<void(Account&, std::vector<std::string>&)>::of<F>(m));
  }
  /// bool M::f(Session&, std::string_view xml, const Packet*, EntryId): true: the module has kept a
  /// copy and will send_now() it later, with its entry in the account's log. Packet is null for
  /// what the server itself sends (IQ results, errors).
  template <auto F, class M> void hold(M& m) {
    add(hooks_.hold, Phase::kScreen,
        Delegate<bool(Session&, std::string_view, const Packet*, EntryId)>::of<F>(m));
  }

  /// void M::f(Session&)
  template <auto F, class M> void session_bound(M& m) {
    add(hooks_.session_bound, Phase::kObserve, Delegate<void(Session&)>::of<F>(m));
  }
  template <auto F, class M> void session_resumed(M& m) {
    add(hooks_.session_resumed, Phase::kObserve, Delegate<void(Session&)>::of<F>(m));
  }
  template <auto F, class M> void session_detached(M& m) {
    add(hooks_.session_detached, Phase::kObserve, Delegate<void(Session&)>::of<F>(m));
  }
  /// void M::f(Session&): it is about to become invisible (XEP-0186), still visible if it was.
  template <auto F, class M> void session_hides(M& m) {
    add(hooks_.session_hides, Phase::kObserve, Delegate<void(Session&)>::of<F>(m));
  }
  /// void M::f(Session&, SessionEnd): before it is destroyed, still available if it was.
  template <auto F, class M> void session_closed(M& m) {
    add(hooks_.session_closed, Phase::kObserve, Delegate<void(Session&, SessionEnd)>::of<F>(m));
  }
  /// void M::f(Account&, std::size_t hot, const std::vector<storage::Record>&): once for each of
  /// the module's hot keyspaces
  /// (`hot` is its index in ModuleInfo::hot) when an account is loaded.
  template <auto F, class M> void account_loaded(M& m) {
    add(hooks_.account_loaded, Phase::kObserve,
        Delegate<void(Account&, std::size_t, const std::vector<storage::Record>&)>::of<F>(m));
  }
  /// void M::f(xml::Writer&, const ClientStream&): adds to <stream:features/>.
  template <auto F, class M> void stream_features(M& m) {
    add(hooks_.stream_features, Phase::kObserve,
        Delegate<void(xml::Writer&, const ClientStream&)>::of<F>(m));
  }
  /// void M::f(xml::Writer&, const std::string& domain): adds to the server's disco#info (forms,
  /// XEP-0128).
  template <auto F, class M> void server_info(M& m) {
    add(hooks_.server_info, Phase::kObserve,
        Delegate<void(xml::Writer&, const std::string&)>::of<F>(m));
  }
  /// std::string M::save(Session&) ("": nothing) and void M::restore(Session&, std::string_view):
  /// what of a session is to outlive a restart of the server (XEP-0198). `key`: a short word.
  template <auto Save, auto Restore, class M> void session_state(M& m, std::string_view key) {
    hooks_.session_state.push_back({key, Delegate<std::string(Session&)>::of<Save>(m),
                                    Delegate<void(Session&, std::string_view)>::of<Restore>(m)});
  }

  template <class T> [[nodiscard]] Slot<Session, T> session_slot() {
    return Slot<Session, T>(hooks_.session_slots++);
  }
  template <class T> [[nodiscard]] Slot<Account, T> account_slot() {
    return Slot<Account, T>(hooks_.account_slots++);
  }

  /// What all modules declared: for discovery. Complete once all have bound.
  [[nodiscard]] const Hooks& hooks() const { return hooks_; }

private:
  template <class Signature>
  void add(Hooks::List<Signature>& list, Phase phase, Delegate<Signature> call) {
    list.push_back({phase, info_.name, call});
  }
  void add_iq(Hooks::ByElement<std::vector<Hooks::IqHandler>>& table, Hooks::IqHandler handler,
              std::string_view name, std::string_view ns);

  Hooks& hooks_;
  const ModuleInfo& info_;
};

} // namespace rookery::server

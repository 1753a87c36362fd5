#include "modules/last/last.h"

#include <algorithm>
#include <optional>
#include <string>

#include "modules/last/seen.h"
#include "server/account.h"
#include "server/binder.h"
#include "server/homes.h"
#include "server/server.h"
#include "server/turn_commit.h"
#include "xmpp/datetime.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::last {
namespace {

using server::IqRequest;
using server::Packet;
using server::PacketPtr;
using server::Session;
using server::Target;
using server::Verdict;
using xmpp::StanzaCondition;
using xmpp::StanzaType;

/// One record per account, under the key "": see seen.h.
constexpr storage::Keyspace kSeen{"last"};

constexpr server::Xep kXeps[] = {{12, "2.0"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsLast, Target::kBoth}};
constexpr storage::Keyspace kCold[] = {kSeen};

/// XEP-0227 has nothing for it: an element of the server's own.
constexpr std::string_view kNsExport = "urn:rookery:last:0";

void write_seen(const storage::Record& record, xml::Writer& writer) {
  if (const auto seen = Seen::parse(record.value))
    writer.open("last-seen", kNsExport)
        .attribute("stamp", xmpp::format_time(seen->time))
        .text(seen->status)
        .close();
}

void read_seen(const xml::Element& element, server::AccountDraft& draft) {
  const auto time = xmpp::parse_time(element.attribute_or_empty("stamp"));
  if (!time)
    return draft.note("when the user was last here: the time is none");
  draft.put(kSeen, "", Seen{.time = *time, .status = element.text()}.serialise());
}

constexpr server::Portable kPortable[] = {{.element = "last-seen",
                                           .ns = kNsExport,
                                           .keyspace = kSeen,
                                           .shape = server::Portable::Shape::kEach,
                                           .write = &write_seen,
                                           .read = &read_seen}};

constexpr server::ModuleInfo kInfo{
    .name = "last",
    .about = "tells contacts when a user was last here, and everyone how long the server has run",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = kCold,
    .options = {},
    .portable = kPortable,
};

void answer_seconds(IqRequest& request, std::int64_t seconds, std::string_view status = {}) {
  request.result([&](xml::Writer& writer) {
    writer.open("query", xmpp::kNsLast)
        .attribute("seconds", static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0)))
        .text(status);
  });
}

class Last final : public server::Module {
public:
  void bind(server::Binder& on) override {
    on.iq_get<&Last::uptime>(*this, Target::kServer, "query", xmpp::kNsLast);
    on.iq_get<&Last::account>(*this, Target::kAccount, "query", xmpp::kNsLast);
    on.inbound<&Last::to_device>(*this, server::Phase::kScreen);
    on.presence_out<&Last::presence>(*this);
    on.session_closed<&Last::closed>(*this);
    on.session_hides<&Last::hides>(*this);
    noted_ = on.account_slot<Seen>();
  }

private:
  void uptime(IqRequest request) {
    const server::Server& server = request.homes().server();
    const MonoTime up = request.homes().clock().mono() - server.started();
    answer_seconds(request, std::chrono::floor<Seconds>(up).count());
  }

  void account(IqRequest request) {
    if (!request.from_contact())
      return request.error(StanzaCondition::kServiceUnavailable);
    if (request.account()->has_visible())
      return answer_seconds(request, 0);
    if (const auto* noted = noted_.find(*request.account()); noted != nullptr)
      return answer_seen(request, *noted);
    const Owner owner = request.account()->owner();
    server::Homes& homes = request.homes();
    homes.get(owner, kSeen, "",
              [request = std::move(request)](Result<std::optional<std::string>> text) mutable {
                if (!text)
                  return request.error(StanzaCondition::kInternalServerError);
                const auto seen = *text ? Seen::parse(**text) : std::nullopt;
                if (!seen)
                  return request.error(StanzaCondition::kItemNotFound);
                answer_seen(request, *seen);
              });
  }

  static void answer_seen(IqRequest& request, const Seen& seen) {
    const auto ago = request.homes().clock().wall() - seen.time;
    answer_seconds(request, std::chrono::floor<Seconds>(ago).count(), seen.status);
  }

  // XEP-0012 §4: a device is not even asked by those who may not see whether it is there.
  Verdict to_device(server::Account& account, Packet& packet) {
    if (!packet.is(xmpp::StanzaKind::kIq) || packet.header.type != StanzaType::kGet ||
        !packet.to.is_full() || !packet.element().first_child().is("query", xmpp::kNsLast))
      return Verdict::pass();
    if (account.homes().sees_presence(account, packet.from))
      return Verdict::pass();
    return Verdict::reject("no-subscription", StanzaCondition::kServiceUnavailable);
  }

  // Runs before the module that handles presence, which comes later by name: this one only looks.
  bool presence(Session& session, PacketPtr& packet) {
    if (packet->header.type != StanzaType::kUnavailable || !packet->to.empty())
      return false;
    note(session, packet->element().child("status", xmpp::kNsClient).text());
    return false;
  }

  // XEP-0186 §3.1.1, 8: what is told is when it went invisible, not when it leaves after that.
  void hides(Session& session) { note(session, {}); }

  void closed(Session& session, server::SessionEnd end) {
    // Signed out by its owner or the operator: perhaps the account is being deleted, and its
    // records with it.
    if (end != server::SessionEnd::kRemoved)
      note(session, {});
  }

  // The session is about to be seen no longer, if it is at all.
  void note(Session& session, std::string status) {
    const auto& sessions = session.account().sessions();
    const bool others = std::ranges::any_of(
        sessions, [&](const auto& other) { return other.get() != &session && other->visible(); });
    if (!session.visible() || others)
      return;
    server::Homes& homes = session.homes();
    const Seen seen{.time = homes.clock().wall(), .status = std::move(status)};
    homes.later_batch().put(session.account().owner(), kSeen, "", seen.serialise());
    noted_.get(session.account()) = seen;
  }

  /// Since the account was loaded: the record may still be on its way to the disk.
  server::Slot<server::Account, Seen> noted_;
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options&) {
  return std::make_unique<Last>();
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::last

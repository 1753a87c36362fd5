#include "modules/carbons/carbons.h"

#include "server/account.h"
#include "server/binder.h"
#include "server/homes.h"
#include "server/session.h"
#include "xml/writer.h"
#include "xmpp/delay.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::carbons {
namespace {

using server::Target;
using xmpp::Direction;

constexpr server::Xep kXeps[] = {{.number = 280, .version = "1.0.1"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsCarbons2, Target::kServer},
                                         {xmpp::kNsCarbonsRules, Target::kServer}};
constexpr server::ModuleInfo kInfo{.name = "carbons",
                                   .about =
                                       "all devices of a user see what one of them sends and gets",
                                   .xeps = kXeps,
                                   .features = kFeatures,
                                   .hot = {},
                                   .cold = {},
                                   .options = {}};

constexpr std::string_view kOn = "on"; // of a session's saved state

class Carbons final : public server::Module {
public:
  void bind(server::Binder& on) override {
    wanted_ = on.session_slot<bool>();
    on.iq_set<&Carbons::enable>(*this, Target::kAccount, "enable", xmpp::kNsCarbons2);
    on.iq_set<&Carbons::disable>(*this, Target::kAccount, "disable", xmpp::kNsCarbons2);
    on.bind_feature<&Carbons::enable_inline>(*this, xmpp::kNsCarbons2);
    on.copy<&Carbons::copy>(*this);
    on.session_state<&Carbons::save, &Carbons::restore>(*this, "carbons");
  }

private:
  void enable(server::IqRequest request) { set(std::move(request), true); }
  void disable(server::IqRequest request) { set(std::move(request), false); }

  // §4, §5: asking twice is no error. Nobody sets it for a device of another account.
  void set(server::IqRequest request, bool wanted) {
    server::Session* session = request.from_owner() ? request.session() : nullptr;
    if (session == nullptr)
      return request.error(xmpp::StanzaCondition::kServiceUnavailable);
    set(*session, wanted);
    request.result();
  }

  void set(server::Session& session, bool wanted) {
    bool& held = wanted_.get(session);
    if (held == wanted)
      return;
    held = wanted;
    session.homes().session_changed(session);
  }

  void enable_inline(server::Session& session, const server::BindFeatureRequest& request) {
    if (request.name == "enable")
      set(session, true);
  }

  bool copy(server::Session& device, const server::MessageEvent& event, std::string& out) {
    const bool* const wanted = wanted_.find(device);
    if (wanted == nullptr || !*wanted)
      return false;
    const Passing passing{.packet = event.packet,
                          .direction = event.sent ? Direction::kSent : Direction::kReceived,
                          .own_bare = device.account().jid().str(),
                          .own_device = device.jid().str()};
    if (!should_copy(passing).copy)
      return false;
    write_copy(out, passing, event.history);
    return true;
  }

  std::string save(server::Session& session) {
    const bool* const wanted = wanted_.find(session);
    return wanted != nullptr && *wanted ? std::string(kOn) : std::string();
  }
  void restore(server::Session& session, std::string_view saved) {
    wanted_.get(session) = saved == kOn;
  }

  server::Slot<server::Session, bool> wanted_;
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options&) {
  return std::make_unique<Carbons>();
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{.info = kInfo, .create = &create};
  return kDescriptor;
}

xmpp::CarbonVerdict should_copy(const Passing& passing) {
  const server::Packet& packet = passing.packet;
  if (packet.from.bare_str() == packet.to.bare_str()) {
    if (passing.direction == Direction::kSent)
      return {false, "note-to-self"};
    if (packet.from.str() == passing.own_device)
      return {false, "own-note"};
  }
  return xmpp::should_carbon(packet.element(), passing.direction);
}

void write_copy(std::string& out, const Passing& passing, EntryId history) {
  const server::Packet& packet = passing.packet;
  std::string stanza_id;
  if (history != kBeforeAll)
    server::append_stanza_id(stanza_id, history, passing.own_bare);
  std::string stanza;
  server::write_packet(stanza, packet, stanza_id, passing.own_bare);
  std::string forwarded;
  xmpp::append_forwarded(forwarded, stanza);

  xml::Writer writer(out);
  writer.open("message")
      .attribute("from", passing.own_bare)
      .attribute("to", passing.own_device)
      .attribute_if("type", packet.element().attribute_or_empty("type"))
      .open(passing.direction == Direction::kSent ? "sent" : "received", xmpp::kNsCarbons2)
      .raw(forwarded);
  writer.close_all();
}

} // namespace rookery::modules::carbons

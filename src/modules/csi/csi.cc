#include "modules/csi/csi.h"

#include <tuple>

#include "modules/csi/held_stanzas.h"
#include "server/binder.h"
#include "server/client_stream.h"
#include "server/homes.h"
#include "server/session.h"
#include "xml/writer.h"
#include "xmpp/messages.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::csi {
namespace {

using server::Option;
using server::Session;

constexpr server::Xep kXeps[] = {{.number = 352, .version = "1.0.0"}};
constexpr Option kOptions[] = {
    {.type = Option::Type::kInteger,
     .name = "held-bytes-max",
     .standard = "65536",
     .min = 0,
     .max = 1024 * 1024,
     .unit = "bytes",
     .about = "held back for one inactive device; reached: it is sent. 0 holds nothing back"}};
constexpr server::ModuleInfo kInfo{
    .name = "csi",
    .about = "presence and typing notifications do not wake a phone that is in the pocket",
    .xeps = kXeps,
    .features = {},
    .hot = {},
    .cold = {},
    .options = kOptions};

/// What is held is always newer than all that was sent to the device: whatever is not held is
/// preceded by it. So a stanza never overtakes another, of the same sender or not.
class Csi final : public server::Module {
public:
  explicit Csi(std::size_t held_bytes_max) : held_bytes_max_(held_bytes_max) {}

  void bind(server::Binder& on) override {
    inactive_ = on.session_slot<Inactive>();
    on.nonza<&Csi::on_inactive>(*this, "inactive", xmpp::kNsCsi);
    on.nonza<&Csi::on_active>(*this, "active", xmpp::kNsCsi);
    on.bind_feature<&Csi::begin>(*this, xmpp::kNsCsi);
    on.stream_features<&Csi::announce>(*this);
    on.hold<&Csi::hold>(*this);
    on.session_resumed<&Csi::activate>(*this);
    on.session_closed<&Csi::closed>(*this);
  }

private:
  /// There while the device is inactive.
  struct Inactive {
    HeldStanzas held;
  };

  // §3.1: once the client has authenticated.
  void announce(xml::Writer& features, const server::ClientStream& stream) {
    if (stream.authenticated())
      features.open("csi", xmpp::kNsCsi).close();
  }

  void on_inactive(Session& session, xml::Element) { deactivate(session); }
  void on_active(Session& session, xml::Element) { activate(session); }
  void begin(Session& session, const server::BindFeatureRequest& request) {
    if (request.name == "inactive")
      deactivate(session);
  }
  void deactivate(Session& session) { std::ignore = inactive_.get(session); }

  // §5.2: also what a resumed session is.
  void activate(Session& session) {
    Inactive* const inactive = inactive_.find(session);
    if (inactive == nullptr)
      return;
    send_held(session, *inactive);
    inactive_.clear(session);
  }

  bool hold(Session& session, std::string_view xml, const server::Packet* packet, EntryId id) {
    Inactive* const inactive = inactive_.find(session);
    if (inactive == nullptr)
      return false;
    if (can_wait(*inactive, xml, packet, id))
      return true;
    send_held(session, *inactive);
    return false;
  }

  /// True: it is held now.
  bool can_wait(Inactive& inactive, std::string_view xml, const server::Packet* packet,
                EntryId id) {
    if (xml.starts_with("<iq"))
      return false;
    // What the server itself made is looked at as it is; a copy made by a module as what it copies.
    server::PacketPtr parsed;
    if (packet == nullptr) {
      parsed = server::make_packet(xml);
      packet = parsed.get();
    }
    if (packet == nullptr || xmpp::is_important(packet->element()).important)
      return false;
    HeldStanza stanza{.key = replaced_by(packet->element(), packet->from.str(), packet->to.str()),
                      .xml = std::string(xml),
                      .id = id};
    if (inactive.held.bytes() + stanza.key.size() + stanza.xml.size() > held_bytes_max_)
      return false;
    inactive.held.add(std::move(stanza));
    return true;
  }

  void send_held(Session& session, Inactive& inactive) {
    for (const HeldStanza& stanza : inactive.held.take())
      session.send_now(stanza.xml, stanza.id);
  }

  // With stream management, what was held becomes unacknowledged and is handed on with the rest of
  // it. Without, logged stanzas stay undelivered in the log, and presence means nothing any more.
  void closed(Session& session, server::SessionEnd) {
    Inactive* const inactive = inactive_.find(session);
    if (inactive != nullptr && session.sm() != nullptr)
      send_held(session, *inactive);
  }

  server::Slot<Session, Inactive> inactive_;
  std::size_t held_bytes_max_;
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options& options) {
  return std::make_unique<Csi>(static_cast<std::size_t>(options.integer("held-bytes-max")));
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{.info = kInfo, .create = &create};
  return kDescriptor;
}

} // namespace rookery::modules::csi

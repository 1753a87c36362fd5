// Invisibility (XEP-0186): a device that is there for its owner, and for nobody else. Others learn
// of it what they would learn of one that has gone; the answers of the server about the account
// take only visible devices into account (Session::visible()).
#include <utility>

#include "modules/roster/roster_module.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::roster {

using server::Account;
using server::IqRequest;
using server::Packet;
using server::Session;
using server::Verdict;
using xmpp::StanzaCondition;
using xmpp::StanzaType;

namespace {

/// xs:boolean; nullopt: neither.
std::optional<bool> read_probe(const xml::Element& invisible) {
  const std::string_view text = invisible.attribute("probe").value_or("false");
  if (text == "true" || text == "1")
    return true;
  if (text == "false" || text == "0")
    return false;
  return std::nullopt;
}

} // namespace

// §3.1. Nobody sets it for a device of another account.
void RosterModule::go_invisible(IqRequest request) {
  Session* const session = request.from_owner() ? request.session() : nullptr;
  if (session == nullptr)
    return request.error(StanzaCondition::kServiceUnavailable);
  const auto probes = read_probe(request.payload());
  if (!probes)
    return request.error({StanzaCondition::kBadRequest, "'probe' is true or false"});
  const bool receives = session->available();
  sessions_.get(*session).probes = *probes;
  if (session->invisible()) {
    homes_.session_changed(*session);
  } else {
    for (const auto& hook : homes_.hooks().session_hides)
      hook.call(*session);
    say_gone(*session);
    session->set_invisible(true);
  }
  // Not waited for: the session's record goes to the disk with the count of what it has sent, so
  // where a crash takes the one, the client sends this again (XEP-0198 §5).
  request.result();
  if (!receives)
    return available_unseen(*session, 0);
  if (*probes)
    probe_contacts(*session);
}

// §3.2: as before it sent presence for the first time. Whom it sent directed presence to is told
// when it goes.
void RosterModule::go_visible(IqRequest request) {
  Session* const session = request.from_owner() ? request.session() : nullptr;
  if (session == nullptr)
    return request.error(StanzaCondition::kServiceUnavailable);
  if (session->invisible()) {
    SessionState& state = sessions_.get(*session);
    state.probes = state.had_offline = false;
    session->set_invisible(false);
    session->set_unavailable();
  }
  request.result();
}

// §3.1.1, 1 and 5: its presence, said or not, decides what it gets, and is shown to nobody.
void RosterModule::available_unseen(Session& session, std::int8_t priority) {
  const bool initial = !session.available();
  const bool offline_due = offline_messages_due(session, priority);
  session.set_available(priority, {});
  if (initial) {
    send_own_to(session);
    if (sessions_.get(session).probes)
      probe_contacts(session);
    give_requests(session);
  }
  if (offline_due)
    homes_.deliver_offline(session);
}

// Who may not see presence meets what he would meet if the device were not there; who may is let
// through (§3.1.1, 6), and it is for the device to answer.
Verdict RosterModule::to_device(Account& account, Packet& packet) {
  if (!packet.is(xmpp::StanzaKind::kIq) || !packet.to.is_full() ||
      (packet.header.type != StanzaType::kGet && packet.header.type != StanzaType::kSet))
    return Verdict::pass();
  const Session* const session = account.find_session(packet.to.resource());
  if (session == nullptr || !session->invisible() || homes_.sees_presence(account, packet.from))
    return Verdict::pass();
  return Verdict::reject("invisible", StanzaCondition::kServiceUnavailable);
}

} // namespace rookery::modules::roster

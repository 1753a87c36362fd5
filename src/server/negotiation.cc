#include "server/negotiation.h"

#include "server/negotiation_guard.h"
#include "server/server.h"
#include "server/sm_elements.h"
#include "xml/writer.h"
#include "xmpp/namespaces.h"

namespace rookery::server {

using xmpp::StanzaCondition;
using xmpp::StreamCondition;

bool Negotiation::enter() {
  if (stream_.transport().is_loopback())
    return true;
  Server& server = stream_.homes().server();
  auto guest = server.doorway().enter(stream_.transport().peer_address(),
                                      server.options().limits.unauthenticated_per_address_max);
  if (guest)
    guest_.emplace(std::move(*guest));
  return guest_.has_value();
}

bool Negotiation::signs_in(std::string_view bare_jid, std::string_view agent) const {
  if (jid_.empty() || jid_.str() != bare_jid)
    return false;
  return agent.empty() || (request_ && request_->user_agent && request_->user_agent->id == agent);
}

bool Negotiation::count_bytes(std::size_t bytes) {
  bytes_ += bytes;
  return bytes_ <= stream_.homes().limits().bytes_before_auth_max;
}

// A stream that restarts after login stays with the domain it logged in to (case 14).
bool Negotiation::changes_domain(std::string_view domain) {
  return stream_.authenticated() && domain != jid_.domain();
}

xmpp::SaslSituation Negotiation::situation() const {
  const ServerOptions& options = stream_.homes().server().options();
  const net::Transport& transport = stream_.transport();
  return {.tls = stream_.secure(),
          .loopback = transport.is_loopback(),
          .tls_required = options.tls_required,
          .plain_allowed = options.plain_allowed,
          .clear_loopback_allowed = options.clear_on_loopback,
          .has_tls_exporter = transport.has_channel_binding(xmpp::kTlsExporter),
          .has_tls_server_end_point = transport.has_channel_binding(xmpp::kTlsServerEndPoint),
          .keys = {}};
}

std::string Negotiation::features() {
  std::string out;
  xml::Writer writer(out, xmpp::kNsStream);
  const Homes& homes = stream_.homes();
  if (!stream_.authenticated()) {
    const bool tls = stream_.transport().tls().active;
    if (!tls && stream_.transport().can_start_tls()) {
      writer.open("starttls", xmpp::kNsTls);
      if (homes.server().options().tls_required && !stream_.transport().is_loopback())
        writer.open("required").close();
      writer.close();
    }
    offer_ = xmpp::offer_mechanisms(situation());
    xmpp::write_sasl_mechanisms(writer, offer_);
    std::vector<std::string_view> inline_features{xmpp::kNsSm3};
    for (const auto& [ns, index] : homes.hooks().bind_feature_ns)
      inline_features.push_back(ns);
    xmpp::write_authentication(writer, offer_, {.bind_features = inline_features});
    xmpp::write_channel_bindings(writer, offer_);
  } else if (stream_.session() == nullptr) {
    writer.open("bind", xmpp::kNsBind).close();
    writer.open("session", xmpp::kNsSession).open("optional").close().close();
  }
  if (stream_.authenticated() &&
      (stream_.session() == nullptr || stream_.session()->sm() == nullptr))
    writer.open("sm", xmpp::kNsSm3).close();
  const Limits& limits = homes.limits();
  writer.open("limits", xmpp::kNsLimits);
  const auto bytes = stream_.authenticated() ? limits.caps.stanza_bytes_max
                                             : limits.caps_before_auth.stanza_bytes_max;
  writer.leaf("max-bytes", std::to_string(bytes));
  if (stream_.authenticated())
    writer.leaf("idle-seconds",
                std::to_string(std::chrono::duration_cast<Seconds>(limits.ping_after).count()));
  writer.close();
  for (const auto& hook : homes.hooks().stream_features)
    hook.call(writer, stream_);
  writer.close_all();
  return out;
}

void Negotiation::on_element(xml::Element element) {
  const std::string_view ns = element.ns();
  if (stream_.authenticated()) {
    if (ns == xmpp::kNsSm3 && element.name() == "resume")
      return resume_legacy(element);
    if (ns == xmpp::kNsSm3)
      return stream_.send_element(sm_failed("unexpected-request"));
    return stream_.close({StreamCondition::kPolicyViolation, "bind a resource first"});
  }
  if (element.is("starttls", xmpp::kNsTls) && step_ == Step::kNone)
    return start_tls();
  if (ns == xmpp::kNsSasl || ns == xmpp::kNsSasl2) {
    const bool first = element.name() == "auth" || element.name() == "authenticate";
    if (first && step_ == Step::kNone)
      return ns == xmpp::kNsSasl ? authenticate(element) : authenticate2(element);
    const bool same = (ns == xmpp::kNsSasl2) == (dialect_ == Dialect::kSasl2);
    if (element.name() == "response" && same &&
        (step_ == Step::kInitialResponse || step_ == Step::kScramFinal))
      return on_response(element);
    if (element.name() == "abort" && same && step_ != Step::kWorking)
      return fail_now({xmpp::SaslCondition::kAborted, "aborted"});
  }
  stream_.close({StreamCondition::kPolicyViolation, "this is not expected before signing in"});
}

void Negotiation::start_tls() {
  if (!stream_.transport().can_start_tls()) {
    stream_.send_element("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    return stream_.close();
  }
  stream_.send_element("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  stream_.securing_ = true;
  stream_.transport().start_tls();
}

void Negotiation::on_stanza(PacketPtr packet) {
  if (!stream_.authenticated())
    return early_iq(std::move(packet));
  const xml::Element payload = packet->element().first_child();
  if (packet->is(xmpp::StanzaKind::kIq) && packet->header.type == xmpp::StanzaType::kSet &&
      packet->header.fault == xmpp::StanzaFault::kNone && payload.is("bind", xmpp::kNsBind))
    return bind_legacy(std::move(packet));
  stream_.close({StreamCondition::kNotAuthorized, "bind a resource before anything else"});
}

// --- before login: registration and the like, where a module answers it ---

void Negotiation::early_iq(PacketPtr packet) {
  if (step_ != Step::kNone)
    return stream_.close({StreamCondition::kPolicyViolation, "signing in is under way"});
  const xml::Element payload = packet->element().first_child();
  const auto& table = stream_.homes().hooks().iq_before_auth;
  const auto handler =
      packet->is(xmpp::StanzaKind::kIq) && packet->header.fault == xmpp::StanzaFault::kNone
          ? table.find(Hooks::IqKeyView{payload.name(), payload.ns()})
          : table.end();
  if (handler == table.end() || (packet->header.type != xmpp::StanzaType::kGet &&
                                 packet->header.type != xmpp::StanzaType::kSet))
    return stream_.close({StreamCondition::kNotAuthorized, "sign in first"});
  if (!stream_.secure() && !stream_.transport().is_loopback())
    return stream_.close({StreamCondition::kPolicyViolation, "TLS is required before this"});
  const std::string id(packet->header.id);
  const std::string domain(stream_.domain());
  EarlyRequest request{.packet = std::move(packet),
                       .domain = domain,
                       .peer_address = stream_.transport().peer_address(),
                       .secure = stream_.secure() || stream_.transport().is_loopback(),
                       .loopback = stream_.transport().is_loopback(),
                       .result = {},
                       .error = {},
                       .wrong_guess = {},
                       .invite = {},
                       .invitation = invitation_};
  step_ = Step::kWorking;
  ++attempt_;
  request.result = guarded([id, domain](Negotiation& self, std::string_view inner) {
    self.step_ = Step::kNone;
    std::string out;
    xml::Writer writer(out);
    writer.open("iq")
        .attribute("type", "result")
        .attribute("id", id)
        .attribute("from", domain)
        .raw(inner)
        .close_all();
    self.stream_.send_stanza(out);
  });
  request.error = guarded([id, domain](Negotiation& self, const xmpp::StanzaError& error) {
    self.answer_early(id, domain, error);
  });
  request.wrong_guess = guarded([id, domain](Negotiation& self, const xmpp::StanzaError& error) {
    self.hold_back(self.stream_.homes().limits().auth_delay_first, [&self, id, domain, error] {
      self.answer_early(id, domain, error);
      self.count_failure();
    });
  });
  request.invite =
      guarded([](Negotiation& self, const Invited& invitation) { self.invitation_ = invitation; });
  handler->second(std::move(request));
}

void Negotiation::answer_early(const std::string& id, const std::string& domain,
                               const xmpp::StanzaError& error) {
  step_ = Step::kNone;
  std::string out;
  xml::Writer writer(out);
  writer.open("iq").attribute("type", "error").attribute("id", id).attribute("from", domain);
  xmpp::write_error(writer, error);
  writer.close_all();
  stream_.send_stanza(out);
}

// --- binding the old way (RFC 6120 §7) ---

void Negotiation::bind_legacy(PacketPtr packet) {
  const xml::Element bind = packet->element().first_child();
  const std::string resource = bind.child("resource", xmpp::kNsBind).text();
  const std::string id(packet->header.id);
  stream_.hold_reading(ClientStream::Hold::kBusy, true);
  stream_.homes().with_account(
      jid_.str(), guarded([resource, id](Negotiation& self, Account* account) {
        if (!self.is_proven(account))
          return self.stream_.close({StreamCondition::kNotAuthorized, "the account is gone"});
        self.stream_.homes().before_bind(
            AccountPin(*account),
            [resource](const Session& older) {
              const auto jid = older.account().jid().with_resource(resource);
              return jid && jid->resource() == older.jid().resource();
            },
            self.guarded([resource, id, pin = AccountPin(*account)](Negotiation& still) {
              still.stream_.hold_reading(ClientStream::Hold::kBusy, false);
              still.bind_legacy_to(*pin, resource, id);
            }));
      }));
}

void Negotiation::bind_legacy_to(Account& account, const std::string& resource,
                                 const std::string& id) {
  const Homes::BindOutcome outcome = stream_.homes().bind(account, resource, stream_);
  if (outcome.session != nullptr)
    introduce(*outcome.session);
  std::string out;
  xml::Writer writer(out);
  writer.open("iq")
      .attribute("type", outcome.session != nullptr ? "result" : "error")
      .attribute("id", id);
  if (outcome.session == nullptr) {
    xmpp::write_error(writer, *outcome.refused);
    writer.close_all();
    return stream_.send_stanza(out);
  }
  writer.open("bind", xmpp::kNsBind).leaf("jid", outcome.session->jid().str()).close_all();
  stream_.send_stanza(out);
  finished(*outcome.session);
}

void Negotiation::resume_legacy(xml::Element element) {
  const auto h = parse_count(element.attribute_or_empty("h"));
  const std::string previd(element.attribute_or_empty("previd"));
  if (!h || previd.empty())
    return stream_.send_element(sm_failed("bad-request"));
  stream_.hold_reading(ClientStream::Hold::kBusy, true);
  stream_.homes().with_account(
      jid_.str(), guarded([previd, h = *h](Negotiation& self, Account* account) {
        if (!self.is_proven(account))
          return self.stream_.close({StreamCondition::kNotAuthorized, "the account is gone"});
        self.stream_.homes().resume(
            *account, previd, h, self.stream_,
            self.guarded([previd, h](Negotiation& still, Homes::Resumed resumed) {
              ClientStream& stream = still.stream_;
              stream.hold_reading(ClientStream::Hold::kBusy, false);
              if (resumed.too_high)
                return still.close_too_high(h, resumed.sent);
              if (resumed.session == nullptr)
                return stream.send_element(sm_failed("item-not-found"));
              stream.send_element(sm_resumed(previd, resumed.handled));
              still.finished(*resumed.session);
              stream.homes().continue_session(*resumed.session);
            }));
      }));
}

void Negotiation::close_too_high(std::uint32_t h, std::uint32_t sent) {
  xmpp::StreamError error{StreamCondition::kUndefinedCondition,
                          "more was acknowledged than was sent"};
  error.application = sm_handled_too_high(h, sent);
  stream_.close(error);
}

// Which device it is, and what it has shown.
void Negotiation::introduce(Session& session) const {
  if (request_ && request_->user_agent && !request_->user_agent->id.empty())
    session.user_agent = request_->user_agent->id;
  if (password_ != 0)
    session.password = password_;
}

// The session is bound or resumed: the stream owes this object nothing more, and lets it go.
void Negotiation::finished(Session& session) {
  introduce(session);
  ++stream_.homes().counters().logins;
  stream_.bound(session);
}

} // namespace rookery::server

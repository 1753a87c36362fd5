#include "server/client_stream.h"

#include <algorithm>

#include "server/homes.h"
#include "server/session.h"
#include "server/sm_elements.h"
#include "xml/writer.h"
#include "xmpp/namespaces.h"
#include "xmpp/stream.h"

namespace rookery::server {

using xmpp::StreamCondition;

ClientStream::ClientStream(std::unique_ptr<net::Transport> transport, Arrival arrival,
                           std::uint64_t serial)
    : transport_(std::move(transport)),
      framer_(arrival.websocket ? xml::Framer::Mode::kMessage : xml::Framer::Mode::kStream,
              xml::Caps{}),
      negotiation_(std::make_unique<Negotiation>(*this)), serial_(serial),
      websocket_(arrival.websocket), secure_(arrival.secure) {}

ClientStream::~ClientStream() = default;

void ClientStream::start(Homes& homes) {
  const bool first = homes_ == nullptr;
  homes_ = &homes;
  if (first) {
    const Limits& limits = homes.limits();
    framer_.set_caps(limits.caps_before_auth);
    transport_->set_output_limit(limits.output_bytes_max);
    last_data_ = rate_since_ = homes.loop().now();
    auth_deadline_ = last_data_ + limits.auth_deadline;
    ++homes.counters().streams_opened;
  }
  const auto left = std::chrono::ceil<Milliseconds>(auth_deadline_ - homes.loop().now());
  homes.loop().arm(*this, std::max(left, Milliseconds(1)));
  transport_->attach(homes.loop(), *this);
  if (first && !negotiation_->enter()) {
    ++homes.counters().limits_reached;
    transport_->abort();
  }
}

void ClientStream::leave() {
  cancel();
  negotiation_->leave();
  leave_turn_end();
  transport_->detach();
}

bool ClientStream::signs_in(std::string_view bare_jid, std::string_view agent) const {
  return negotiation_ && negotiation_->signs_in(bare_jid, agent);
}

// --- receiving ---

void ClientStream::on_data(std::string_view data) {
  last_data_ = homes_->loop().now();
  pinged_ = false;
  if (holds_ != 0 || !rest_.empty()) {
    rest_ += data;
    return;
  }
  if (state_ == State::kBound && !within_rate(data.size()))
    hold_reading(Hold::kRate, true);
  read(data);
}

// A bucket of burst_bytes that empties at the allowed rate. What arrived is always processed;
// reading on waits.
bool ClientStream::within_rate(std::size_t bytes) {
  const Limits& limits = homes_->limits();
  rate_bytes_ += bytes;
  if (rate_bytes_ < limits.rate_burst_bytes)
    return true;
  const auto passed = static_cast<std::size_t>((last_data_ - rate_since_).count());
  const std::size_t drained = passed * limits.rate_bytes_per_second / 1'000'000;
  rate_bytes_ -= std::min(rate_bytes_, drained);
  rate_since_ = last_data_;
  return rate_bytes_ < limits.rate_burst_bytes;
}

void ClientStream::read(std::string_view data) {
  if (negotiation_ && state_ < State::kAuthenticated && !negotiation_->count_bytes(data.size())) {
    ++homes_->counters().limits_reached;
    return close({StreamCondition::kPolicyViolation, "too much was sent before signing in"});
  }
  while (!data.empty() && state_ != State::kClosed) {
    if (securing_)
      return; // what came with <starttls/> in clear is nobody's (CVE-2011-0411)
    if (holds_ != 0 && holds_ != static_cast<std::uint8_t>(Hold::kRate)) {
      rest_.assign(data);
      return;
    }
    const xml::Framer::Frame frame = framer_.next(data);
    if (frame.kind == xml::Framer::Kind::kNeedMore)
      return;
    on_frame(frame);
  }
}

void ClientStream::hold_reading(Hold why, bool hold) {
  const auto bit = static_cast<std::uint8_t>(why);
  const std::uint8_t before = holds_;
  holds_ = static_cast<std::uint8_t>(hold ? holds_ | bit : holds_ & ~bit);
  if (state_ == State::kClosed || (before != 0) == (holds_ != 0))
    return;
  transport_->set_reading(holds_ == 0);
  if (holds_ == 0 && !rest_.empty())
    homes_->loop().at_turn_end(*this);
  if (why == Hold::kRate && hold)
    homes_->loop().arm(*this, Milliseconds(200));
}

void ClientStream::read_rest() {
  if (holds_ != 0 || rest_.empty())
    return;
  std::string data;
  data.swap(rest_);
  read(data);
}

void ClientStream::on_frame(const xml::Framer::Frame& frame) {
  switch (frame.kind) {
  case xml::Framer::Kind::kNeedMore:
  case xml::Framer::Kind::kWhitespace:
    return;
  case xml::Framer::Kind::kStreamOpen:
    return on_open(frame.bytes);
  case xml::Framer::Kind::kStanza:
    return on_element(frame.bytes);
  case xml::Framer::Kind::kStreamClose:
    return peer_closed();
  case xml::Framer::Kind::kError:
    if (frame.error == xml::FrameError::kTooLarge || frame.error == xml::FrameError::kTooComplex)
      ++homes_->counters().limits_reached;
    return close(xmpp::stream_error_of(frame.error));
  }
}

void ClientStream::on_open(std::string_view start_tag) {
  const auto header = xmpp::read_stream_open(start_tag);
  if (!header)
    return close(header.error());
  open_with(*header);
}

void ClientStream::open_with(const xmpp::StreamHeader& header) {
  if (opened_ || !negotiation_)
    return close({StreamCondition::kBadFormat, "the stream is open already"});
  const auto& domains = homes_->server().options().domains;
  std::string_view domain =
      header.to.empty() ? std::string_view(domains.front()) : std::string_view(header.to);
  const auto at = std::ranges::find(domains, domain);
  if (at == domains.end())
    return close({StreamCondition::kHostUnknown, "this server does not serve that domain"});
  if (negotiation_->changes_domain(*at))
    return close({StreamCondition::kNotAuthorized, "the stream's address has changed"});
  domain_ = *at;
  if (!header.to.empty() && !header.from.empty() &&
      xmpp::Jid::from_trusted(header.from).domain() != domain_)
    return close({StreamCondition::kInvalidFrom, "the stream's 'from' is of another domain"});
  negotiation_->claim(header.from);
  std::string out;
  xmpp::write_stream_open(out, form(),
                          {.id = homes_->random().token(16), .from = domain_, .to = header.from});
  opened_ = true;
  if (websocket_) {
    transport_->send(out);
    out.clear();
  }
  if (state_ == State::kOpening)
    state_ = State::kNegotiating;
  xmpp::write_stream_features(out, form(), negotiation_->features());
  transport_->send(out);
}

void ClientStream::on_element(std::string_view bytes) {
  PacketPtr packet = new_packet();
  if (!packet->document.parse(bytes, framer_.root()))
    return close({StreamCondition::kBadNamespacePrefix, "a prefix is not bound to a namespace"});
  const xml::Element element = packet->element();
  if (websocket_) {
    if (xmpp::is_framed_close(element))
      return peer_closed();
    if (element.is("open", xmpp::kNsFraming)) {
      const auto header = xmpp::read_framed_open(element);
      return header ? open_with(*header) : close(header.error());
    }
    if (!opened_)
      return close({StreamCondition::kBadFormat, "the first message has to be <open/>"});
  }
  packet->header = xmpp::read_header(element);
  if (packet->header.fault == xmpp::StanzaFault::kNotAStanza) {
    if (state_ == State::kBound)
      return on_nonza(element);
    return negotiation_->on_element(element);
  }
  if (state_ != State::kBound)
    return negotiation_->on_stanza(std::move(packet));
  on_stanza(std::move(packet));
}

void ClientStream::on_stanza(PacketPtr packet) {
  packet->from = session_->jid().jid();
  if (!parse_addresses(*packet))
    return;
  homes_->from_client(*session_, std::move(packet));
}

// RFC 6120 §8.1.2.1: what the client says in `from` has to be itself. An address that is none is an
// error of the stanza.
bool ClientStream::parse_addresses(Packet& packet) {
  if (packet.header.from && *packet.header.from != packet.from.str() &&
      *packet.header.from != packet.from.bare_str()) {
    const auto from = xmpp::Jid::parse(*packet.header.from);
    if (!from || (*from != packet.from && from->str() != packet.from.bare_str())) {
      close({StreamCondition::kInvalidFrom, "a stanza's 'from' is not this session's address"});
      return false;
    }
  }
  if (!packet.header.to)
    return true;
  const auto parsed = packet.to.assign(*packet.header.to);
  if (!parsed) {
    (void)session_->next_number();
    homes_->refuse(packet, {xmpp::StanzaCondition::kJidMalformed, to_string(parsed.error())});
    return false;
  }
  return true;
}

void ClientStream::on_nonza(xml::Element element) {
  if (element.ns() == xmpp::kNsSm3)
    return on_sm_request(element);
  const auto& table = homes_->hooks().nonza;
  const auto handler = table.find(Hooks::IqKeyView{element.name(), element.ns()});
  if (handler == table.end())
    return close({StreamCondition::kUnsupportedStanzaType, "this element is not known here"});
  handler->second(*session_, element);
}

// --- stream management (XEP-0198) on a bound session ---

void ClientStream::on_sm_request(xml::Element element) {
  StreamManagement* sm = session_->sm();
  if (element.name() == "r" && sm != nullptr) {
    return send_ack();
  }
  if (element.name() == "a" && sm != nullptr) {
    const std::optional<std::uint32_t> h = parse_count(element.attribute_or_empty("h"));
    if (!h || !homes_->acknowledged(*session_, *h)) {
      xmpp::StreamError error{StreamCondition::kUndefinedCondition,
                              "more was acknowledged than was sent"};
      error.application = sm_handled_too_high(h.value_or(0), sm->sent_count());
      return close(error);
    }
    if (!sm->unacked().empty())
      request_ack();
    return;
  }
  if (element.name() == "enable" && sm == nullptr) {
    const auto max = parse_count(element.attribute_or_empty("max"));
    const bool resume = parse_boolean(element.attribute_or_empty("resume"));
    const std::string id =
        homes_->enable_sm(*session_, resume, max ? std::optional(Seconds(*max)) : std::nullopt);
    return send_element(sm_enabled(id, session_->sm()->timeout(), resume_location()));
  }
  if (element.name() == "enable" || element.name() == "resume")
    return send_element(sm_failed("unexpected-request"));
  close({StreamCondition::kUnsupportedStanzaType, "this element is not expected now"});
}

std::string_view ClientStream::resume_location() const {
  return websocket_ ? std::string_view() : homes_->server().options().resume_location;
}

void ClientStream::send_ack() {
  send_element(sm_ack(session_->acknowledgeable()));
  session_->sm()->ack_owed = !session_->settled();
  if (session_->sm()->ack_owed)
    homes_->make_durable(*session_);
}

void ClientStream::owe_ack() {
  ack_due_ = true;
  homes_->loop().at_turn_end(*this);
}

void ClientStream::request_ack() {
  StreamManagement* sm = session_->sm();
  if (sm == nullptr || sm->request_outstanding)
    return;
  sm->request_outstanding = true;
  request_ack_ = true;
  homes_->loop().at_turn_end(*this);
}

void ClientStream::on_turn_end() {
  done_.reset();
  if (state_ == State::kBound && session_ != nullptr && session_->sm() != nullptr) {
    StreamManagement& sm = *session_->sm();
    if (std::exchange(ack_due_, false) && sm.ack_owed) {
      send_ack();
    }
    if (std::exchange(request_ack_, false))
      send_element("<r xmlns='urn:xmpp:sm:3'/>");
  }
  read_rest();
}

// --- sending ---

void ClientStream::send_stanza(std::string_view xml) {
  if (state_ == State::kClosed)
    return;
  if (websocket_) {
    std::string message;
    xmpp::append_with_xmlns(message, xml);
    transport_->send(message);
  } else {
    transport_->send(xml);
  }
  if (session_ != nullptr)
    request_ack();
}

void ClientStream::send_element(std::string_view xml) {
  if (state_ != State::kClosed)
    transport_->send(xml);
}

void ClientStream::send_features() {
  std::string out;
  xmpp::write_stream_features(out, form(), negotiation_->features());
  transport_->send(out);
}

void ClientStream::bound(Session& session) {
  session_ = &session;
  done_ = std::move(negotiation_); // it is on the stack now
  homes_->loop().at_turn_end(*this);
  state_ = State::kBound;
  framer_.set_caps(homes_->limits().caps);
  homes_->loop().arm(*this, homes_->limits().ping_after);
}

// --- ending ---

void ClientStream::close(const xmpp::StreamError& error) {
  if (state_ == State::kClosed)
    return;
  ++homes_->counters().stream_errors;
  homes_->log().at(LogLevel::kDebug, "c2s", "stream closed condition={} text=\"{}\" jid={}",
                   to_string(error.condition), error.text,
                   session_ != nullptr ? session_->jid().str() : std::string_view("-"));
  std::string out;
  if (!opened_) {
    // RFC 6120 §4.9.1.2: the error is told inside a stream, so one is opened for it.
    xmpp::write_stream_open(out, form(),
                            {.id = homes_->random().token(16),
                             .from = homes_->server().options().domains.front(),
                             .to = {}});
    opened_ = true;
    if (websocket_)
      transport_->send(std::exchange(out, {}));
  }
  xmpp::write_stream_error(out, form(), error);
  transport_->send(out);
  finish();
}

void ClientStream::close() {
  if (state_ != State::kClosed)
    finish();
}

void ClientStream::finish() {
  std::string out;
  xmpp::write_stream_close(out, form());
  if (opened_)
    transport_->send(out);
  transport_->close();
  state_ = State::kClosed;
  rest_ = {};
  cancel();
  if (negotiation_)
    negotiation_->give_up_turn();
  if (Session* session = std::exchange(session_, nullptr))
    homes_->connection_lost(*session);
}

// The client ends its stream in order: its session ends with it, there is nothing to resume
// (XEP-0198 §5).
void ClientStream::peer_closed() {
  if (Session* session = std::exchange(session_, nullptr))
    homes_->finish_session(*session);
  close();
}

void ClientStream::on_closed(net::CloseReason reason) {
  homes_->log().at(LogLevel::kDebug, "c2s", "connection closed reason={} jid={}", to_string(reason),
                   session_ != nullptr ? session_->jid().str() : std::string_view("-"));
  state_ = State::kClosed;
  cancel();
  if (Session* session = std::exchange(session_, nullptr))
    homes_->connection_lost(*session);
  homes_->discard(*this);
}

void ClientStream::on_secure() {
  secure_ = true;
  securing_ = false;
  framer_.reset();
  opened_ = false;
  state_ = State::kOpening;
  if (negotiation_)
    negotiation_->forget_invitation();
}

void ClientStream::on_timer() {
  if (state_ < State::kBound) {
    ++homes_->counters().limits_reached;
    return close({StreamCondition::kConnectionTimeout, "signing in took too long"});
  }
  const Limits& limits = homes_->limits();
  const MonoTime silent = homes_->loop().now() - last_data_;
  if ((holds_ & static_cast<std::uint8_t>(Hold::kRate)) != 0) {
    last_data_ = homes_->loop().now();
    if (!within_rate(0))
      return homes_->loop().arm(*this, Milliseconds(200));
    homes_->loop().arm(*this, limits.ping_after);
    return hold_reading(Hold::kRate, false);
  }
  if (pinged_)
    return close({StreamCondition::kConnectionTimeout, "no answer to a ping"});
  if (silent < limits.ping_after) {
    const auto left = std::chrono::ceil<Milliseconds>(limits.ping_after - silent);
    return homes_->loop().arm(*this, left);
  }
  pinged_ = true;
  if (session_->sm() != nullptr) {
    session_->sm()->request_outstanding = false;
    request_ack();
  } else {
    std::string ping;
    xml::Writer writer(ping);
    writer.open("iq").attribute("from", domain_).attribute("to", session_->jid().str());
    writer.attribute("id", homes_->random().token(9))
        .attribute("type", "get")
        .open("ping", xmpp::kNsPing)
        .close_all();
    send_stanza(ping);
  }
  homes_->loop().arm(*this, limits.ping_timeout);
}

} // namespace rookery::server

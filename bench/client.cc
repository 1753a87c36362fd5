#include "bench/client.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "xmpp/namespaces.h"
#include "xmpp/sasl2.h"

namespace rookery::bench {
namespace {

/// A server that sends more in one stanza is not what is measured here.
constexpr xml::Caps kCaps{.stanza_bytes_max = 1024 * 1024};

bool is_stanza(std::string_view bytes) {
  return bytes.starts_with("<message") || bytes.starts_with("<presence") ||
         bytes.starts_with("<iq");
}

/// After so many stanzas that are kept, the server is asked which of them it has handled.
constexpr std::size_t kAskAfter = 8;

/// The number in a tag's attribute `name`, such as " h="; nothing where there is none.
std::optional<std::uint32_t> number_in(std::string_view tag, std::string_view name) {
  const std::size_t at = tag.find(name);
  std::uint32_t number = 0;
  if (at == std::string_view::npos || at + name.size() + 1 >= tag.size() ||
      std::from_chars(tag.data() + at + name.size() + 1, tag.data() + tag.size(), number).ec !=
          std::errc{})
    return std::nullopt;
  return number;
}

bool wants_sasl2(const ClientPlan& plan) {
  return plan.ask_for_token || plan.proof == Proof::kToken;
}

/// XEP-0484, which comes inside of SASL 2.
bool offers_tokens(const xml::Element& features) {
  return bool(features.child("authentication", xmpp::kNsSasl2)
                  .child("inline", xmpp::kNsSasl2)
                  .child("fast", xmpp::kNsFast0));
}

xml::Framer::Mode mode_of(const Address& address) {
  return address.carrier == Carrier::kWebSocket ? xml::Framer::Mode::kMessage
                                                : xml::Framer::Mode::kStream;
}

} // namespace

Client::Client(const Surroundings& surroundings, std::size_t number, Account& account,
               ClientPlan plan)
    : around_(surroundings), number_(number), account_(account), plan_(plan),
      link_(surroundings.loop, surroundings.address, *this),
      framer_(mode_of(surroundings.address), kCaps),
      jid_(fmt::format("{}@{}/{}", account.name, surroundings.address.domain, kResource)),
      document_(std::make_unique<xml::Document>()) {}

std::string_view Client::stanza_xmlns() const {
  return link_.is_message_based() ? " xmlns='jabber:client'" : "";
}

void Client::send(std::string_view bytes) {
  link_.send(bytes);
  if (!keeping_ || !is_stanza(bytes))
    return;
  account_.unacknowledged.emplace_back(bytes);
  if (account_.unacknowledged.size() % kAskAfter == 0)
    link_.send(fmt::format("<r xmlns='{}'/>", xmpp::kNsSm3));
}

void Client::close() {
  if (ended() || step_ == Step::kClosing)
    return;
  if (counting_ && plan_.send_again)
    acknowledge(); // else the server takes the last stanzas for lost
  step_ = Step::kClosing;
  if (link_.is_message_based())
    send(fmt::format("<close xmlns='{}'/>", xmpp::kNsFraming));
  else
    send("</stream:stream>");
}

void Client::cut() {
  account_.handled = handled_;
  step_ = Step::kClosing;
  link_.cut();
  around_.events.on_ended(*this, "");
}

// --- bytes ---

void Client::on_data(std::string_view data) {
  if (link_.is_message_based())
    return on_frame(framer_.next(data));
  while (!ended()) {
    const xml::Framer::Frame frame = framer_.next(data);
    if (frame.kind == xml::Framer::Kind::kNeedMore)
      return;
    on_frame(frame);
    if (step_ == Step::kProceed && secure_)
      return; // the rest would be TLS
  }
}

void Client::on_frame(const xml::Framer::Frame& frame) {
  if (frame.kind == xml::Framer::Kind::kError)
    return fail_with("got what is not well-formed");
  if (frame.kind == xml::Framer::Kind::kStanza)
    on_element(frame.bytes);
}

void Client::on_link_ended(const std::string& why) {
  const bool wanted = step_ == Step::kClosing;
  around_.events.on_ended(*this,
                          wanted ? "" : fmt::format("{} was disconnected: {}", account_.name, why));
}

void Client::fail_with(const std::string& problem) {
  if (ended())
    return;
  link_.cut();
  around_.events.on_ended(*this, fmt::format("{} {}", account_.name, problem));
}

void Client::refused(std::string_view what, std::string_view answer) {
  fail_with(fmt::format("cannot {}: {}", what, answer));
}

// --- signing in ---

void Client::open_stream() {
  framer_.reset();
  if (link_.is_message_based())
    return send(fmt::format("<open xmlns='{}' to='{}' version='1.0'/>", xmpp::kNsFraming,
                            around_.address.domain));
  send(fmt::format("<?xml version='1.0'?><stream:stream to='{}' version='1.0' "
                   "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
                   around_.address.domain));
}

void Client::on_secure() {
  secure_ = true;
  step_ = Step::kFeatures;
  open_stream();
}

void Client::on_element(std::string_view bytes) {
  if (bytes.starts_with("<open"))
    return;
  if (bytes.starts_with("<close ") && link_.is_message_based()) {
    link_.cut();
    return on_link_ended("the stream was closed");
  }
  if (step_ == Step::kDone || step_ == Step::kClosing)
    return on_stanza_when_done(bytes);
  if (!document_->parse(bytes, framer_.root()))
    return fail_with("got an unbound prefix");
  const xml::Element element = document_->root();
  if (element.is("error", xmpp::kNsStream))
    return fail_with(std::string(bytes));
  negotiate(element);
}

void Client::negotiate(const xml::Element& element) {
  switch (step_) {
  case Step::kFeatures:
    return on_features(element);
  case Step::kProceed:
    if (!element.is("proceed", xmpp::kNsTls))
      return refused("start TLS", element.raw());
    secure_ = true;
    return link_.start_tls(around_.tls, plan_.tickets ? &account_.ticket : nullptr);
  case Step::kRegistering:
    return on_registered(element);
  case Step::kChallenge:
  case Step::kOutcome:
    return on_outcome(element);
  case Step::kFeaturesAgain:
    return after_sasl(element);
  case Step::kBinding:
    return on_bound(element);
  case Step::kResuming:
    return on_resumed(element);
  case Step::kGoingOnline:
    return on_answer(element);
  case Step::kDone:
  case Step::kClosing:
    return;
  }
}

void Client::on_features(const xml::Element& features) {
  if (around_.address.carrier == Carrier::kStartTls && !secure_) {
    if (!features.child("starttls", xmpp::kNsTls))
      return refused("start TLS", features.raw());
    step_ = Step::kProceed;
    return send(fmt::format("<starttls xmlns='{}'/>", xmpp::kNsTls));
  }
  sasl2_ = wants_sasl2(plan_);
  if (plan_.where_offered && sasl2_)
    sasl2_ = offers_tokens(features);
  return plan_.register_account ? register_account() : authenticate();
}

void Client::register_account() {
  step_ = Step::kRegistering;
  send(fmt::format("<iq{} type='set' id='register'><query xmlns='{}'><username>{}</username>"
                   "<password>{}</password></query></iq>",
                   stanza_xmlns(), xmpp::kNsRegister, account_.name, account_.password));
}

void Client::on_registered(const xml::Element& answer) {
  if (answer.attribute_or_empty("type") == "error" &&
      !answer.child("error", xmpp::kNsClient).child("conflict", xmpp::kNsStanzaErrors))
    return refused("register", answer.raw());
  return plan_.sign_in ? authenticate() : finish();
}

void Client::after_sasl(const xml::Element& features) {
  offers_ = {.tokens = sasl2(),
             .stream_management = bool(features.child("sm", xmpp::kNsSm3)),
             .client_state = bool(features.child("csi", xmpp::kNsCsi))};
  if (sasl2())
    return bound();
  if (plan_.resume) {
    step_ = Step::kResuming;
    return send(fmt::format("<resume xmlns='{}' previd='{}' h='{}'/>", xmpp::kNsSm3,
                            account_.session, account_.handled));
  }
  step_ = Step::kBinding;
  send(fmt::format("<iq{} type='set' id='bind'><bind xmlns='{}'><resource>{}</resource></bind>"
                   "</iq>",
                   stanza_xmlns(), xmpp::kNsBind, kResource));
}

void Client::on_bound(const xml::Element& answer) {
  if (answer.attribute_or_empty("type") != "result")
    return refused("bind", answer.raw());
  bound();
}

// What is sent here is answered in any order: by the roster, the account's own presence,
// <enabled/>.
void Client::bound() {
  step_ = Step::kGoingOnline;
  if (plan_.stream_management && (offers_.stream_management || !plan_.where_offered)) {
    ++awaited_;
    send(fmt::format("<enable xmlns='{}' resume='true'/>", xmpp::kNsSm3));
    keeping_ = plan_.send_again;
    account_.unacknowledged.clear();
    account_.acknowledged = 0;
  }
  if (plan_.go_online) {
    awaited_ = static_cast<std::uint8_t>(awaited_ + 2);
    send(fmt::format("<iq{} type='get' id='roster'><query xmlns='{}'/></iq>", stanza_xmlns(),
                     xmpp::kNsRoster));
    send(fmt::format("<presence{}/>", stanza_xmlns()));
  }
  done_if_answered();
}

void Client::on_resumed(const xml::Element& answer) {
  if (!answer.is("resumed", xmpp::kNsSm3))
    return refused("resume", answer.raw());
  counting_ = true;
  handled_ = account_.handled;
  on_acknowledged(answer.raw());
  if (ended())
    return;
  for (const std::string& stanza : account_.unacknowledged)
    link_.send(stanza);
  keeping_ = plan_.send_again;
  finish();
}

void Client::on_answer(const xml::Element& element) {
  const bool enabled = element.is("enabled", xmpp::kNsSm3);
  if (enabled) {
    counting_ = true;
    account_.session = element.attribute_or_empty("id");
  } else if (counting_ && is_stanza(element.raw())) {
    ++handled_;
  }
  const bool roster = element.attribute_or_empty("id") == "roster";
  const bool presence = element.name() == "presence" && element.attribute_or_empty("from") == jid_;
  if (enabled || roster || presence)
    --awaited_;
  if (element.name() == "r")
    acknowledge();
  if (element.name() == "a")
    on_acknowledged(element.raw());
  if (ended())
    return;
  if (plan_.hand_out_early && !roster && is_stanza(element.raw()))
    around_.events.on_stanza(*this, element.raw());
  done_if_answered();
}

void Client::acknowledge() { send(fmt::format("<a xmlns='{}' h='{}'/>", xmpp::kNsSm3, handled_)); }

void Client::on_acknowledged(std::string_view answer) {
  const auto handled = number_in(answer, " h=");
  if (!handled || !plan_.send_again)
    return;
  auto& kept = account_.unacknowledged;
  const std::uint32_t done = *handled - account_.acknowledged;
  if (done > kept.size())
    return refused("believe the count of handled stanzas", answer);
  kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(done));
  account_.acknowledged = *handled;
}

void Client::done_if_answered() {
  if (awaited_ == 0)
    finish();
}

void Client::finish() {
  step_ = Step::kDone;
  document_.reset();
  around_.events.on_done(*this);
}

// --- signed in ---

void Client::on_stanza_when_done(std::string_view bytes) {
  if (is_stanza(bytes)) {
    handled_ += counting_ ? 1 : 0;
    return around_.events.on_stanza(*this, bytes);
  }
  if (bytes.starts_with("<r "))
    return step_ == Step::kClosing ? void() : acknowledge(); // nothing follows the stream's end
  if (bytes.starts_with("<a "))
    return on_acknowledged(bytes);
  if (bytes.starts_with("<stream:error") && step_ != Step::kClosing)
    fail_with(std::string(bytes));
}

} // namespace rookery::bench

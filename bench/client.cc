#include "bench/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "xmpp/namespaces.h"
#include "xmpp/sasl1.h"

namespace rookery::bench {
namespace {

/// A server that sends more in one stanza is not what is measured here.
constexpr xml::Caps kCaps{.stanza_bytes_max = 1024 * 1024};

bool is_stanza(std::string_view bytes) {
  return bytes.starts_with("<message") || bytes.starts_with("<presence") ||
         bytes.starts_with("<iq");
}

} // namespace

Client::Client(runtime::Loop& loop, Random& random, const Address& address, std::size_t number,
               Account& account, ClientPlan plan, ClientEvents& events)
    : loop_(loop), random_(random), address_(address), number_(number), account_(account),
      plan_(plan), events_(events), framer_(xml::Framer::Mode::kStream, kCaps) {}

Client::~Client() {
  if (socket_.valid())
    loop_.unwatch(socket_.get(), *this);
}

Status Client::connect() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(address_.port);
  if (::inet_pton(AF_INET, address_.ip.c_str(), &to.sin_addr) != 1)
    return fail("this is no IPv4 address", address_.ip);
  socket_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (!socket_.valid() ||
      ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
       errno != EINPROGRESS) ||
      !loop_.watch(socket_.get(), *this)) {
    socket_.reset();
    return fail(std::strerror(errno), "connection", "see 'ulimit -n' and the range of local ports");
  }
  document_ = std::make_unique<xml::Document>();
  open_stream();
  return {};
}

std::string Client::jid() const {
  return fmt::format("{}@{}/{}", account_.name, address_.domain, kResource);
}

// --- bytes ---

void Client::send(std::string_view bytes) {
  out_ += bytes;
  loop_.at_turn_end(*this);
}

void Client::on_turn_end() { flush(); }

void Client::flush() {
  while (writable_ && !out_.empty() && socket_.valid()) {
    const ssize_t sent = ::send(socket_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0 && errno == EAGAIN) {
      writable_ = false;
      return;
    }
    if (sent < 0)
      return end(fmt::format("{} cannot send: {}", account_.name, std::strerror(errno)));
    out_.erase(0, static_cast<std::size_t>(sent));
  }
}

void Client::on_ready(bool readable, bool writable) {
  if (writable) {
    writable_ = true;
    flush();
  }
  if (readable && socket_.valid())
    read();
}

void Client::read() {
  while (socket_.valid()) {
    const ssize_t got = ::recv(socket_.get(), loop_.scratch(), runtime::Loop::kScratchBytes, 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno == EAGAIN)
      return;
    if (got <= 0)
      return end(step_ == Step::kClosing
                     ? ""
                     : fmt::format("{} was disconnected: {}", account_.name,
                                   got == 0 ? "end of stream" : std::strerror(errno)));
    std::string_view data(loop_.scratch(), static_cast<std::size_t>(got));
    while (socket_.valid()) {
      const xml::Framer::Frame frame = framer_.next(data);
      if (frame.kind == xml::Framer::Kind::kNeedMore)
        break;
      on_frame(frame);
    }
    if (static_cast<std::size_t>(got) < runtime::Loop::kScratchBytes && !hung_up_)
      return; // epoll tells of more
  }
}

void Client::on_frame(const xml::Framer::Frame& frame) {
  if (frame.kind == xml::Framer::Kind::kError)
    return end(fmt::format("{} got what is not well-formed", account_.name));
  if (frame.kind == xml::Framer::Kind::kStanza)
    on_stanza(frame.bytes);
}

// --- signing in ---

void Client::open_stream() {
  framer_.reset();
  send(fmt::format("<?xml version='1.0'?><stream:stream to='{}' version='1.0' "
                   "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
                   address_.domain));
}

void Client::on_stanza(std::string_view bytes) {
  if (step_ == Step::kDone || step_ == Step::kClosing)
    return on_stanza_when_done(bytes);
  if (!document_->parse(bytes, framer_.root()))
    return end(fmt::format("{} got an unbound prefix", account_.name));
  const xml::Element element = document_->root();
  if (element.is("error", xmpp::kNsStream))
    return end(fmt::format("{}: {}", account_.name, bytes));
  switch (step_) {
  case Step::kFeatures:
    return plan_.register_account ? register_account() : authenticate();
  case Step::kRegistering:
    if (element.attribute_or_empty("type") == "error" &&
        !element.child("error", xmpp::kNsClient).child("conflict", xmpp::kNsStanzaErrors))
      return end(fmt::format("{} cannot register: {}", account_.name, bytes));
    return plan_.sign_in ? authenticate() : finish();
  case Step::kChallenge:
    if (element.name() == "challenge")
      return answer_challenge(base64_decode(element.text()).value_or(""));
    return end(fmt::format("{}: {}", account_.name, bytes));
  case Step::kOutcome:
    return outcome(element);
  case Step::kFeaturesAgain:
    step_ = Step::kBinding;
    return send(fmt::format("<iq type='set' id='bind'><bind xmlns='{}'><resource>{}</resource>"
                            "</bind></iq>",
                            xmpp::kNsBind, kResource));
  case Step::kBinding:
    if (element.attribute_or_empty("type") != "result")
      return end(fmt::format("{} cannot bind: {}", account_.name, bytes));
    return bound();
  case Step::kGoingOnline:
    return on_answer(element);
  case Step::kDone:
  case Step::kClosing:
    return;
  }
}

void Client::register_account() {
  step_ = Step::kRegistering;
  send(fmt::format("<iq type='set' id='register'><query xmlns='{}'><username>{}</username>"
                   "<password>{}</password></query></iq>",
                   xmpp::kNsRegister, account_.name, account_.password));
}

void Client::authenticate() {
  step_ = Step::kChallenge;
  scram_ = std::make_unique<ScramLogin>(account_);
  send(fmt::format("<auth xmlns='{}' mechanism='{}'>{}</auth>", xmpp::kNsSasl,
                   ScramLogin::kMechanism, base64_encode(scram_->first(random_))));
}

void Client::answer_challenge(const std::string& data) {
  const Result<std::string> answer = scram_->final(data);
  if (!answer)
    return end(answer.error().text());
  step_ = Step::kOutcome;
  send(fmt::format("<response xmlns='{}'>{}</response>", xmpp::kNsSasl, base64_encode(*answer)));
}

void Client::outcome(const xml::Element& element) {
  if (element.name() != "success" || !scram_->verify(base64_decode(element.text()).value_or("")))
    return end(fmt::format("{} cannot sign in: {}", account_.name, element.raw()));
  scram_.reset();
  step_ = Step::kFeaturesAgain;
  open_stream();
}

// What is sent here is answered in any order: by the roster, the account's own presence,
// <enabled/>.
void Client::bound() {
  step_ = Step::kGoingOnline;
  if (plan_.stream_management) {
    ++awaited_;
    send(fmt::format("<enable xmlns='{}' resume='true'/>", xmpp::kNsSm3));
  }
  if (plan_.go_online) {
    awaited_ = static_cast<std::uint8_t>(awaited_ + 2);
    send(fmt::format("<iq type='get' id='roster'><query xmlns='{}'/></iq><presence/>",
                     xmpp::kNsRoster));
  }
  done_if_answered();
}

void Client::on_answer(const xml::Element& element) {
  const bool enabled = element.is("enabled", xmpp::kNsSm3);
  if (enabled)
    counting_ = true;
  else if (counting_ && is_stanza(element.raw()))
    ++handled_;
  const bool roster = element.attribute_or_empty("id") == "roster";
  const bool presence = element.name() == "presence" && element.attribute_or_empty("from") == jid();
  if (enabled || roster || presence)
    --awaited_;
  if (element.name() == "r")
    send(fmt::format("<a xmlns='{}' h='{}'/>", xmpp::kNsSm3, handled_));
  done_if_answered();
}

void Client::done_if_answered() {
  if (awaited_ == 0)
    finish();
}

void Client::finish() {
  step_ = Step::kDone;
  document_.reset();
  events_.on_done(*this);
}

// --- signed in ---

void Client::on_stanza_when_done(std::string_view bytes) {
  if (counting_ && is_stanza(bytes))
    ++handled_;
  if (bytes.starts_with("<message"))
    return events_.on_message(*this, bytes);
  if (bytes.starts_with("<r "))
    return send(fmt::format("<a xmlns='{}' h='{}'/>", xmpp::kNsSm3, handled_));
  if (bytes.starts_with("<stream:error"))
    end(fmt::format("{}: {}", account_.name, bytes));
}

void Client::close() {
  if (ended() || step_ == Step::kClosing)
    return;
  step_ = Step::kClosing;
  send("</stream:stream>");
}

void Client::end(const std::string& problem) {
  loop_.unwatch(socket_.get(), *this);
  socket_.reset();
  events_.on_ended(*this, problem);
}

} // namespace rookery::bench

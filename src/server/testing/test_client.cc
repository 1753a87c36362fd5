#include "server/testing/test_client.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/encoding.h"
#include "server/testing/pattern.h"
#include "server/testing/test_server.h"
#include "xmpp/jid.h"
#include "xmpp/namespaces.h"
#include "xmpp/sasl2.h"

namespace rookery::server::testing {
namespace {

xml::Document parsed(std::string_view xml) {
  xml::Document document;
  if (!document.parse_trusted(xml, xmpp::kNsClient))
    throw std::runtime_error(fmt::format("the test's own XML is not well-formed: {}", xml));
  return document;
}

std::string plain(std::string_view local, std::string_view password) {
  std::string message(1, '\0');
  message.append(local).append(1, '\0').append(password);
  return base64_encode(message);
}

} // namespace

TestClient::TestClient(TestServer& server, Pipe& pipe)
    : server_(&server), pipe_(&pipe), framer_(xml::Framer::Mode::kStream, xml::Caps{}) {}

// --- signing in ---

xml::Document TestClient::open_stream(std::string_view domain) {
  framer_.reset();
  send(
      fmt::format("<?xml version='1.0'?><stream:stream to='{}' version='1.0' xmlns='jabber:client' "
                  "xmlns:stream='http://etherx.jabber.org/streams'>",
                  domain));
  return expect("<features xmlns='http://etherx.jabber.org/streams'/>");
}

xml::Document TestClient::authenticate(std::string_view jid, std::string_view password) {
  const xmpp::Jid address = xmpp::Jid::from_trusted(std::string(jid));
  send(fmt::format("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{}</auth>",
                   plain(address.local(), password)));
  expect("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  return open_stream(address.domain());
}

void TestClient::login(std::string_view jid, std::string_view password) {
  const xmpp::Jid address = xmpp::Jid::from_trusted(std::string(jid));
  open_stream(address.domain());
  authenticate(jid, password);
  const std::string resource = address.is_full()
                                   ? fmt::format("<resource>{}</resource>", address.resource())
                                   : std::string();
  const xml::Document bound = iq(
      "set", "", fmt::format("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{}</bind>", resource));
  jid_ = bound.root().first_child().child("jid", xmpp::kNsBind).text();
  if (jid_.empty())
    throw std::runtime_error(fmt::format("not bound: {}", bound.root().raw()));
}

xml::Document TestClient::login_sasl2(std::string_view jid, std::string_view password,
                                      std::string_view inside) {
  const xmpp::Jid address = xmpp::Jid::from_trusted(std::string(jid));
  open_stream(address.domain());
  send(fmt::format("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'>"
                   "<initial-response>{}</initial-response>{}</authenticate>",
                   plain(address.local(), password), inside));
  xml::Document success = expect("<success xmlns='urn:xmpp:sasl:2'/>");
  expect("<features xmlns='http://etherx.jabber.org/streams'/>");
  jid_ = success.root().child("authorization-identifier", xmpp::kNsSasl2).text();
  return success;
}

// --- talking ---

void TestClient::send(std::string_view xml) { pipe_->send(xml); }

bool TestClient::receive_more(std::chrono::steady_clock::time_point until) {
  if (closed_)
    return false;
  const auto taken = pipe_->take(until);
  if (!taken)
    return false;
  read(taken->data);
  closed_ = taken->closed;
  return true;
}

void TestClient::read(std::string_view data) {
  for (;;) {
    const xml::Framer::Frame frame = framer_.next(data);
    switch (frame.kind) {
    case xml::Framer::Kind::kNeedMore:
      return;
    case xml::Framer::Kind::kWhitespace:
    case xml::Framer::Kind::kStreamOpen:
      continue;
    case xml::Framer::Kind::kStreamClose:
      return;
    case xml::Framer::Kind::kError:
      throw std::runtime_error("the server sent what is not well-formed");
    case xml::Framer::Kind::kStanza:
      break;
    }
    xml::Document element;
    if (!element.parse(frame.bytes, framer_.root()))
      throw std::runtime_error(fmt::format("the server used an unknown prefix: {}", frame.bytes));
    if (element.root().is("r", xmpp::kNsSm3))
      ++ack_requests_;
    else
      received_.push_back(std::move(element));
  }
}

template <class Fits> std::optional<xml::Document> TestClient::find(Fits fits) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::size_t seen = 0;
  do {
    for (; seen < received_.size(); ++seen) {
      if (!fits(received_[seen].root()))
        continue;
      xml::Document found = std::move(received_[seen]);
      received_.erase(received_.begin() + static_cast<std::ptrdiff_t>(seen));
      return found;
    }
  } while (receive_more(until));
  return std::nullopt;
}

std::string TestClient::what_came() const {
  std::string text = closed_ ? "closed; came:" : "came:";
  for (const xml::Document& element : received_)
    text.append("\n  ").append(element.root().raw());
  return text;
}

xml::Document TestClient::expect(std::string_view pattern) {
  const xml::Document wanted = parsed(pattern);
  auto found = find([&](const xml::Element& element) { return matches(wanted.root(), element); });
  if (!found)
    throw std::runtime_error(fmt::format("expected {}\n{} {}", pattern, jid_, what_came()));
  return std::move(*found);
}

xml::Document TestClient::next() {
  auto found = find([](const xml::Element&) { return true; });
  if (!found)
    throw std::runtime_error(fmt::format("expected anything\n{} {}", jid_, what_came()));
  return std::move(*found);
}

xml::Document TestClient::iq(std::string_view type, std::string_view to, std::string_view payload) {
  const std::string id = fmt::format("q{}", ++ids_);
  const std::string address = to.empty() ? std::string() : fmt::format(" to='{}'", to);
  send(fmt::format("<iq type='{}' id='{}'{}>{}</iq>", type, id, address, payload));
  return expect(fmt::format("<iq id='{}'/>", id));
}

void TestClient::expect_nothing() {
  server_->settle();
  (void)receive_more(std::chrono::steady_clock::now());
  if (closed_ || !received_.empty())
    throw std::runtime_error(fmt::format("expected nothing\n{} {}", jid_, what_came()));
}

void TestClient::expect_ack_request() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (ack_requests_ == 0)
    if (!receive_more(until))
      throw std::runtime_error(fmt::format("expected <r/>\n{} {}", jid_, what_came()));
  --ack_requests_;
}

void TestClient::expect_stream_error(std::string_view condition) {
  expect(fmt::format("<error xmlns='http://etherx.jabber.org/streams'>"
                     "<{} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>",
                     condition));
  expect_closed();
}

void TestClient::expect_closed() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!closed_)
    if (!receive_more(until))
      throw std::runtime_error(fmt::format("expected the end\n{} {}", jid_, what_came()));
}

void TestClient::close() {
  send("</stream:stream>");
  expect_closed();
}

} // namespace rookery::server::testing

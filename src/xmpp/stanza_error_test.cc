#include "xmpp/stanza_error.h"

#include <gtest/gtest.h>

#include <string>

#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

using enum StanzaCondition;

std::string reply(std::string_view stanza, const StanzaError& error,
                  const ReplyAddresses& addresses = {}) {
  xml::Document document;
  EXPECT_TRUE(document.parse_trusted(stanza, kNsClient)) << stanza;
  std::string out;
  const bool written = write_error_reply(out, document.root(), error, addresses);
  EXPECT_EQ(written, !out.empty());
  return out;
}

TEST(StanzaError, Rfc6120Section833ConditionsAndTypes) {
  const std::pair<const char*, const char*> expected[] = {
      {"bad-request", "modify"},
      {"conflict", "cancel"},
      {"feature-not-implemented", "cancel"},
      {"forbidden", "auth"},
      {"gone", "cancel"},
      {"internal-server-error", "cancel"},
      {"item-not-found", "cancel"},
      {"jid-malformed", "modify"},
      {"not-acceptable", "modify"},
      {"not-allowed", "cancel"},
      {"not-authorized", "auth"},
      {"policy-violation", "modify"},
      {"recipient-unavailable", "wait"},
      {"redirect", "modify"},
      {"registration-required", "auth"},
      {"remote-server-not-found", "cancel"},
      {"remote-server-timeout", "wait"},
      {"resource-constraint", "wait"},
      {"service-unavailable", "cancel"},
      {"subscription-required", "auth"},
      {"undefined-condition", "cancel"},
      {"unexpected-request", "wait"},
  };
  static_assert(std::size(expected) == kStanzaConditions);
  for (std::size_t i = 0; i < kStanzaConditions; ++i) {
    const auto condition = static_cast<StanzaCondition>(i);
    EXPECT_EQ(to_string(condition), expected[i].first);
    EXPECT_EQ(to_string(default_type(condition)), expected[i].second) << expected[i].first;
  }
}

TEST(StanzaError, Rfc6120Section831SwapsAddressesAndKeepsTheId) {
  EXPECT_EQ(reply("<iq from='a@b/c' to='d@e' id='1' type='get'><query xmlns='x'/></iq>",
                  kServiceUnavailable),
            "<iq type='error' from='d@e' to='a@b/c' id='1'><error type='cancel'>"
            "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
  EXPECT_EQ(reply("<message to='d@e'/>", kJidMalformed),
            "<message type='error' from='d@e'><error type='modify'>"
            "<jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
}

TEST(StanzaError, AddressesCanBeSaid) {
  EXPECT_EQ(reply("<presence from='evil' to='d@e'/>", kForbidden, {.from = "", .to = "me@x/'r'"}),
            "<presence type='error' to='me@x/&apos;r&apos;'><error type='auth'>"
            "<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
}

TEST(StanzaError, Rfc6120Section834TextAndApplicationCondition) {
  StanzaError error(kNotAcceptable, "Too <long>.");
  error.type = ErrorType::kWait;
  error.application = "<too-long xmlns='urn:x'/>";
  EXPECT_EQ(
      reply("<message id='1'/>", error),
      "<message type='error' id='1'><error type='wait'><not-acceptable "
      "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>Too &lt;long&gt;.</text>"
      "<too-long xmlns='urn:x'/></error></message>");
}

TEST(StanzaError, Rfc6120Section8335GoneSaysWhere) {
  StanzaError error(kGone);
  error.uri = "xmpp:new@home";
  EXPECT_NE(reply("<message/>", error).find(">xmpp:new@home</gone>"), std::string::npos);
}

TEST(StanzaError, Rfc6120Section831NeverAnswersErrorsAndResults) {
  EXPECT_EQ(reply("<iq type='error' id='1'/>", kBadRequest), "");
  EXPECT_EQ(reply("<iq type='result' id='1'/>", kBadRequest), "");
  EXPECT_EQ(reply("<message type='error'/>", kBadRequest), "");
  EXPECT_EQ(reply("<presence type='error'/>", kBadRequest), "");
  EXPECT_EQ(reply("<other/>", kBadRequest), "");
  EXPECT_NE(reply("<iq type='nonsense' id='1'/>", kBadRequest), "");
  EXPECT_NE(reply("<iq type='get'/>", kBadRequest), "");
}

TEST(StanzaError, IqResults) {
  xml::Document document;
  ASSERT_TRUE(document.parse_trusted(
      "<iq from='a@b/c' to='d' id='1' type='set'><q xmlns='x'/></iq>", kNsClient));
  std::string out;
  write_iq_result(out, document.root());
  EXPECT_EQ(out, "<iq type='result' from='d' to='a@b/c' id='1'/>");
  out.clear();
  xml::Writer writer(out);
  open_iq_result(writer, document.root(), {.from = "x@y"});
  writer.open("query", "urn:q").close().close();
  EXPECT_EQ(out, "<iq type='result' from='x@y' to='a@b/c' id='1'><query xmlns='urn:q'/></iq>");
}

} // namespace
} // namespace rookery::xmpp

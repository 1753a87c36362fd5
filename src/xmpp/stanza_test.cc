#include "xmpp/stanza.h"

#include <gtest/gtest.h>

#include <string>

#include "xml/framer.h"

namespace rookery::xmpp {
namespace {

/// One stanza as it stands on a stream whose root is `root`.
class OnStream {
public:
  OnStream(std::string root, std::string stanza)
      : text_(std::move(root) + std::move(stanza)), framer_(xml::Framer::Mode::kStream, {}) {
    std::string_view input = text_;
    EXPECT_EQ(framer_.next(input).kind, xml::Framer::Kind::kStreamOpen);
    const xml::Framer::Frame frame = framer_.next(input);
    EXPECT_EQ(frame.kind, xml::Framer::Kind::kStanza) << text_;
    EXPECT_TRUE(document_.parse(frame.bytes, framer_.root()));
  }
  explicit OnStream(std::string stanza) : OnStream(kPlainRoot, std::move(stanza)) {}

  [[nodiscard]] xml::Element root() const { return document_.root(); }
  [[nodiscard]] std::string written(const StanzaRewrite& rewrite = {}) const {
    std::string out;
    write_stanza(out, root(), rewrite);
    return out;
  }

  static constexpr const char* kPlainRoot = "<stream:stream xmlns='jabber:client' "
                                            "xmlns:stream='http://etherx.jabber.org/streams'>";

private:
  std::string text_;
  xml::Framer framer_;
  xml::Document document_;
};

/// A stanza as a WebSocket message.
std::string rewritten(std::string_view stanza, const StanzaRewrite& rewrite = {}) {
  xml::Document document;
  EXPECT_TRUE(document.parse(stanza, nullptr)) << stanza;
  std::string out;
  write_stanza(out, document.root(), rewrite);
  return out;
}

StanzaHeader header_of(const OnStream& stanza) { return read_header(stanza.root()); }

TEST(StanzaHeader, Rfc6120Section81CommonAttributes) {
  const OnStream stanza("<message from='a@b/c' to='d@e' id='1&amp;2' xml:lang='de' type='chat'/>");
  const StanzaHeader header = header_of(stanza);
  EXPECT_EQ(header.kind, StanzaKind::kMessage);
  EXPECT_EQ(header.type, StanzaType::kChat);
  EXPECT_EQ(header.fault, StanzaFault::kNone);
  EXPECT_EQ(header.from, "a@b/c");
  EXPECT_EQ(header.to, "d@e");
  EXPECT_EQ(header.id, "1&2");
  EXPECT_EQ(header.lang, "de");
}

TEST(StanzaHeader, AnEmptyAddressIsNotAnAbsentOne) {
  EXPECT_EQ(header_of(OnStream("<message to=''/>")).to, "");
  EXPECT_EQ(header_of(OnStream("<message/>")).to, std::nullopt);
}

TEST(StanzaHeader, Rfc6121Section522UnknownMessageTypeIsNormal) {
  EXPECT_EQ(header_of(OnStream("<message/>")).type, StanzaType::kNormal);
  EXPECT_EQ(header_of(OnStream("<message type='nonsense'/>")).type, StanzaType::kNormal);
  EXPECT_EQ(header_of(OnStream("<message type='unavailable'/>")).type, StanzaType::kNormal);
  EXPECT_EQ(header_of(OnStream("<message type='error'/>")).type, StanzaType::kError);
}

TEST(StanzaHeader, Rfc6121Section471PresenceTypes) {
  EXPECT_EQ(header_of(OnStream("<presence/>")).type, StanzaType::kAvailable);
  EXPECT_EQ(header_of(OnStream("<presence type='probe'/>")).type, StanzaType::kProbe);
  EXPECT_EQ(header_of(OnStream("<presence type='unsubscribed'/>")).type, StanzaType::kUnsubscribed);
  EXPECT_EQ(header_of(OnStream("<presence type='available'/>")).fault, StanzaFault::kBadType);
  EXPECT_EQ(header_of(OnStream("<presence type=''/>")).fault, StanzaFault::kBadType);
}

TEST(StanzaHeader, Rfc6120Section823Iq) {
  const auto fault = [](const char* iq) { return header_of(OnStream(iq)).fault; };
  EXPECT_EQ(fault("<iq type='get' id='1'><a xmlns='b'/></iq>"), StanzaFault::kNone);
  EXPECT_EQ(fault("<iq type='result' id='1'/>"), StanzaFault::kNone);
  EXPECT_EQ(fault("<iq type='error' id='1'><a xmlns='b'/><error/></iq>"), StanzaFault::kNone);
  EXPECT_EQ(fault("<iq id='1'/>"), StanzaFault::kBadType);
  EXPECT_EQ(fault("<iq type='chat' id='1'/>"), StanzaFault::kBadType);
  EXPECT_EQ(fault("<iq type='get'><a xmlns='b'/></iq>"), StanzaFault::kNoId);
  EXPECT_EQ(fault("<iq type='set' id='1'/>"), StanzaFault::kBadPayload);
  EXPECT_EQ(fault("<iq type='get' id='1'><a xmlns='b'/><c xmlns='d'/></iq>"),
            StanzaFault::kBadPayload);
  EXPECT_EQ(fault("<iq type='result' id='1'><a xmlns='b'/><c xmlns='d'/></iq>"),
            StanzaFault::kBadPayload);
}

TEST(StanzaHeader, Rfc6120Section4924WhatIsNoStanza) {
  EXPECT_EQ(header_of(OnStream("<pubsub/>")).fault, StanzaFault::kNotAStanza);
  EXPECT_EQ(header_of(OnStream("<message xmlns='jabber:server'/>")).fault,
            StanzaFault::kNotAStanza);
}

TEST(WriteStanza, CopiesTheBytesInside) {
  const std::string stanza = "<message  id=\"a'b\"\n type='chat' ><body>x &amp; "
                             "<![CDATA[<y>]]></body> <z xmlns='q'/></message >";
  EXPECT_EQ(OnStream(stanza).written(), "<message id=\"a'b\" type='chat'><body>x &amp; "
                                        "<![CDATA[<y>]]></body> <z xmlns='q'/></message>");
  EXPECT_EQ(OnStream("<presence/>").written(), "<presence/>");
  EXPECT_EQ(OnStream("<presence></presence>").written(), "<presence/>");
}

TEST(WriteStanza, StampsAddressesEscaped) {
  const OnStream stanza("<message from='evil@x' to='Some@One' type='chat'><body/></message>");
  EXPECT_EQ(stanza.written({.from = "o'neil@a/<r>&", .to = "b@c"}),
            "<message from='o&apos;neil@a/&lt;r&gt;&amp;' to='b@c' type='chat'><body/></message>");
  EXPECT_EQ(stanza.written({.from = "", .to = ""}), "<message type='chat'><body/></message>");
  EXPECT_EQ(stanza.written({.to = "b@c"}),
            "<message to='b@c' from='evil@x' type='chat'><body/></message>");
  EXPECT_EQ(OnStream("<iq/>").written({.from = "a@b"}), "<iq from='a@b'/>");
}

TEST(WriteStanza, AppendsBeforeTheEndTag) {
  EXPECT_EQ(OnStream("<message><body>1</body></message>").written({.append = "<x xmlns='y'/>"}),
            "<message><body>1</body><x xmlns='y'/></message>");
  EXPECT_EQ(OnStream("<message/>").written({.append = "<x xmlns='y'/>"}),
            "<message><x xmlns='y'/></message>");
}

TEST(WriteStanza, DropsChildrenAndNothingAroundThem) {
  const DropChild drop = [](const xml::Element& child, std::string_view context) {
    return child.ns() == context;
  };
  const StanzaRewrite rewrite{.drop = drop, .drop_context = "bad"};
  EXPECT_EQ(OnStream("<message><a xmlns='bad'/> <body>1</body><b xmlns='bad'>2</b><c/><d "
                     "xmlns='bad'/></message>")
                .written(rewrite),
            "<message> <body>1</body><c/></message>");
  EXPECT_EQ(OnStream("<message><a xmlns='bad'/></message>").written(rewrite), "<message/>");
  // Written anew, because of a prefix of the stream's.
  EXPECT_EQ(
      OnStream("<stream:stream xmlns='jabber:client' "
               "xmlns:stream='http://etherx.jabber.org/streams' xmlns:p='bad' xmlns:q='good'>",
               "<message><p:a/><q:b/></message>")
          .written(rewrite),
      "<message><b xmlns='good'/></message>");
}

TEST(WriteStanza, Rfc7395Section33XmlnsOfAWebSocketStanza) {
  EXPECT_EQ(rewritten("<message xmlns='jabber:client' to='a@b'><body>1</body></message>"),
            "<message to='a@b'><body>1</body></message>");
  EXPECT_EQ(rewritten("<message to='a@b' xmlns=\"jabber:client\"/>", {.with_xmlns = true}),
            "<message xmlns='jabber:client' to='a@b'/>");
  EXPECT_EQ(OnStream("<message to='a@b'/>").written({.with_xmlns = true}),
            "<message xmlns='jabber:client' to='a@b'/>");
}

TEST(WriteStanza, PrefixesDeclaredOnTheStanzaAreKept) {
  EXPECT_EQ(OnStream("<message xmlns:p='q' p:a='1'><p:x/></message>").written(),
            "<message xmlns:p='q' p:a='1'><p:x/></message>");
}

TEST(WriteStanza, PrefixesDeclaredOnTheStreamAreResolved) {
  const char* root = "<stream:stream xmlns='jabber:client' "
                     "xmlns:stream='http://etherx.jabber.org/streams' xmlns:p='urn:q'>";
  EXPECT_EQ(
      OnStream(root,
               "<message p:gone='1' xml:lang='en'><p:x y='&lt;'>t</p:x><body>b</body></message>")
          .written(),
      "<message xml:lang='en'><x xmlns='urn:q' y='&lt;'>t</x><body>b</body></message>");
  EXPECT_EQ(OnStream(root, "<message p:gone='1'><body>b</body></message>").written(),
            "<message><body>b</body></message>");
}

TEST(WriteStanza, Case10ContentNamespaceByPrefix) {
  const char* root = "<stream xmlns='http://etherx.jabber.org/streams' xmlns:c='jabber:client'>";
  EXPECT_EQ(OnStream(root, "<c:message to='a@b'><c:body>1</c:body><x xmlns='urn:x'/></c:message>")
                .written(),
            "<message to='a@b'><body>1</body><x xmlns='urn:x'/></message>");
  EXPECT_EQ(
      rewritten(
          "<c:message xmlns:c='jabber:client' xmlns='urn:x'><c:body>1</c:body><y/></c:message>"),
      "<message xmlns:c='jabber:client'><body>1</body><y xmlns='urn:x'/></message>");
}

TEST(WriteStanza, Case11NothingIsSmuggledOutOfAnAttribute) {
  EXPECT_EQ(OnStream("<message id='a/>b' to = \"x>y\" ><body/></message>").written({.from = "f@g"}),
            "<message from='f@g' id='a/>b' to = \"x>y\"><body/></message>");
}

TEST(WriteStanza, AStanzaInsideAnotherIsWrittenAnew) {
  xml::Document document;
  ASSERT_TRUE(document.parse(
      "<f xmlns='urn:xmpp:forward:0' xmlns:p='urn:p'><message xmlns='jabber:client' to='a'>"
      "<body>1</body><p:x/></message></f>",
      nullptr));
  std::string out;
  write_stanza(out, document.root().first_child());
  EXPECT_EQ(out, "<message to='a'><body>1</body><x xmlns='urn:p'/></message>");
}

TEST(WriteStanza, WhatIsWrittenReadsTheSame) {
  const OnStream stanza(
      "<message id='1' from='a@b'><body>1 &lt; 2</body><x xmlns='y'><z xmlns=''/></x></message>");
  std::string first = stanza.written({.to = "c@d"});
  xml::Document again;
  ASSERT_TRUE(again.parse_trusted(first, kNsClient));
  std::string second;
  write_stanza(second, again.root());
  EXPECT_EQ(first, second);
}

TEST(AppendWithXmlns, PutsItBehindTheName) {
  const auto with = [](std::string_view stanza) {
    std::string out;
    append_with_xmlns(out, stanza);
    return out;
  };
  EXPECT_EQ(with("<iq id='1'/>"), "<iq xmlns='jabber:client' id='1'/>");
  EXPECT_EQ(with("<presence/>"), "<presence xmlns='jabber:client'/>");
  EXPECT_EQ(with("<message><body/></message>"), "<message xmlns='jabber:client'><body/></message>");
}

} // namespace
} // namespace rookery::xmpp
